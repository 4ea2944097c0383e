#include "results/fact_reader.h"

#include <cmath>

namespace results {

using scenarios::JsonValue;

namespace {

constexpr std::string_view kMeasure = "a number or null";

bool is_number(const JsonValue& value) noexcept {
  return value.is(JsonValue::Kind::Integer) || value.is(JsonValue::Kind::Real);
}

std::string wrong(std::string_view expected, const JsonValue& got) {
  return "expected " + std::string(expected) + ", got " + scenarios::described(got);
}

}  // namespace

const JsonValue* FactReader::need(std::string_view key, Kind kind, std::string_view what) {
  const JsonValue* value = object_.need(key, what);
  if (value == nullptr || value->is(kind)) return value;
  problem(key, wrong(what, *value));
  return nullptr;
}

bool FactReader::read_whole(std::string_view key, std::int64_t& out, std::int64_t low,
                            std::int64_t high) {
  const std::string what =
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  const JsonValue* value = need(key, Kind::Integer, what);
  if (value == nullptr) return false;
  out = value->integer;
  if (low <= out && out <= high) return true;
  problem(key, wrong(what, *value));
  return false;
}

void FactReader::read(std::string_view key, bool& out) {
  if (const JsonValue* value = need(key, Kind::Bool, "true or false")) out = value->flag;
}

void FactReader::read(std::string_view key, double& out) {
  if (const JsonValue* value = object_.need(key, kMeasure)) read_measure(*value, at(key), out);
}

void FactReader::read_measure(const JsonValue& value, const std::string& pointer, double& out) {
  if (value.is(Kind::Null)) {
    out = NAN;
  } else if (is_number(value)) {
    out = value.real;
  } else {
    document_.problem(pointer, wrong(kMeasure, value));
  }
}

void FactReader::read(std::string_view key, std::string& out) {
  if (const JsonValue* value = need(key, Kind::String, "a text")) out = value->text;
}

void FactReader::read(std::string_view key, pools::Nanos& out) {
  constexpr double kMost = 9e9;  // what fits, and more than anybody measured
  constexpr std::string_view kWhat = "a time of at most 9e9 seconds";
  const JsonValue* value = object_.need(key, kWhat);
  if (value == nullptr || value->faulty) return;
  if (is_number(*value) && std::abs(value->real) <= kMost) {
    out = pools::Nanos{std::llround(value->real * 1e9)};
  } else {
    problem(key, wrong(kWhat, *value));
  }
}

void FactReader::read(std::string_view key, std::vector<double>& out) {
  out.clear();
  list(key, [&](const JsonValue& item, const std::string& pointer) {
    read_measure(item, pointer, out.emplace_back(NAN));
  });
}

void FactReader::read(std::string_view key, std::vector<std::string>& out) {
  out.clear();
  list(key, [&](const JsonValue& item, const std::string& pointer) {
    if (item.is(Kind::String)) {
      out.push_back(item.text);
    } else {
      document_.problem(pointer, wrong("a text", item));
    }
  });
}

}  // namespace results
