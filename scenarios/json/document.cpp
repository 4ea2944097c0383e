#include "scenarios/json/document.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace scenarios {

std::string JsonProblem::text() const {
  std::string shown = file;
  if (line > 0) shown += ":" + std::to_string(line) + ":" + std::to_string(column);
  shown += line > 0 && !pointer.empty() ? " " + pointer : "";
  return shown + ": " + message;
}

JsonError::JsonError(std::vector<JsonProblem> found) : problems(std::move(found)) {
  for (const JsonProblem& problem : problems) {
    text += (text.empty() ? "" : "\n") + problem.text();
  }
}

bool Document::parse(std::string_view text, std::size_t largest) {
  std::vector<JsonFault> faults;
  std::optional<JsonValue> value = parse_json(text, 0, faults, largest);
  add(faults);
  if (value) root = *std::move(value);
  return value.has_value();
}

void Document::add(const JsonPlace& place, const std::string& pointer, std::string message) {
  // A --set has no lines: its option is shown instead.
  const bool in_file = place.source == 0;
  problems_.push_back({sources_[place.source], in_file ? place.line : 0, in_file ? place.column : 0,
                       pointer, std::move(message)});
}

void Document::add(const std::vector<JsonFault>& faults) {
  for (const JsonFault& fault : faults) add(fault.place, fault.pointer, fault.message);
}

void Document::add(std::string message) {
  problems_.push_back({sources_.front(), 0, 0, "", std::move(message)});
}

std::vector<JsonProblem> Document::ordered_problems() {
  std::ranges::stable_sort(problems_, [](const JsonProblem& a, const JsonProblem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(problems_);
}

}  // namespace scenarios
