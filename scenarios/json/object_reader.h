// Typed reading of a document: every getter checks type and range against a knob, and an object can
// be checked for names nobody asked for. Problems are collected in the document. For the readers of
// scenarios and results only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pools/knobs.h"
#include "scenarios/json/document.h"

namespace scenarios {

/// What ids are made of.
inline constexpr std::string_view kIdCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
inline constexpr std::size_t kLongestId = 64;

/// A knob's value from JSON, or a problem and nothing.
std::optional<pools::KnobValue> read_knob(Document& document, const JsonValue& value,
                                          const std::string& pointer, const pools::Knob& knob);

/// Reports the names of an object that are none of its own. Of a hundred thousand, as in a file of
/// another kind, only the first: each costs a search for its nearest name.
class UnknownNames {
 public:
  UnknownNames(Document& document, std::string pointer)
      : document_(document), pointer_(std::move(pointer)) {}

  /// `known`: the object's own names, `what` such a one is ("a known field"), `more`: to be said
  /// beside it.
  void add(const JsonMember& member, std::string_view what,
           const std::vector<std::string_view>& known, std::string_view more = {});
  void finish();

 private:
  static constexpr std::size_t kMostShown = 50;
  Document& document_;
  const std::string pointer_;
  std::size_t count_ = 0;
};

/// One object of the file. Ask for all its fields; then call finish(), where others are errors.
class ObjectReader {
 public:
  /// Notes a problem when `value` is no object; then every field has its default.
  ObjectReader(Document& document, const JsonValue& value, std::string pointer);

  const JsonValue* take(std::string_view key);
  /// The same for a field that must be there: `what` it is, for the problem it is to have none.
  const JsonValue* need(std::string_view key, std::string_view what);
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

}  // namespace scenarios
