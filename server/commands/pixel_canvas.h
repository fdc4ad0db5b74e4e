#ifndef REDSTART_SERVER_COMMANDS_PIXEL_CANVAS_H_
#define REDSTART_SERVER_COMMANDS_PIXEL_CANVAS_H_

// A small picture for a terminal: LOLWUT's. Owned by its handler; drawing outside it does nothing.

#include <cstdint>
#include <string>
#include <vector>

namespace redstart {

class PixelCanvas {
 public:
  PixelCanvas(int width, int height, uint8_t shade)
      : width_(width),
        height_(height),
        shades_(static_cast<size_t>(width) * static_cast<size_t>(height), shade) {}

  int width() const { return width_; }
  int height() const { return height_; }
  uint8_t At(int x, int y) const { return IsInside(x, y) ? shades_[IndexOf(x, y)] : 0; }
  void Set(int x, int y, uint8_t shade) {
    if (IsInside(x, y)) shades_[IndexOf(x, y)] = shade;
  }
  // Bresenham's line, both ends included.
  void Line(int x1, int y1, int x2, int y2, uint8_t shade);
  // A square with its centre at (x, y), turned by an angle in radians.
  void Square(double x, double y, double side, double angle);

  // Eight pixels to a character of Braille: those that are not 0 are dots.
  std::string AsBraille() const;
  // One pixel to a character: 0 to 3 are black, two shades of gray, and white.
  std::string AsShades() const;

 private:
  bool IsInside(int x, int y) const { return x >= 0 && x < width_ && y >= 0 && y < height_; }
  size_t IndexOf(int x, int y) const {
    return static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x);
  }

  const int width_;
  const int height_;
  std::vector<uint8_t> shades_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_PIXEL_CANVAS_H_
