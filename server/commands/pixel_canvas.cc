#include "server/commands/pixel_canvas.h"

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string_view>

namespace redstart {

void PixelCanvas::Line(int x1, int y1, int x2, int y2, uint8_t shade) {
  const int dx = std::abs(x2 - x1);
  const int dy = std::abs(y2 - y1);
  const int step_x = x1 < x2 ? 1 : -1;
  const int step_y = y1 < y2 ? 1 : -1;
  int error = dx - dy;
  Set(x1, y1, shade);
  while (x1 != x2 || y1 != y2) {
    const int doubled = 2 * error;
    if (doubled > -dy) {
      error -= dy;
      x1 += step_x;
    }
    if (doubled < dx) {
      error += dx;
      y1 += step_y;
    }
    Set(x1, y1, shade);
  }
}

void PixelCanvas::Square(double x, double y, double side, double angle) {
  const double radius = std::round(side / std::numbers::sqrt2);
  int xs[4];
  int ys[4];
  for (int corner = 0; corner < 4; ++corner) {
    const double at = angle + std::numbers::pi * (0.25 + 0.5 * corner);
    xs[corner] = static_cast<int>(std::round(std::sin(at) * radius + x));
    ys[corner] = static_cast<int>(std::round(std::cos(at) * radius + y));
  }
  for (int corner = 0; corner < 4; ++corner) {
    const int next = (corner + 1) % 4;
    Line(xs[corner], ys[corner], xs[next], ys[next], 1);
  }
}

std::string PixelCanvas::AsBraille() const {
  // The bits of U+2800 to U+28FF go down the left column, then the right one; the two dots at the
  // bottom came later.
  constexpr int kBits[4][2] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}};
  std::string text;
  for (int top = 0; top < height_; top += 4) {
    for (int left = 0; left < width_; left += 2) {
      unsigned dots = 0;
      for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 2; ++x) {
          if (At(left + x, top + y) != 0) dots |= 1u << kBits[y][x];
        }
      }
      const unsigned code = 0x2800 + dots;
      text += static_cast<char>(0xE0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
    if (top + 4 < height_) text += '\n';
  }
  return text;
}

std::string PixelCanvas::AsShades() const {
  // Foreground and background alike, so that terminals differ less.
  constexpr std::string_view kColors[] = {"0;30;40m", "0;90;100m", "0;37;47m", "0;97;107m"};
  std::string text;
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      text.append("\033[").append(kColors[At(x, y) & 3]).append(" \033[0m");
    }
    if (y + 1 < height_) text += '\n';
  }
  return text;
}

}  // namespace redstart
