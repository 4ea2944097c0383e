// How the writers of result files write a fact, and all facts that fact_fields.h lists.
#pragma once

#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "pools/clock.h"
#include "results/fact_fields.h"
#include "results/layout_json.h"

namespace results {

using Json = nlohmann::ordered_json;

/// Six digits are more than any measurement here has, and halve the file.
inline Json measure(double value) {
  if (!std::isfinite(value)) return nullptr;
  return six_digits(value);
}

inline Json written(double value) { return measure(value); }
inline Json written(pools::Nanos time) {
  return measure(std::chrono::duration<double>(time).count());
}
template <typename Fact>
Json written(const Fact& fact) {
  return fact;
}

/// Adds the facts that each_field knows.
template <typename Facts>
void add_fields(Json& json, const Facts& facts) {
  each_field(facts, [&](std::string_view name, const auto& fact) {
    json[std::string(name)] = written(fact);
  });
}

template <typename Facts>
Json fields_json(const Facts& facts) {
  Json json;
  add_fields(json, facts);
  return json;
}

template <typename Facts>
Json list_json(const std::vector<Facts>& list) {
  Json json = Json::array();
  for (const Facts& facts : list) json.push_back(fields_json(facts));
  return json;
}

}  // namespace results
