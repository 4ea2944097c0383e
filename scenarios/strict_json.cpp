#include "scenarios/strict_json.h"

#include <algorithm>
#include <tuple>

namespace scenarios {

using Kind = JsonValue::Kind;

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

void Document::throw_problems() {
  if (problems_.empty()) return;
  std::ranges::stable_sort(problems_, [](const ScenarioProblem& a, const ScenarioProblem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  throw ScenarioError(std::move(problems_));
}

namespace {

/// A scalar as a knob's value; nothing for what no knob takes.
std::optional<pools::KnobValue> scalar(const JsonValue& value) {
  switch (value.kind) {
    case Kind::Bool:
      return value.flag;
    case Kind::Integer:
      return value.integer;
    case Kind::Real:
      return value.real;
    case Kind::String:
      return value.text;
    default:
      return std::nullopt;
  }
}

/// A number of a list; range and type as the knob says, the problem at the number itself.
std::optional<double> list_number(Document& document, const JsonValue& value,
                                  const std::string& pointer, const pools::Knob& knob) {
  pools::Knob one = knob;
  one.fallback = 0.0;
  one.columns.clear();
  const auto read = read_knob(document, value, pointer, one);
  if (!read) return std::nullopt;
  return std::get<double>(*read);
}

std::optional<pools::KnobValue> read_numbers(Document& document, const JsonValue& value,
                                             const std::string& pointer, const pools::Knob& knob) {
  pools::Numbers numbers;
  const std::size_t before = document.problems();
  constexpr std::size_t kMost = 1000;
  read_list(document, value, pointer, kMost, knob.columns.empty() ? "numbers" : "objects",
            [&](const JsonValue& item, const std::string& at, std::size_t) {
              if (knob.columns.empty()) {
                numbers.push_back(list_number(document, item, at, knob).value_or(0));
                return;
              }
              ObjectReader row(document, item, at);
              for (const std::string_view column : knob.columns) {
                const JsonValue* cell = row.take(column);
                if (cell != nullptr) {
                  numbers.push_back(list_number(document, *cell, row.at(column), knob).value_or(0));
                } else if (item.is(Kind::Object)) {
                  document.problem(row.at(column), "expected a number, got nothing");
                }
              }
              row.finish();
            });
  if (document.problems() != before) return std::nullopt;
  return numbers;
}

}  // namespace

std::optional<pools::KnobValue> read_knob(Document& document, const JsonValue& value,
                                          const std::string& pointer, const pools::Knob& knob) {
  if (value.faulty) return std::nullopt;
  if (std::holds_alternative<pools::Numbers>(knob.fallback)) {
    return read_numbers(document, value, pointer, knob);
  }
  if (const auto given = scalar(value)) {
    if (auto taken = pools::accepted(knob, *given)) return taken;
    if (value.is(Kind::String) && !knob.choices.empty()) {
      document.problem(pointer, pools::unknown_name_text("a known word", value.text, knob.choices));
      return std::nullopt;
    }
  }
  document.problem(pointer, "expected " + pools::expectation(knob) + ", got " + described(value));
  return std::nullopt;
}

ObjectReader::ObjectReader(Document& document, const JsonValue& value, std::string pointer)
    : document_(document), value_(value), pointer_(std::move(pointer)) {
  if (!value.is(Kind::Object)) {
    document_.problem(pointer_, "expected an object, got " + described(value));
  }
}

const JsonValue* ObjectReader::take(std::string_view key) {
  known_.push_back(key);
  const JsonMember* member = value_.find(key);
  return member == nullptr ? nullptr : &member->value;
}

pools::KnobValue ObjectReader::knob(const pools::Knob& knob) {
  const JsonValue* value = take(knob.name);
  if (value == nullptr) return knob.fallback;
  return read_knob(document_, *value, at(knob.name), knob).value_or(knob.fallback);
}

double ObjectReader::real(std::string_view key, double fallback, double low, double high,
                          std::string_view unit) {
  return std::get<double>(knob({key, fallback, unit, low, high, {}, {}}));
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                   std::int64_t high, std::string_view unit) {
  return std::get<std::int64_t>(
      knob({key, fallback, unit, static_cast<double>(low), static_cast<double>(high), {}, {}}));
}

bool ObjectReader::flag(std::string_view key, bool fallback) {
  return std::get<bool>(knob({key, fallback, {}, 0, 0, {}, {}}));
}

std::string ObjectReader::word(std::string_view key, std::string_view fallback,
                               std::vector<std::string_view> choices) {
  return std::get<std::string>(
      knob({key, std::string(fallback), {}, 0, 0, std::move(choices), {}}));
}

std::string ObjectReader::id(std::string_view key, std::string_view fallback) {
  const std::size_t before = document_.problems();
  std::string name = word(key, fallback);
  const bool good = !name.empty() && name.size() <= kLongestId &&
                    name.find_first_not_of(kIdCharacters) == std::string::npos;
  if (!good && document_.problems() == before && value_.find(key) != nullptr) {
    document_.problem(at(key), "expected 1 to 64 letters, digits, '_', '.', '+' or '-', got " +
                                   quoted_text(name));
  }
  return name;
}

pools::Numbers ObjectReader::numbers(std::string_view key, pools::Numbers fallback, double low,
                                     double high) {
  return std::get<pools::Numbers>(knob({key, std::move(fallback), {}, low, high, {}, {}}));
}

namespace {

/// As unknown_name_text; a name that is like none of these may belong into another object.
std::string unknown_field_text(std::string_view pointer, std::string_view what,
                               std::string_view key, const std::vector<std::string_view>& known) {
  const std::string text = pools::unknown_name_text(what, key, known);
  return pools::nearest_name(key, known).empty() ? text + misplaced_text(pointer, key) : text;
}

/// Reports the names of an object that are none of its own. Of a hundred thousand, as in a file of
/// another kind, only the first: each costs a search for its nearest name.
class UnknownNames {
 public:
  UnknownNames(Document& document, std::string pointer)
      : document_(document), pointer_(std::move(pointer)) {}

  template <typename Text>
  void add(const JsonMember& member, Text text) {
    if (++count_ <= kMostShown) {
      document_.add(member.place, pointer_to(pointer_, member.key), text());
    }
  }
  void finish() {
    if (count_ <= kMostShown) return;
    document_.problem(pointer_, "expected known fields only, got " +
                                    std::to_string(count_ - kMostShown) + " more unknown ones");
  }

 private:
  static constexpr std::size_t kMostShown = 50;
  Document& document_;
  const std::string pointer_;
  std::size_t count_ = 0;
};

}  // namespace

void ObjectReader::finish() {
  if (document_.fields != nullptr) (*document_.fields)[pointer_] = known_;
  UnknownNames unknown(document_, pointer_);
  for (const JsonMember& member : value_.members) {
    if (std::ranges::find(known_, member.key) != known_.end()) continue;
    unknown.add(member,
                [&] { return unknown_field_text(pointer_, "a known field", member.key, known_); });
  }
  unknown.finish();
}

namespace {

std::string unknown_knob_text(const std::string& pointer, const RowView& row,
                              std::string_view name_key, std::string_view key,
                              const std::vector<RowView>& rows) {
  std::vector<std::string_view> names{name_key};
  for (const pools::Knob& knob : row.knobs) names.push_back(knob.name);
  std::string text = unknown_field_text(pointer, "a field of " + std::string(row.name), key, names);
  for (const RowView& other : rows) {
    const bool theirs = std::ranges::any_of(
        other.knobs, [key](const pools::Knob& knob) { return knob.name == key; });
    if (theirs) return text + "; it belongs to " + std::string(other.name);
  }
  return text;
}

void read_knobs(Document& document, const JsonValue& value, const std::string& pointer,
                std::string_view name_key, const RowView& row, const std::vector<RowView>& rows,
                pools::Settings& settings) {
  UnknownNames unknown(document, pointer);
  for (const JsonMember& member : value.members) {
    if (member.key == name_key) continue;
    const auto knob = std::ranges::find(row.knobs, member.key, &pools::Knob::name);
    if (knob == row.knobs.end()) {
      unknown.add(member,
                  [&] { return unknown_knob_text(pointer, row, name_key, member.key, rows); });
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
