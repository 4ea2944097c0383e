// Reads facts: what is asked for must be there and of its type, and is taken as it stands. What
// nobody asks for may be there as well, since a newer build writes more. Problems are collected in
// the document; what they are about keeps its value.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pools/clock.h"
#include "scenarios/json/object_reader.h"

namespace results {

class FactReader {
 public:
  /// Notes a problem when `value` is no object.
  FactReader(scenarios::Document& document, const scenarios::JsonValue& value, std::string pointer)
      : document_(document), value_(value), object_(document, value, std::move(pointer)) {}

  void read(std::string_view key, bool& out);
  void read(std::string_view key, double& out);  ///< null, which means not measured: NAN
  void read(std::string_view key, std::string& out);
  void read(std::string_view key, pools::Nanos& out);         ///< in seconds
  void read(std::string_view key, std::vector<double>& out);  ///< null here as well
  void read(std::string_view key, std::vector<std::string>& out);
  template <std::integral Number>
  void read(std::string_view key, Number& out) {
    std::int64_t whole = 0;
    constexpr auto kLow = std::int64_t{std::numeric_limits<Number>::min()};
    constexpr auto kMost = std::numeric_limits<Number>::max();
    constexpr auto kHigh = std::in_range<std::int64_t>(kMost)
                               ? static_cast<std::int64_t>(kMost)
                               : std::numeric_limits<std::int64_t>::max();
    if (read_whole(key, whole, kLow, kHigh)) out = static_cast<Number>(whole);
  }

  /// For what not every file has: keeps its value where it is left out.
  template <typename Fact>
  void read_if_there(std::string_view key, Fact& out) {
    if (has(key)) read(key, out);
  }

  /// Calls `read(reader)` with the object of that name.
  template <typename Read>
  void object(std::string_view key, Read read) {
    const scenarios::JsonValue* value = need(key, Kind::Object, "an object");
    if (value == nullptr) return;
    FactReader inner(document_, *value, at(key));
    read(inner);
  }
  /// Calls `read(element, pointer)` for each element of a list.
  template <typename Read>
  void list(std::string_view key, Read read) {
    const scenarios::JsonValue* value = need(key, Kind::Array, "a list");
    if (value == nullptr) return;
    for (std::size_t i = 0; i < value->items.size(); ++i) {
      read(value->items[i], scenarios::pointer_to(at(key), i));
    }
  }
  /// Calls `read(reader)` for each element of a list of objects.
  template <typename Read>
  void objects(std::string_view key, Read read) {
    list(key, [&](const scenarios::JsonValue& item, const std::string& pointer) {
      FactReader inner(document_, item, pointer);
      if (item.is(Kind::Object)) read(inner);
    });
  }

  bool has(std::string_view key) const noexcept { return value_.find(key) != nullptr; }
  std::string at(std::string_view key) const { return object_.at(key); }
  const scenarios::JsonValue& value() const noexcept { return value_; }
  void problem(std::string_view key, std::string message) {
    document_.problem(at(key), std::move(message));
  }
  scenarios::Document& document() noexcept { return document_; }

 private:
  using Kind = scenarios::JsonValue::Kind;

  /// The value of that kind, or a problem and nullptr.
  const scenarios::JsonValue* need(std::string_view key, Kind kind, std::string_view what);
  void read_measure(const scenarios::JsonValue& value, const std::string& pointer, double& out);
  bool read_whole(std::string_view key, std::int64_t& out, std::int64_t low, std::int64_t high);

  scenarios::Document& document_;
  const scenarios::JsonValue& value_;
  scenarios::ObjectReader object_;
};

}  // namespace results
