#include "results/read_pool_facts.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace results {
namespace {

using scenarios::JsonMember;
using scenarios::JsonValue;
using Kind = JsonValue::Kind;

/// A knob's value, whatever the knob; nothing for what no knob can be.
std::optional<pools::KnobValue> knob_value(const JsonValue& value) {
  switch (value.kind) {
    case Kind::Bool:
      return value.flag;
    case Kind::Integer:
      return value.integer;
    case Kind::Real:
      return value.real;
    case Kind::String:
      return value.text;
    case Kind::Array:
      break;
    default:
      return std::nullopt;
  }
  pools::Numbers numbers;
  for (const JsonValue& item : value.items) {
    if (!item.is(Kind::Integer) && !item.is(Kind::Real)) return std::nullopt;
    numbers.push_back(item.real);
  }
  return numbers;
}

void read_knobs(FactReader& object, pools::Choice& choice);

/// The bare name says it too.
void read_choice(FactReader& from, std::string_view key, pools::Choice& choice) {
  const JsonMember* const word = from.value().find(key);
  if (word != nullptr && word->value.is(Kind::String)) {
    choice = {word->value.text, {}};
    return;
  }
  from.object(key, [&](FactReader& object) { read_knobs(object, choice); });
}

void read_knobs(FactReader& object, pools::Choice& choice) {
  object.read("name", choice.name);
  for (const JsonMember& member : object.value().members) {
    if (member.key == "name") continue;
    if (auto value = knob_value(member.value)) {
      choice.settings.set(member.key, *std::move(value));
    } else {
      object.problem(member.key,
                     "expected a word, a number, true, false or a list of numbers, "
                     "got " +
                         scenarios::described(member.value));
    }
  }
}

}  // namespace

void read_pool_facts(FactReader& from, PoolFacts& pool) {
  read_choice(from, "dispatch", pool.dispatch);
  read_choice(from, "sizing", pool.sizing);
  from.object("workers", [&](FactReader& workers) {
    workers.read("min", pool.min_workers);
    workers.read("max", pool.max_workers);
  });
  from.read("queue_capacity", pool.queue_capacity);
  read_choice(from, "on_full", pool.on_full);
  if (from.has("admission")) {  // older files have none
    from.objects("admission",
                 [&](FactReader& policy) { read_knobs(policy, pool.admission.emplace_back()); });
  }
  from.read_if_there("drop_expired", pool.drop_expired);
  from.read("metrics", pool.metrics);
  double spin_us = 0;
  from.read("spin_us", spin_us);
  constexpr double kMostUs = 1e12;
  if (spin_us >= 0 && spin_us <= kMostUs) {
    pool.spin = pools::Nanos{std::llround(spin_us * 1e3)};
  } else {
    from.problem("spin_us", "expected a time from 0 to 1e12 us, got another");
  }
}

}  // namespace results
