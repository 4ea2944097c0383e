// JSON that remembers where every value stands, for error messages that a person can click on. A
// strict parser of its own: general-purpose libraries silently accept what a file must not
// contain (duplicate keys, text after a NUL, integers that do not fit) and forget the positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scenarios {

/// A place in one of several texts: the file (source 0) or the value of a --set (1, 2, ...).
struct JsonPlace {
  std::size_t source = 0;
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // from 1, in characters, not bytes
};

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { Null, Bool, Integer, Real, String, Array, Object };

  Kind kind = Kind::Null;
  bool flag = false;
  std::int64_t integer = 0;
  double real = 0;   ///< also set for an Integer
  std::string text;  ///< a String's characters, or a number as it was written
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  ///< in the file's order, names unique
  JsonPlace place;
  bool faulty = false;  ///< a fault was noted about this very value: say no more about it

  bool is(Kind wanted) const noexcept { return kind == wanted; }
  const JsonMember* find(std::string_view key) const noexcept;
  JsonMember* find(std::string_view key) noexcept;
};

struct JsonMember {
  std::string key;
  JsonPlace place;  ///< of the key
  JsonValue value;
};

/// What is wrong with a text as JSON.
struct JsonFault {
  JsonPlace place;
  std::string pointer;  ///< of the value it is in
  std::string message;
  bool fatal = false;  ///< the rest of the text could not be read
};

inline constexpr std::size_t kJsonDeepest = 64;
inline constexpr std::size_t kJsonLargest = std::size_t{8} << 20U;

/// What follows the byte order mark that some editors put before UTF-8.
constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

/// The text of at most `largest` bytes as a value; nothing after a fatal fault. Other faults (a
/// duplicate key, a character that may not be) are noted and read over, so that one pass finds them
/// all.
std::optional<JsonValue> parse_json(std::string_view text, std::size_t source,
                                    std::vector<JsonFault>& faults,
                                    std::size_t largest = kJsonLargest);

/// A value for "got ...": short, one line, quoted where it is a string.
std::string described(const JsonValue& value);
/// `text` in quotes with everything unprintable escaped; shortened when long.
std::string quoted_text(std::string_view text);

/// The value as JSON without spaces, its numbers as they were written.
std::string json_text(const JsonValue& value);

/// `parent` extended by one reference token, escaped as RFC 6901 says.
std::string pointer_to(std::string_view parent, std::string_view key);
std::string pointer_to(std::string_view parent, std::size_t index);
/// The tokens of a pointer, unescaped. Requires: "" or starting with '/'.
std::vector<std::string> pointer_tokens(std::string_view pointer);
/// The element a token names, or nothing if it is no index below `size`.
std::optional<std::size_t> element_index(std::string_view token, std::size_t size);

/// Where the value of that pointer stands, or what of it exists.
JsonPlace place_of(const JsonValue& root, std::string_view pointer);

}  // namespace scenarios
