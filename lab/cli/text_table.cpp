#include "lab/cli/text_table.h"

#include <algorithm>

namespace lab::cli {
namespace {

constexpr std::string_view kGap = "  ";

std::size_t width_of(const Column& column) {
  std::size_t width = std::max(columns(column.title), columns(column.unit));
  for (const Cell& cell : column.cells) width = std::max(width, columns(cell.text));
  return width;
}

std::size_t width_of(const std::vector<Column>& table) {
  std::size_t width = 0;
  for (const Column& column : table) width += width_of(column) + kGap.size();
  return width;
}

std::string blanks(std::size_t count) { return std::string(count, ' '); }

std::string padded(const Column& column, const Cell& cell, const TextStyle& style) {
  const std::size_t room = width_of(column);
  const std::size_t fill = room - std::min(room, columns(cell.text));
  const std::string text = style.paint(cell.tone, cell.text);
  return column.left ? text + blanks(fill) : blanks(fill) + text;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string table_text(std::vector<Column> table, const TextStyle& style,
                       std::vector<std::string>* left_out) {
  while (style.width != 0 && width_of(table) > style.width) {
    const auto least = std::max_element(
        table.begin(), table.end(),
        [](const Column& a, const Column& b) { return a.importance < b.importance; });
    if (least->importance == 0) break;
    if (left_out != nullptr) left_out->push_back(least->title);
    table.erase(least);
  }
  std::string titles(kGap);
  std::string units(kGap);
  bool any_unit = false;
  std::size_t rows = 0;
  for (const Column& column : table) {
    titles += padded(column, {column.title, Tone::Strong}, style) + std::string(kGap);
    units += padded(column, {column.unit, Tone::Dim}, style) + std::string(kGap);
    any_unit = any_unit || !column.unit.empty();
    rows = std::max(rows, column.cells.size());
  }
  std::string out = trimmed(titles);
  if (any_unit) out += trimmed(units);
  std::string rule;
  for (std::size_t i = kGap.size(); i < width_of(table); ++i) rule += style.symbol("─", "-");
  out += std::string(kGap) + style.paint(Tone::Dim, rule) + "\n";
  for (std::size_t row = 0; row < rows; ++row) {
    std::string line(kGap);
    for (const Column& column : table) {
      line += padded(column, row < column.cells.size() ? column.cells[row] : Cell{}, style);
      line += kGap;
    }
    out += trimmed(line);
  }
  return out;
}

}  // namespace lab::cli
