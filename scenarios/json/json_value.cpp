#include "scenarios/json/json_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace scenarios {
namespace {

constexpr std::size_t kShownLength = 40;

/// The first of `size` characters of what may be a longer text, on a character's boundary.
std::string_view shortened_text(std::string_view text) {
  if (text.size() <= kShownLength) return text;
  std::size_t end = kShownLength;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string escaped_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

}  // namespace

const JsonMember* JsonValue::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(members, key, &JsonMember::key);
  return found == members.end() ? nullptr : &*found;
}

JsonMember* JsonValue::find(std::string_view key) noexcept {
  const auto found = std::ranges::find(members, key, &JsonMember::key);
  return found == members.end() ? nullptr : &*found;
}

std::string quoted_text(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string shown = "\"";
  for (const char c : shortened_text(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      shown += '\\';
      shown += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      shown += "\\u00";
      shown += kHex[byte >> 4U];
      shown += kHex[byte & 0xFU];
    } else {
      shown += c;
    }
  }
  shown += text.size() > kShownLength ? "...\"" : "\"";
  return shown;
}

std::string described(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::Null:
      return "null";
    case JsonValue::Kind::Bool:
      return value.flag ? "true" : "false";
    case JsonValue::Kind::Integer:
    case JsonValue::Kind::Real:
      return std::string(shortened_text(value.text));
    case JsonValue::Kind::String:
      return quoted_text(value.text);
    case JsonValue::Kind::Array:
      return value.items.empty() ? "an empty list" : "a list";
    case JsonValue::Kind::Object:
      return "an object";
  }
  return "";
}

namespace {

void append_text(std::string_view text, std::string& out) {
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t short_form = kEscaped.find(c); short_form != std::string_view::npos) {
      out += '\\';
      out += kLetters[short_form];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append(const JsonValue& value, std::string& out) {
  const char* separator = "";
  switch (value.kind) {
    case JsonValue::Kind::String:
      append_text(value.text, out);
      break;
    case JsonValue::Kind::Array:
      out += '[';
      for (const JsonValue& item : value.items) {
        out += std::exchange(separator, ",");
        append(item, out);
      }
      out += ']';
      break;
    case JsonValue::Kind::Object:
      out += '{';
      for (const JsonMember& member : value.members) {
        out += std::exchange(separator, ",");
        append_text(member.key, out);
        out += ':';
        append(member.value, out);
      }
      out += '}';
      break;
    case JsonValue::Kind::Null:
      out += "null";
      break;
    case JsonValue::Kind::Bool:
      out += value.flag ? "true" : "false";
      break;
    case JsonValue::Kind::Integer:
    case JsonValue::Kind::Real:
      out += value.text;
      break;
  }
}

}  // namespace

std::string json_text(const JsonValue& value) {
  std::string text;
  append(value, text);
  return text;
}

std::string pointer_to(std::string_view parent, std::string_view key) {
  return std::string(parent) + "/" + escaped_token(key);
}

std::string pointer_to(std::string_view parent, std::size_t index) {
  return std::string(parent) + "/" + std::to_string(index);
}

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] == '~' && i + 1 < pointer.size() &&
               (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      tokens.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      tokens.back() += pointer[i];
    }
  }
  return tokens;
}

std::optional<std::size_t> element_index(std::string_view token, std::size_t size) {
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [stopped, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc{} || stopped != end || index >= size) return std::nullopt;
  return index;
}

JsonPlace place_of(const JsonValue& root, std::string_view pointer) {
  const JsonValue* value = &root;
  const std::vector<std::string> tokens = pointer_tokens(pointer);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (value->is(JsonValue::Kind::Object)) {
      const JsonMember* member = value->find(tokens[i]);
      if (member == nullptr) break;
      value = &member->value;
    } else if (value->is(JsonValue::Kind::Array)) {
      const auto index = element_index(tokens[i], value->items.size());
      if (!index) break;
      value = &value->items[*index];
    } else {
      break;
    }
  }
  return value->place;
}

}  // namespace scenarios
