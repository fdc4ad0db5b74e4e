#include "server/commands/pixel_canvas.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(PixelCanvasTest, EightPixelsAreOneCharacterOfBraille) {
  PixelCanvas canvas(4, 8, 0);
  canvas.Set(0, 0, 1);  // Dot 1.
  canvas.Set(3, 3, 1);  // Dot 8 of the next character.
  canvas.Set(9, 9, 1);  // Outside.
  EXPECT_EQ(canvas.AsBraille(), "\u2801\u2880\n\u2800\u2800");
}

TEST(PixelCanvasTest, ShadesAreColorsOfTheTerminal) {
  PixelCanvas canvas(1, 2, 3);
  canvas.Set(0, 1, 0);
  EXPECT_EQ(canvas.AsShades(), "\033[0;97;107m \033[0m\n\033[0;30;40m \033[0m");
}

TEST(PixelCanvasTest, LinesHaveBothEnds) {
  PixelCanvas canvas(5, 5, 0);
  canvas.Line(4, 1, 0, 3, 1);
  EXPECT_EQ(canvas.At(4, 1), 1);
  EXPECT_EQ(canvas.At(2, 2), 1);
  EXPECT_EQ(canvas.At(0, 3), 1);
  EXPECT_EQ(canvas.At(0, 0), 0);
}

TEST(PixelCanvasTest, ASquareSurroundsItsCentre) {
  PixelCanvas canvas(20, 20, 0);
  canvas.Square(10, 10, 8, 0);
  for (const auto& [x, y] : {std::pair{6, 10}, {14, 10}, {10, 6}, {10, 14}}) {
    EXPECT_EQ(canvas.At(x, y), 1) << x << ' ' << y;
  }
  EXPECT_EQ(canvas.At(10, 10), 0);
}

}  // namespace
}  // namespace redstart
