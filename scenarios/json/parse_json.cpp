// The parser behind json_value.h: recursive descent over RFC 8259, nothing tolerated.
#include <algorithm>
#include <charconv>
#include <system_error>
#include <unordered_map>

#include "scenarios/json/json_value.h"

namespace scenarios {
namespace {

/// A text that is no JSON at all may be wrong at every byte; nobody reads more than this.
constexpr std::size_t kMostFaults = 200;

class Parser {
 public:
  Parser(std::string_view text, std::size_t source, std::vector<JsonFault>& faults,
         std::size_t largest)
      : text_(without_byte_order_mark(text)), faults_(faults), largest_(largest) {
    place_.source = source;
  }

  std::optional<JsonValue> document() {
    if (text_.size() > largest_) {
      fail("expected at most " + std::to_string(largest_) + " bytes, got " +
           std::to_string(text_.size()));
      return std::nullopt;
    }
    JsonValue value;
    const bool read = read_all(value);
    if (unshown_ > 0) {
      faults_.push_back({place_, "", "and " + std::to_string(unshown_) + " more like these", true});
    }
    if (!read) return std::nullopt;
    return value;
  }

 private:
  bool read_all(JsonValue& value) {
    skip_space();
    if (at_end()) return fail("expected a JSON value, got an empty text");
    if (!read_value(value, 1)) return false;
    skip_space();
    return at_end() || fail("expected the end of the file, got " + got());
  }

  /// From a value to one in it.
  struct Step {
    const std::string* key;  // nullptr: the element `index`
    std::size_t index;
  };

  bool at_end() const { return next_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[next_]; }
  bool sees(char c) const { return !at_end() && text_[next_] == c; }
  bool sees_digit() const { return !at_end() && text_[next_] >= '0' && text_[next_] <= '9'; }

  void step() {
    const auto byte = static_cast<unsigned char>(text_[next_++]);
    if (byte == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if ((byte & 0xC0U) != 0x80U) {  // the later bytes of a character take no column
      ++place_.column;
    }
  }

  void skip_space() {
    while (sees(' ') || sees('\n') || sees('\r') || sees('\t')) step();
  }

  /// What stands here, for messages.
  std::string got() const {
    if (at_end()) return "the end of the file";
    if (peek() == '\0') return "a NUL character";
    std::size_t length = 1;  // a whole character where it has several bytes
    while (next_ + length < text_.size() && length < 4 &&
           (static_cast<unsigned char>(text_[next_ + length]) & 0xC0U) == 0x80U) {
      ++length;
    }
    if (utf8_length() == 0) return "a byte that is not UTF-8";
    const std::string shown = quoted_text(text_.substr(next_, length));
    return peek() == '/' ? shown + " (JSON has no comments)" : shown;
  }

  void note(std::string message) { note_at(place_, std::move(message)); }
  void note_at(JsonPlace place, std::string message) {
    if (faults_.size() >= kMostFaults) {
      ++unshown_;
      return;
    }
    faults_.push_back({place, pointer(), std::move(message), false});
  }
  bool fail(std::string message) {
    faults_.push_back({place_, pointer(), std::move(message), true});
    return false;
  }

  /// Of the value being read. Made only for messages: a text of long names and many values would
  /// take time and memory by the square of its length.
  std::string pointer() const {
    std::string text;
    for (const Step& step : path_) {
      text = step.key != nullptr ? pointer_to(text, *step.key) : pointer_to(text, step.index);
    }
    return text;
  }

  bool read_value(JsonValue& value, std::size_t depth) {
    value.place = place_;
    if (depth > kJsonDeepest) {
      return fail("expected at most " + std::to_string(kJsonDeepest) +
                  " levels of nesting, got more");
    }
    switch (peek()) {
      case '{':
        return read_object(value, depth);
      case '[':
        return read_array(value, depth);
      case '"':
        value.kind = JsonValue::Kind::String;
        return read_string(value.text);
      default:
        return sees('-') || sees_digit() ? read_number(value) : read_literal(value);
    }
  }

  bool read_object(JsonValue& value, std::size_t depth) {
    value.kind = JsonValue::Kind::Object;
    std::unordered_map<std::string, std::size_t> first_lines;  // of the names so far
    step();
    skip_space();
    if (sees('}')) {
      step();
      return true;
    }
    while (true) {
      JsonMember member;
      member.place = place_;
      if (!sees('"')) return fail("expected a name in quotes, got " + got());
      if (!read_string(member.key)) return false;
      skip_space();
      if (!sees(':')) return fail("expected ':' after the name, got " + got());
      step();
      skip_space();
      path_.push_back({&member.key, 0});
      if (!read_value(member.value, depth + 1)) return false;
      const auto [first, fresh] = first_lines.try_emplace(member.key, member.place.line);
      if (!fresh) {
        note_at(member.place, "expected each name once, got " + quoted_text(member.key) +
                                  " again (first in line " + std::to_string(first->second) + ")");
      }
      path_.pop_back();
      if (fresh) value.members.push_back(std::move(member));
      skip_space();
      if (sees('}')) {
        step();
        return true;
      }
      if (!sees(',')) return fail("expected ',' or '}', got " + got());
      step();
      skip_space();
    }
  }

  bool read_array(JsonValue& value, std::size_t depth) {
    value.kind = JsonValue::Kind::Array;
    step();
    skip_space();
    if (sees(']')) {
      step();
      return true;
    }
    while (true) {
      path_.push_back({nullptr, value.items.size()});
      value.items.emplace_back();
      if (!read_value(value.items.back(), depth + 1)) return false;
      path_.pop_back();
      skip_space();
      if (sees(']')) {
        step();
        return true;
      }
      if (!sees(',')) return fail("expected ',' or ']', got " + got());
      step();
      skip_space();
    }
  }

  bool read_literal(JsonValue& value) {
    const auto take = [this](std::string_view word) {
      if (!text_.substr(next_).starts_with(word)) return false;
      for (std::size_t i = 0; i < word.size(); ++i) step();
      return true;
    };
    value.kind = JsonValue::Kind::Bool;
    if (take("true")) {
      value.flag = true;
      return true;
    }
    if (take("false")) return true;
    value.kind = JsonValue::Kind::Null;
    return take("null") || fail("expected a value, got " + got());
  }

  bool read_digits(const char* after) {
    if (!sees_digit()) return fail(std::string("expected a digit ") + after + ", got " + got());
    while (sees_digit()) step();
    return true;
  }

  bool read_number(JsonValue& value) {
    const std::size_t begin = next_;
    const JsonPlace place = place_;
    bool whole = true;
    if (sees('-')) step();
    const bool zero = sees('0');
    if (!read_digits("after '-'")) return false;
    if (zero && next_ - begin > (text_[begin] == '-' ? 2U : 1U)) {
      place_ = place;
      return fail("expected a number without leading zeros, got " +
                  quoted_text(text_.substr(begin, next_ - begin)));
    }
    if (sees('.')) {
      whole = false;
      step();
      if (!read_digits("after '.'")) return false;
    }
    if (sees('e') || sees('E')) {
      whole = false;
      step();
      if (sees('+') || sees('-')) step();
      if (!read_digits("in the exponent")) return false;
    }
    value.text = text_.substr(begin, next_ - begin);
    const char* const first = value.text.data();
    const char* const last = first + value.text.size();
    value.kind = JsonValue::Kind::Integer;
    if (whole && std::from_chars(first, last, value.integer).ec == std::errc{}) {
      value.real = static_cast<double>(value.integer);
      return true;
    }
    value.kind = JsonValue::Kind::Real;
    if (std::from_chars(first, last, value.real).ec != std::errc{}) {
      value.faulty = true;
      note_at(place, "expected a number that a double can hold, got " + described(value));
    }
    return true;
  }

  /// Bytes of the UTF-8 character that starts here; 0 when it is none.
  std::size_t utf8_length() const {
    const auto byte = [this](std::size_t i) {
      return next_ + i < text_.size() ? static_cast<unsigned char>(text_[next_ + i]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    // Overlong forms, surrogates and what lies beyond U+10FFFF.
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
  }

  bool read_string(std::string& out) {
    step();
    while (true) {
      if (at_end()) return fail("expected '\"' to end the string, got the end of the file");
      const char c = peek();
      if (c == '"') {
        step();
        return true;
      }
      if (c == '\\') {
        if (!read_escape(out)) return false;
        continue;
      }
      const std::size_t length = utf8_length();
      if (length == 0) {
        note("expected UTF-8, got byte " + std::to_string(static_cast<unsigned char>(c)));
        step();
        continue;
      }
      if (c == '\n') return fail("expected '\"' to end the string, got the end of the line");
      if (static_cast<unsigned char>(c) < 0x20) {
        note("expected control characters to be escaped, got character " +
             std::to_string(static_cast<unsigned char>(c)));
      }
      for (std::size_t i = 0; i < length; ++i) {
        out += text_[next_];
        step();
      }
    }
  }

  bool read_hex(unsigned& code) {
    code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      unsigned digit = 0;
      if (c >= '0' && c <= '9') {
        digit = static_cast<unsigned>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<unsigned>(c - 'a') + 10;
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<unsigned>(c - 'A') + 10;
      } else {
        return fail("expected four hexadecimal digits after \\u, got " + got());
      }
      code = code * 16 + digit;
      step();
    }
    return true;
  }

  bool read_escape(std::string& out) {
    const JsonPlace place = place_;
    step();
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const std::size_t letter = at_end() ? std::string_view::npos : kLetters.find(peek());
    if (letter != std::string_view::npos) {
      out += kMeant[letter];
      step();
      return true;
    }
    if (!sees('u')) return fail("expected an escape (one of \"\\/bfnrtu), got " + got());
    step();
    unsigned code = 0;
    if (!read_hex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(next_).starts_with("\\u")) {
      step();
      step();
      unsigned low = 0;
      if (!read_hex(low)) return false;
      const bool pair = low >= 0xDC00 && low < 0xE000;
      code = pair ? 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00) : 0xD800;
    }
    if (code == 0) {
      note_at(place, "expected text, got a NUL character");
    } else if (code >= 0xD800 && code < 0xE000) {
      note_at(place, "expected a pair of surrogates, got one alone");
    } else {
      append_utf8(out, code);
    }
    return true;
  }

  static void append_utf8(std::string& out, unsigned code) {
    const auto add = [&out](unsigned byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
      return;
    }
    if (code < 0x800) {
      add(0xC0U | code >> 6U);
    } else {
      if (code < 0x10000) {
        add(0xE0U | code >> 12U);
      } else {
        add(0xF0U | code >> 18U);
        add(0x80U | (code >> 12U & 0x3FU));
      }
      add(0x80U | (code >> 6U & 0x3FU));
    }
    add(0x80U | (code & 0x3FU));
  }

  const std::string_view text_;
  std::vector<JsonFault>& faults_;
  const std::size_t largest_;
  std::size_t next_ = 0;
  JsonPlace place_;
  std::vector<Step> path_;   // to the value being read
  std::size_t unshown_ = 0;  // faults beyond kMostFaults
};

}  // namespace

std::optional<JsonValue> parse_json(std::string_view text, std::size_t source,
                                    std::vector<JsonFault>& faults, std::size_t largest) {
  return Parser(text, source, faults, largest).document();
}

}  // namespace scenarios
