// LOLWUT: computer art, and the version below it. Clients and tests look for the last line.

#include <algorithm>
#include <numbers>
#include <random>

#include "server/commands/command_families.h"
#include "server/commands/pixel_canvas.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"

namespace redstart {
namespace {

using Random = std::mt19937;

int Below(int limit, Random& random) {
  return static_cast<int>(random() % static_cast<unsigned>(std::max(limit, 1)));
}

std::string VersionLine(std::string_view before) {
  return std::string(before).append("Redis ver. ").append(kRedisVersion).append("\n");
}

// An argument, or a value if it was left out; kept within limits, so that a picture is cheap.
int Size(ArgReader* in, int otherwise, int64_t max) {
  if (in->done()) return otherwise;
  return static_cast<int>(std::clamp<int64_t>(in->Integer(), 1, max));
}

// Georg Nees's picture: rows of squares that lose their order from top to bottom.
PixelCanvas DrawSchotter(int columns, int per_row, int per_column, Random& random) {
  const int width = columns * 2;
  const int padding = width > 4 ? 2 : 0;
  const double side = static_cast<double>(width - padding * 2) / per_row;
  const int height = static_cast<int>(side * per_column) + padding * 2;
  PixelCanvas canvas(width, height, 0);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto sign = [&] { return random() % 2 == 0 ? -1 : 1; };
  for (int y = 0; y < per_column; ++y) {
    for (int x = 0; x < per_row; ++x) {
      double center_x = x * side + side / 2 + padding;
      double center_y = y * side + side / 2 + padding;
      double angle = 0;
      if (y > 1) {
        const double disorder = static_cast<double>(y) / per_column;
        angle = sign() * unit(random) * disorder;
        center_x += sign() * unit(random) * disorder * side / 3;
        center_y += sign() * unit(random) * disorder * side / 3;
      }
      canvas.Square(center_x, center_y, side, angle);
    }
  }
  return canvas;
}

// LOLWUT 5: [columns] [squares-per-row] [squares-per-column]
void Schotter(ArgReader in, Random& random, ReplyBuilder& reply) {
  const int columns = Size(&in, 66, 1000);
  const int per_row = Size(&in, 8, 200);
  const int per_column = Size(&in, 12, 200);
  if (!in.ok()) return reply.Fail(in.error());
  reply.Verbatim(DrawSchotter(columns, per_row, per_column, random).AsBraille() +
                 VersionLine("\nGeorg Nees - schotter, plotter on paper, 1968. "));
}

struct Building {
  int left = 0;
  int width = 0;
  int height = 0;
  uint8_t shade = 0;
  bool has_windows = false;
};

void DrawBuilding(const Building& building, Random& random, PixelCanvas* canvas) {
  const int bottom = canvas->height() - 1;
  const int top = bottom - building.height + 1;
  const int right = building.left + building.width;
  for (int y = bottom; y >= top; --y) {
    for (int x = building.left; x < right; ++x) {
      // The roof is narrower.
      if (y == top && (x <= building.left + 1 || x >= right - 2)) continue;
      uint8_t shade = building.shade;
      const int window_x = x - (building.left + 1);
      const int window_y = y - (top + 1);
      const bool inside = window_x > 0 && x < right - 2 && window_y > 0 && y < bottom - 1;
      // Two pixels wide and one high, because a terminal's characters are not square.
      if (building.has_windows && inside && window_x / 2 % 2 != 0 && window_y % 2 != 0) {
        shade =
            window_x % 2 != 0 ? canvas->At(x - 1, y) : static_cast<uint8_t>(1 + Below(2, random));
      }
      canvas->Set(x, y, shade);
    }
  }
}

// A skyline before a bright sky: two rows of gray buildings, and black ones with windows.
PixelCanvas DrawSkyline(int columns, int rows, Random& random) {
  constexpr uint8_t kSky = 3;
  PixelCanvas canvas(columns, rows, kSky);
  for (const uint8_t shade : {uint8_t{2}, uint8_t{1}, uint8_t{0}}) {
    for (int left = -10; left < columns;) {
      left += Below(8, random);
      Building building = {.left = left, .shade = shade, .has_windows = shade == 0};
      building.width = building.has_windows ? 6 + Below(14, random) : 10 + Below(9, random);
      building.height = building.has_windows ? rows / 3 + Below(rows, random) / 2
                                             : rows / 2 + Below(rows, random) / (4 - shade);
      DrawBuilding(building, random, &canvas);
      left += shade == 2 ? building.width / 2 : building.width + (shade == 0 ? 5 : 1);
    }
  }
  return canvas;
}

// LOLWUT 6: [columns] [rows]
void Skyline(ArgReader in, Random& random, ReplyBuilder& reply) {
  const int columns = Size(&in, 80, 1000);
  const int rows = Size(&in, 20, 1000);
  if (!in.ok()) return reply.Fail(in.error());
  reply.Verbatim(DrawSkyline(columns, rows, random).AsShades() +
                 VersionLine("\nDedicated to the 8 bit game developers of past and present.\n"
                             "Original 8 bit image from Plaguemon by hikikomori. "));
}

// LOLWUT [VERSION version]
void Lolwut(const ReadKeys&, Args args, ReplyBuilder& reply) {
  int64_t version = 7;
  size_t first = 1;
  if (args.size() >= 3 && SameWord(args[1], "VERSION")) {
    ArgReader in(args.subspan(2, 1));
    version = in.Integer();
    if (!in.ok()) return reply.Fail(in.error());
    first = 3;
  }
  Random random(std::random_device{}());
  const ArgReader in(args.subspan(first));
  if (version == 5) return Schotter(in, random, reply);
  if (version == 6) return Skyline(in, random, reply);
  reply.Verbatim(VersionLine(""));
}

constexpr CommandSpec kCommands[] = {
    {.name = "LOLWUT",
     .args = "[VERSION version]",
     .arity = -1,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kServer,
     .run = Lolwut,
     .since = "5.0.0",
     .summary = "Shows computer art and the version.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows LolwutCommands() {
  return kCommands;
}

}  // namespace redstart
