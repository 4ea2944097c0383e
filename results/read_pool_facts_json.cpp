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

void read_choice(FactReader& from, std::string_view key, pools::Choice& choice) {
  from.object(key, [&](FactReader& object) {
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
  });
}

/// A time of 0 to a day; `ns` is what one of the file's units is.
void read_time(FactReader& from, std::string_view key, double ns, pools::Nanos& time) {
  double value = 0;
  from.read(key, value);
  constexpr double kDay = 86'400e9;
  if (value >= 0 && value * ns <= kDay) {
    time = pools::Nanos{std::llround(value * ns)};
  } else {
    from.problem(std::string(key), "expected a time from 0 to a day, got another");
  }
}

/// Files of before there were such rules lack them.
void read_rules(FactReader& from, PoolFacts& pool) {
  if (from.has("retry")) read_choice(from, "retry", pool.retry);
  if (from.has("classes")) {
    from.objects("classes", [&](FactReader& one) {
      pools::ClassRules& rules = pool.classes.emplace_back();
      one.read("name", rules.name);
      if (one.has("retry")) read_choice(one, "retry", rules.retry.emplace());
      read_time(one, "timeout_us", 1e3, rules.timeout);
    });
  }
  if (from.has("stuck_after_ms")) read_time(from, "stuck_after_ms", 1e6, pool.stuck_after);
  from.read_if_there("spares", pool.spares);
}

}  // namespace

void read_pool_facts(FactReader& from, PoolFacts& pool) {
  read_choice(from, "dispatch", pool.dispatch);
  read_choice(from, "sizing", pool.sizing);
  read_rules(from, pool);
  from.object("workers", [&](FactReader& workers) {
    workers.read("min", pool.min_workers);
    workers.read("max", pool.max_workers);
  });
  from.read("queue_capacity", pool.queue_capacity);
  from.read("on_full", pool.on_full);
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
