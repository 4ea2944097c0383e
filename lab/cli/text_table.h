// A table for people: columns aligned, the least important ones left out when the terminal is
// narrow.
#pragma once

#include <string>
#include <vector>

#include "lab/cli/text_style.h"

namespace lab::cli {

struct Cell {
  std::string text;
  Tone tone = Tone::Plain;
};

struct Column {
  std::string title;
  std::string unit;    ///< shown under the title
  bool left = false;   ///< text is aligned left, numbers right
  int importance = 0;  ///< 0 always stays; of the others the highest number goes first
  std::vector<Cell> cells;
};

/// The table as lines, each ended by a newline. `left_out` receives the titles that did not fit.
std::string table_text(std::vector<Column> table, const TextStyle& style,
                       std::vector<std::string>* left_out = nullptr);

}  // namespace lab::cli
