#include "scenarios/json/object_reader.h"

#include <algorithm>

namespace scenarios {

using Kind = JsonValue::Kind;

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

const JsonValue* ObjectReader::need(std::string_view key, std::string_view what) {
  const JsonValue* value = take(key);
  if (value == nullptr && value_.is(Kind::Object)) {
    document_.problem(at(key), "expected " + std::string(what) + ", got nothing");
  }
  return value;
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

void UnknownNames::add(const JsonMember& member, std::string_view what,
                       const std::vector<std::string_view>& known, std::string_view more) {
  if (++count_ > kMostShown) return;
  std::string text = pools::unknown_name_text(what, member.key, known);
  // A name that is like none of these may belong into another object.
  if (document_.misplaced != nullptr && pools::nearest_name(member.key, known).empty()) {
    text += document_.misplaced(pointer_, member.key);
  }
  document_.add(member.place, pointer_to(pointer_, member.key), text.append(more));
}

void UnknownNames::finish() {
  if (count_ <= kMostShown) return;
  document_.problem(pointer_, "expected known fields only, got " +
                                  std::to_string(count_ - kMostShown) + " more unknown ones");
}

void ObjectReader::finish() {
  if (document_.fields != nullptr) (*document_.fields)[pointer_] = known_;
  UnknownNames unknown(document_, pointer_);
  for (const JsonMember& member : value_.members) {
    if (std::ranges::find(known_, member.key) == known_.end()) {
      unknown.add(member, "a known field", known_);
    }
  }
  unknown.finish();
}

}  // namespace scenarios
