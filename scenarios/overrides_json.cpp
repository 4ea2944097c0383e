// `--set /json/pointer=value`, applied to the document before it is checked, so that a wrong value
// meets the same checks and messages as one in the file.
#include <algorithm>
#include <cctype>

#include "scenarios/strict_json.h"

namespace scenarios {
namespace {

using Kind = JsonValue::Kind;

std::optional<JsonValue> override_value(Document& document, const Override& option,
                                        std::size_t source) {
  std::vector<JsonFault> faults;
  std::optional<JsonValue> value = parse_json(option.value, source, faults);
  if (value && faults.empty()) return value;
  const auto first = static_cast<unsigned char>(option.value.empty() ? '"' : option.value[0]);
  if (std::isalpha(first) != 0) {  // a bare word: quotes are awkward in a shell
    JsonValue word;
    word.kind = Kind::String;
    word.text = option.value;
    word.place.source = source;
    return word;
  }
  for (JsonFault& fault : faults) fault.pointer = option.pointer;
  document.add(faults);
  return std::nullopt;
}

/// The short form `"dispatch": "push"` written out, so that a knob can be set in it.
void write_out_choice(JsonValue& value, std::string_view field) {
  const bool named = field == "dispatch" || field == "sizing";
  if (!value.is(Kind::String) || (!named && field != "work")) return;
  JsonValue object;
  object.kind = Kind::Object;
  object.place = value.place;
  object.members.push_back({named ? "name" : "kind", value.place, value});
  value = std::move(object);
}

JsonValue empty_object(std::size_t source) {
  JsonValue object;
  object.kind = Kind::Object;
  object.place.source = source;
  return object;
}

void apply(Document& document, const Override& option, std::size_t source) {
  JsonPlace place;
  place.source = source;
  if (option.pointer.empty() || option.pointer[0] != '/') {
    document.add(place, option.pointer, "expected a JSON pointer such as /run/warmup_s");
    return;
  }
  std::optional<JsonValue> value = override_value(document, option, source);
  if (!value) return;
  JsonValue* target = &document.root;
  std::string field;
  std::string walked;
  const std::vector<std::string> tokens = pointer_tokens(option.pointer);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    write_out_choice(*target, field);
    if (target->is(Kind::Array)) {
      const auto index = element_index(token, target->items.size());
      if (!index) {
        document.add(place, option.pointer,
                     "expected an element below " + std::to_string(target->items.size()) + " of " +
                         walked + ", got " + quoted_text(token));
        return;
      }
      target = &target->items[*index];
    } else if (target->is(Kind::Object)) {
      // What the file left to its default comes into being on the way, except lists.
      if (target->find(token) == nullptr) {
        if (i + 1 < tokens.size() && element_index(tokens[i + 1], ~std::size_t{0})) {
          document.add(
              place, option.pointer,
              "expected the file to have the list " + pointer_to(walked, token) + ", got none");
          return;
        }
        target->members.push_back({token, place, empty_object(source)});
      }
      target = &target->find(token)->value;
    } else {
      document.add(place, option.pointer,
                   "expected " + walked + " to be an object or a list, got " + described(*target));
      return;
    }
    walked = pointer_to(walked, token);
    field = token;
  }
  *target = *std::move(value);
}

}  // namespace

void apply_overrides(Document& document, const std::vector<Override>& overrides) {
  for (std::size_t i = 0; i < overrides.size(); ++i) apply(document, overrides[i], i + 1);
}

}  // namespace scenarios
