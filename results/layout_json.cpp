#include "results/layout_json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace results {
namespace {

constexpr std::size_t kLine = 96;

/// The end of the string that begins at `at`, behind its quote.
std::size_t string_end(std::string_view json, std::size_t at) {
  for (++at; json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at + 1;
}

std::string without_spaces(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t end = json[at] == '"' ? string_end(json, at) : at + 1;
    const char c = json[at];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') text += json.substr(at, end - at);
    at = end;
  }
  return text;
}

/// What decides how an object or list is laid out.
struct Shape {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t commas = 0;
  std::size_t after = 0;  ///< number of the next one that is not inside
  bool list = false;
  bool has_objects = false;
  bool nested = false;  ///< holds one that holds something

  bool empty() const noexcept { return end - begin == 2; }
  bool fits_a_line() const noexcept {
    if (list && !has_objects) return true;
    return !nested && (commas == 0 || end - begin <= kLine);
  }
};

/// The shapes of all objects and lists, in the order in which they begin.
std::vector<Shape> shapes_of(std::string_view json) {
  std::vector<Shape> shapes;
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      at = string_end(json, at);
      continue;
    }
    if (c == '{' || c == '[') {
      if (c == '{' && !open.empty()) shapes[open.back()].has_objects = true;
      open.push_back(shapes.size());
      shapes.push_back({.begin = at, .list = c == '['});
    } else if (c == ',') {
      ++shapes[open.back()].commas;
    } else if (c == '}' || c == ']') {
      Shape& shape = shapes[open.back()];
      open.pop_back();
      shape.end = at + 1;
      shape.after = shapes.size();
      if (!open.empty() && !shape.empty()) shapes[open.back()].nested = true;
    }
    ++at;
  }
  return shapes;
}

class Layout {
 public:
  explicit Layout(std::string_view json) : json_(json), shapes_(shapes_of(json)) {}

  std::string text() && {
    lay_out(0);
    return std::move(out_);
  }

 private:
  void copy_to(std::size_t end) {
    out_ += json_.substr(at_, end - at_);
    at_ = end;
  }

  void lay_out(std::size_t depth) {
    const char c = json_[at_];
    if (c == '"') return copy_to(string_end(json_, at_));
    if (c != '{' && c != '[')
      return copy_to(std::min(json_.find_first_of(",}]", at_), json_.size()));
    const Shape& shape = shapes_[shape_];
    if (shape.fits_a_line()) {
      shape_ = shape.after;
      return copy_to(shape.end);
    }
    ++shape_;
    do {  // at the bracket that opens it, or at a comma
      copy_to(at_ + 1);
      out_ += '\n' + std::string(depth + 1, ' ');
      if (!shape.list) {
        copy_to(string_end(json_, at_) + 1);  // the name and its colon
        out_ += ' ';
      }
      lay_out(depth + 1);
    } while (json_[at_] == ',');
    out_ += '\n' + std::string(depth, ' ');
    copy_to(shape.end);
  }

  const std::string_view json_;
  const std::vector<Shape> shapes_;
  std::string out_;
  std::size_t at_ = 0;     // in json_
  std::size_t shape_ = 0;  // the next to begin
};

}  // namespace

std::string laid_out(std::string_view json) {
  const std::string compact = without_spaces(json);
  return Layout(compact).text();
}

double six_digits(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::fabs(value))));
  if (!std::isfinite(scale) || scale == 0) return value;
  return std::round(value * scale) / scale;
}

}  // namespace results
