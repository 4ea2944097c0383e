// `--set /json/pointer=value`, applied to the document before it is checked, so that a wrong value
// meets the same checks and messages as one in the file.
#include <algorithm>
#include <array>
#include <cctype>

#include "pools/catalog.h"
#include "scenarios/read_scenario.h"
#include "scenarios/scenario.h"

namespace scenarios {
namespace {

using Kind = JsonValue::Kind;

/// After the last element of a list, as in RFC 6901.
constexpr std::string_view kNewElement = "-";
/// Every element of a list.
constexpr std::string_view kEveryElement = "*";

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

JsonValue made(Kind kind, const JsonPlace& place) {
  JsonValue value;
  value.kind = kind;
  value.place = place;
  return value;
}

/// A field, or the elements of a list, for which a word is short: `"dispatch": "push"` means
/// {"name": "push"}.
struct ShortForm {
  std::string_view field;
  std::string_view key;
  std::string_view fallback;  ///< meant where the field is left out; empty: it must be there
};

const ShortForm* short_form(std::string_view field) {
  static const Phase kPhase;
  static const TaskClass kClass;
  static const pools::PoolConfig kPool;
  static const std::array<ShortForm, 7> kForms{{{"dispatch", "name", {}},
                                                {"retry", "name", kPool.retry.name},
                                                {"sizing", "name", kPool.sizing.name},
                                                {"work", "kind", kClass.work.name},
                                                {"service", "dist", kClass.service.name},
                                                {"arrival", "process", kPhase.arrival.name},
                                                {"pools", "dispatch", {}}}};
  const auto form = std::ranges::find(kForms, field, &ShortForm::field);
  return form == kForms.end() ? nullptr : &*form;
}

/// A short form written out, so that something can be set in it.
void write_out(JsonValue& value, std::string_view field) {
  const ShortForm* form = short_form(field);
  if (!value.is(Kind::String) || form == nullptr) return;
  JsonValue object = made(Kind::Object, value.place);
  object.members.push_back({std::string(form->key), value.place, value});
  value = std::move(object);
}

const std::string& text_of(const JsonValue& value, std::string_view key) {
  static const std::string kNone;
  if (value.is(Kind::String)) return value.text;
  const JsonMember* member = value.find(key);
  return member == nullptr ? kNone : member->value.text;
}

/// The name that an element of the file's list `field` goes by.
std::string element_name(std::string_view field, const JsonValue& element, std::size_t index) {
  if (field == "pools") {
    const JsonMember* id = element.find("id");
    if (id != nullptr) return id->value.text;
    const JsonMember* dispatch = element.find("dispatch");
    return dispatch == nullptr ? text_of(element, "") : text_of(dispatch->value, "name");
  }
  const JsonMember* name = element.find("name");
  if (name != nullptr) return name->value.text;
  if (field == "classes") return "task";
  return field == "phases" ? "phase-" + std::to_string(index + 1) : "";
}

/// What the file means by leaving this field of its top level out, where that is a list: what it
/// stands for, or an empty one to append to.
std::optional<JsonValue> default_list(std::string_view field, const JsonPlace& place) {
  JsonValue list = made(Kind::Array, place);
  if (field == "classes") {
    list.items.push_back(made(Kind::Object, place));
  } else if (field == "pools") {
    for (const pools::DispatchRow& row : pools::dispatch_catalog()) {
      list.items.push_back(made(Kind::String, place));
      list.items.back().text = row.name;
    }
  } else if (field != "phases" && field != "expect") {
    return std::nullopt;
  }
  return list;
}

/// The same for an object's field.
JsonValue default_object(std::string_view field, const JsonPlace& place) {
  JsonValue object = made(Kind::Object, place);
  const ShortForm* form = short_form(field);
  if (form != nullptr && !form->fallback.empty()) {
    JsonValue name = made(Kind::String, place);
    name.text = form->fallback;
    object.members.push_back({std::string(form->key), place, std::move(name)});
  }
  return object;
}

/// Goes down the document along one pointer.
class Walk {
 public:
  Walk(Document& document, const Override& option, std::size_t source)
      : document_(document), option_(option), target_(&document.root) {
    place_.source = source;
  }

  /// The value of the pointer, which comes into being if need be; nullptr after a problem.
  JsonValue* run() {
    const std::vector<std::string> tokens = pointer_tokens(option_.pointer);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      write_out(*target_, field_);
      const bool done = target_->is(Kind::Array)    ? into_list(tokens[i])
                        : target_->is(Kind::Object) ? into_object(tokens, i)
                                                    : stuck();
      if (!done) return nullptr;
      walked_ = pointer_to(walked_, tokens[i]);
    }
    return target_;
  }

 private:
  bool problem(std::string message) {
    document_.add(place_, option_.pointer, std::move(message));
    return false;
  }
  bool stuck() {
    return problem("expected " + walked_ + " to be an object or a list, got " +
                   described(*target_));
  }

  /// An index, a new element, or the name of one. What is in the list keeps the list's field name:
  /// it says what an element's short form means.
  bool into_list(const std::string& token) {
    std::vector<JsonValue>& items = target_->items;
    if (token == kNewElement) {
      items.push_back(made(Kind::Object, place_));
      target_ = &items.back();
      return true;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < items.size(); ++i) {
      names.push_back(element_name(field_, items[i], i));
    }
    std::optional<std::size_t> index = element_index(token, items.size());
    const auto named = std::ranges::find(names, token);
    if (!index && named != names.end()) {
      index = static_cast<std::size_t>(named - names.begin());
    }
    if (index) {
      target_ = &items[*index];
      return true;
    }
    std::erase(names, "");
    return problem(pools::unknown_name_text("an index below " + std::to_string(items.size()) +
                                                (names.empty() ? "" : ", a name") +
                                                " or - (a new one) in " + walked_,
                                            token, {names.begin(), names.end()}));
  }

  /// What the file left to its default comes into being on the way; of lists, those whose default
  /// is known here.
  bool into_object(const std::vector<std::string>& tokens, std::size_t i) {
    const std::string& token = tokens[i];
    if (target_->find(token) == nullptr) {
      const std::string next = i + 1 < tokens.size() ? tokens[i + 1] : "";
      std::optional<JsonValue> value = i == 0 ? default_list(token, place_) : std::nullopt;
      const bool of_list = next == kNewElement || element_index(next, ~std::size_t{0});
      if (of_list && (!value || (value->items.empty() && next != kNewElement))) {
        return problem("expected the file to have the list " + pointer_to(walked_, token) +
                       ", got none");
      }
      if (!value) value = default_object(token, place_);
      target_->members.push_back({token, place_, *std::move(value)});
    }
    target_ = &target_->find(token)->value;
    field_ = token;
    return true;
  }

  Document& document_;
  const Override option_;
  JsonPlace place_;
  JsonValue* target_;
  std::string walked_;
  std::string field_;  // the last name of an object's member on the way
};

/// Sets what the pointer names, of a list's every element in turn.
void set(Document& document, const Override& option, const JsonValue& value, std::size_t source) {
  const std::vector<std::string> tokens = pointer_tokens(option.pointer);
  const auto every = std::ranges::find(tokens, kEveryElement);
  if (every == tokens.end()) {
    if (JsonValue* target = Walk(document, option, source).run()) *target = value;
    return;
  }
  std::string before;
  for (auto token = tokens.begin(); token != every; ++token) before = pointer_to(before, *token);
  const JsonValue* list = Walk(document, {before, option.value}, source).run();
  if (list == nullptr) return;
  if (!list->is(Kind::Array)) {
    JsonPlace place;
    place.source = source;
    document.add(place, option.pointer,
                 "expected " + before + " to be a list, for it has no *, got " + described(*list));
    return;
  }
  const std::size_t size = list->items.size();  // the list may move meanwhile
  for (std::size_t i = 0; i < size; ++i) {
    Override one{pointer_to(before, i), option.value};
    for (auto token = every + 1; token != tokens.end(); ++token) {
      one.pointer = pointer_to(one.pointer, *token);
    }
    set(document, one, value, source);
  }
}

void apply(Document& document, const Override& option, std::size_t source) {
  if (!option.pointer.starts_with('/')) {
    JsonPlace place;
    place.source = source;
    document.add(place, option.pointer, "expected a JSON pointer such as /run/warmup_s");
    return;
  }
  const std::optional<JsonValue> value = override_value(document, option, source);
  if (value) set(document, option, *value, source);
}

}  // namespace

std::string override_text(const JsonValue& value) {
  std::vector<JsonFault> faults;
  const bool word = value.is(Kind::String) && !value.text.empty() &&
                    std::isalpha(static_cast<unsigned char>(value.text[0])) != 0 &&
                    (!parse_json(value.text, 0, faults) || !faults.empty());
  return word ? value.text : json_text(value);
}

void apply_overrides(Document& document, const std::vector<Override>& overrides) {
  for (std::size_t i = 0; i < overrides.size(); ++i) apply(document, overrides[i], i + 1);
}

}  // namespace scenarios
