#include "scenarios/read_choice.h"

#include <algorithm>
#include <optional>

#include "scenarios/json/object_reader.h"

namespace scenarios {

using Kind = JsonValue::Kind;

namespace {

/// Whose knob that is, if it is one of another row.
std::string owner_text(std::string_view key, const std::vector<RowView>& rows) {
  for (const RowView& other : rows) {
    const bool theirs = std::ranges::any_of(
        other.knobs, [key](const pools::Knob& knob) { return knob.name == key; });
    if (theirs) return "; it belongs to " + std::string(other.name);
  }
  return {};
}

void read_knobs(Document& document, const JsonValue& value, const std::string& pointer,
                std::string_view name_key, const RowView& row, const std::vector<RowView>& rows,
                pools::Settings& settings) {
  UnknownNames unknown(document, pointer);
  std::vector<std::string_view> names{name_key};
  for (const pools::Knob& knob : row.knobs) names.push_back(knob.name);
  for (const JsonMember& member : value.members) {
    if (member.key == name_key) continue;
    const auto knob = std::ranges::find(row.knobs, member.key, &pools::Knob::name);
    if (knob == row.knobs.end()) {
      unknown.add(member, "a field of " + std::string(row.name), names,
                  owner_text(member.key, rows));
    } else if (auto read =
                   read_knob(document, member.value, pointer_to(pointer, member.key), *knob)) {
      settings.set(member.key, *std::move(read));
    }
  }
  unknown.finish();
  for (const pools::Knob& knob : row.knobs) {
    if (knob.required && value.find(knob.name) == nullptr) {
      document.problem(pointer_to(pointer, knob.name),
                       "expected " + pools::expectation(knob) + ", got nothing");
    }
  }
  for (const auto& [name, given] : settings.given()) {
    const pools::Knob& knob = *std::ranges::find(row.knobs, name, &pools::Knob::name);
    if (const auto unmet = pools::unmet_text(knob, row.knobs, settings)) {
      document.problem(pointer_to(pointer, name), *unmet);
    }
  }
}

}  // namespace

pools::Choice read_choice(Document& document, const JsonValue& value, const std::string& pointer,
                          std::string_view name_key, const char* what,
                          const std::vector<RowView>& rows) {
  const JsonMember* member = value.find(name_key);
  const JsonValue* name = member == nullptr ? nullptr : &member->value;
  if (value.is(Kind::String)) name = &value;
  if (name == nullptr || !name->is(Kind::String)) {
    const bool object = value.is(Kind::Object);
    document.problem(
        object ? pointer_to(pointer, name_key) : pointer,
        std::string("expected the name of ") + what +
            (object ? ", got " : " or an object that has it, got ") +
            (object ? (name == nullptr ? "nothing" : described(*name)) : described(value)));
    return {};
  }
  const auto row = std::ranges::find(rows, name->text, &RowView::name);
  if (row == rows.end() || row->missing != nullptr) {
    std::vector<std::string_view> names;
    for (const RowView& known : rows) {
      if (known.missing == nullptr) names.push_back(known.name);
    }
    document.problem(value.is(Kind::Object) ? pointer_to(pointer, name_key) : pointer,
                     row == rows.end() ? pools::unknown_name_text(what, name->text, names)
                                       : pools::missing_text(what, *row->missing));
    return {};
  }
  pools::Choice choice{name->text, {}};
  read_knobs(document, value, pointer, name_key, *row, rows, choice.settings);
  return choice;
}

}  // namespace scenarios
