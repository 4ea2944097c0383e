// Typed reading of a parsed scenario: every getter checks type and range against a knob, every
// object is checked for names nobody asked for, and all problems are collected with their places.
// Internal to the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pools/catalog.h"
#include "pools/knobs.h"
#include "scenarios/positioned_json.h"
#include "scenarios/scenario_json.h"

namespace scenarios {

/// What names in a scenario are made of.
inline constexpr std::string_view kIdCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
inline constexpr std::size_t kLongestId = 64;

/// The parsed text and what was found wrong with it so far.
class Document {
 public:
  /// `sources`: what to show for each JsonPlace::source: the file, then the --set options.
  explicit Document(std::vector<std::string> sources) : sources_(std::move(sources)) {}

  JsonValue root;
  /// Set while the reader looks at itself (misplaced_json.cpp): the fields that each object has.
  std::map<std::string, std::vector<std::string_view>>* fields = nullptr;

  /// Something is wrong with the value at that pointer, or missing there.
  void problem(const std::string& pointer, std::string message) {
    add(place_of(root, pointer), pointer, std::move(message));
  }
  void add(const JsonPlace& place, const std::string& pointer, std::string message);
  void add(const std::vector<JsonFault>& faults);
  /// A problem without a place in the text.
  void add(std::string message);

  std::size_t problems() const noexcept { return problems_.size(); }
  /// Throws ScenarioError, the problems in the order of the text, if there are any.
  void throw_problems();

 private:
  std::vector<std::string> sources_;
  std::vector<ScenarioProblem> problems_;
};

/// Where a name that the object at `pointer` does not have belongs, if it is known a level or two
/// off: `; it belongs into pools[].dispatch (of stealing)`, or "".
std::string misplaced_text(std::string_view pointer, std::string_view name);

/// A knob's value from JSON, or a problem and nothing.
std::optional<pools::KnobValue> read_knob(Document& document, const JsonValue& value,
                                          const std::string& pointer, const pools::Knob& knob);

/// One object of the file. Ask for all its fields, then call finish().
class ObjectReader {
 public:
  /// Notes a problem when `value` is no object; then every field has its default.
  ObjectReader(Document& document, const JsonValue& value, std::string pointer);

  const JsonValue* take(std::string_view key);
  double real(std::string_view key, double fallback, double low, double high,
              std::string_view unit = "");
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                       std::int64_t high, std::string_view unit = "");
  bool flag(std::string_view key, bool fallback);
  std::string word(std::string_view key, std::string_view fallback,
                   std::vector<std::string_view> choices = {});
  /// A word that may serve as an id: 1 to 64 letters, digits, '_', '.', '+' or '-'.
  std::string id(std::string_view key, std::string_view fallback);
  pools::Numbers numbers(std::string_view key, pools::Numbers fallback, double low, double high);

  /// Names that were not asked for are problems; of very many only the first are shown.
  void finish();

  std::string at(std::string_view key) const { return pointer_to(pointer_, key); }
  const std::string& pointer() const noexcept { return pointer_; }

 private:
  pools::KnobValue knob(const pools::Knob& knob);

  Document& document_;
  const JsonValue& value_;
  const std::string pointer_;
  std::vector<std::string_view> known_;
};

/// Calls `read(element, pointer, index)` for each element of a list; a problem when the value is
/// no list or has fewer or more elements than allowed.
template <typename Read>
void read_list(Document& document, const JsonValue& value, const std::string& pointer,
               std::size_t most, const char* what, Read read) {
  const std::string wanted =
      "expected a list of 1 to " + std::to_string(most) + " " + what + ", got ";
  if (!value.is(JsonValue::Kind::Array)) {
    document.problem(pointer, wanted + described(value));
    return;
  }
  if (value.items.empty() || value.items.size() > most) {
    document.problem(pointer, wanted + (value.items.empty() ? "an empty list"
                                                            : std::to_string(value.items.size())));
    return;
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    read(value.items[i], pointer_to(pointer, i), i);
  }
}

/// A row of any catalog, as far as the reader is concerned.
struct RowView {
  std::string_view name;
  std::span<const pools::Knob> knobs = {};
  const pools::MissingPeer* missing = nullptr;  ///< known, but not in this build
};

template <typename Row>
void append_rows(std::vector<RowView>& views, const std::vector<Row>& rows) {
  for (const Row& row : rows) views.push_back({row.name, row.knobs});
}

/// A row by name with its knobs: an object with `name_key`, or the bare name. `what` as in "a
/// dispatch strategy". Unknown names, knobs of other rows and missing knobs are problems.
pools::Choice read_choice(Document& document, const JsonValue& value, const std::string& pointer,
                          std::string_view name_key, const char* what,
                          const std::vector<RowView>& rows);

/// Applies `--set` options to the document, before anything is checked.
void apply_overrides(Document& document, const std::vector<Override>& overrides);

}  // namespace scenarios
