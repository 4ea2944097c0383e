// The published JSON Schema says what the reader does: same names, types, ranges and defaults.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/gates.h"
#include "scenarios/json/json_value.h"

namespace scenarios {
namespace {

using Kind = JsonValue::Kind;

const std::string kSchemaPath =
    std::string(POOLLAB_SOURCE_DIR) + "/scenarios/schema/scenario-1.schema.json";

const JsonValue& schema() {
  static const JsonValue kSchema = [] {
    std::ifstream in(kSchemaPath, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    std::vector<JsonFault> faults;
    auto value = parse_json(text, 0, faults);
    EXPECT_TRUE(value && faults.empty());
    return value ? *value : JsonValue{};
  }();
  return kSchema;
}

/// The value at a path of names; null where there is none.
const JsonValue& at(const JsonValue& value, std::initializer_list<const char*> names) {
  static const JsonValue kNothing;
  const JsonValue* now = &value;
  for (const char* const name : names) {
    const JsonMember* member = now->find(name);
    if (member == nullptr) return kNothing;
    now = &member->value;
  }
  return *now;
}

/// The alternative of a choice whose `name_key` is `name`.
const JsonValue& row_schema(const JsonValue& choice, const char* name_key, std::string_view name) {
  for (const JsonValue& alternative : at(choice, {"anyOf"}).items) {
    if (at(alternative, {"properties", name_key, "const"}).text == name) return alternative;
  }
  static const JsonValue kNothing;
  return kNothing;
}

std::string type_name(const pools::KnobValue& value) {
  constexpr const char* kNames[] = {"boolean", "integer", "number", "string", "array"};
  return kNames[value.index()];
}

void expect_same_knob(const JsonValue& property, const pools::Knob& knob,
                      const std::string& where) {
  ASSERT_TRUE(property.is(Kind::Object)) << where << " is not in the schema";
  EXPECT_EQ(at(property, {"type"}).text, type_name(knob.fallback)) << where;
  EXPECT_NE(at(property, {"description"}).text.find(knob.help), std::string::npos) << where;
  const JsonValue* numbers = &property;
  if (!knob.columns.empty()) {
    const JsonValue& columns = at(property, {"items", "properties"});
    ASSERT_EQ(columns.members.size(), knob.columns.size()) << where;
    numbers = &columns.members.front().value;
  }
  if (knob.low < knob.high) {
    EXPECT_EQ(at(*numbers, {"minimum"}).real, knob.low) << where;
    EXPECT_EQ(at(*numbers, {"maximum"}).real, knob.high) << where;
  }
  std::vector<std::string> choices;
  for (const JsonValue& word : at(property, {"enum"}).items) choices.push_back(word.text);
  EXPECT_TRUE(std::ranges::equal(choices, knob.choices)) << where;
  const JsonValue& fallback = at(property, {"default"});
  EXPECT_EQ(fallback.is(Kind::Null), knob.required) << where;
  if (const auto* real = std::get_if<double>(&knob.fallback)) {
    EXPECT_EQ(fallback.real, *real) << where;
  }
  if (const auto* whole = std::get_if<std::int64_t>(&knob.fallback)) {
    EXPECT_EQ(fallback.integer, *whole) << where;
  }
  if (const auto* word = std::get_if<std::string>(&knob.fallback)) {
    EXPECT_EQ(fallback.text, *word) << where;
  }
  if (const auto* flag = std::get_if<bool>(&knob.fallback)) {
    EXPECT_EQ(fallback.flag, *flag) << where;
  }
}

/// What the schema asks for beside a knob: that the other one is, or may be taken to be, as needed.
void expect_same_need(const JsonValue& alternative, const pools::Knob& knob,
                      const std::vector<pools::Knob>& row, const std::string& where) {
  const JsonValue& dependent =
      at(alternative, {"dependentSchemas", std::string(knob.name).c_str()});
  ASSERT_EQ(dependent.is(Kind::Object), !knob.needs.knob.empty()) << where;
  if (knob.needs.knob.empty()) return;
  const std::string other(knob.needs.knob);
  const JsonValue& limit = at(dependent, {"properties", other.c_str()});
  if (const auto* flag = std::get_if<bool>(&knob.needs.value)) {
    EXPECT_EQ(at(limit, {"const"}).flag, *flag) << where;
  } else if (const auto* word = std::get_if<std::string>(&knob.needs.value)) {
    EXPECT_EQ(at(limit, {"const"}).text, *word) << where;
  } else {
    const auto* whole = std::get_if<std::int64_t>(&knob.needs.value);
    EXPECT_EQ(at(limit, {"minimum"}).real,
              whole != nullptr ? static_cast<double>(*whole) : std::get<double>(knob.needs.value))
        << where;
  }
  const bool default_will_do = !pools::unmet_text(knob, row, {});
  EXPECT_EQ(at(dependent, {"required"}).items.empty(), default_will_do) << where;
}

template <typename Row>
void expect_same_row(const JsonValue& choice, const char* name_key, const Row& row) {
  const JsonValue& alternative = row_schema(choice, name_key, row.name);
  const JsonValue& properties = at(alternative, {"properties"});
  EXPECT_EQ(properties.members.size(), row.knobs.size() + 1) << row.name;
  EXPECT_EQ(at(alternative, {"description"}).text, row.summary);
  for (const pools::Knob& knob : row.knobs) {
    const std::string where = std::string(row.name) + "/" + std::string(knob.name);
    expect_same_knob(at(properties, {std::string(knob.name).c_str()}), knob, where);
    expect_same_need(alternative, knob, row.knobs, where);
  }
}

/// Catalog and schema hold the same rows.
template <typename Row>
void expect_same_catalog(const JsonValue& choice, const char* name_key,
                         const std::vector<Row>& rows) {
  // The first alternative is the bare name, the others are one row each.
  EXPECT_EQ(at(choice, {"anyOf"}).items.size(), rows.size() + 1) << name_key;
  for (const Row& row : rows) expect_same_row(choice, name_key, row);
}

/// Pools: what the schema describes must be true; a newer strategy passes it undescribed, so that
/// adding one stays a matter of one file, one row and one CMake line.
template <typename Row>
void expect_no_stale_rows(const JsonValue& choice, const std::vector<Row>& rows) {
  for (const JsonValue& alternative : at(choice, {"anyOf"}).items) {
    const std::string& name = at(alternative, {"properties", "name", "const"}).text;
    if (name.empty()) continue;
    const auto row = std::ranges::find(rows, name, &Row::name);
    ASSERT_NE(row, rows.end()) << name << " is in the schema only";
    expect_same_row(choice, "name", *row);
  }
}

TEST(Schema, DescribesTheWorkloadCatalogs) {
  expect_same_catalog(at(schema(), {"$defs", "phase", "properties", "arrival"}), "process",
                      arrival_catalog());
  expect_same_catalog(at(schema(), {"$defs", "class", "properties", "service"}), "dist",
                      service_catalog());
  expect_same_catalog(at(schema(), {"$defs", "class", "properties", "work"}), "kind",
                      work_catalog());
}

TEST(Schema, DescribesTheRetryPolicies) {
  for (const char* const whose : {"class", "pool"}) {
    expect_same_catalog(at(schema(), {"$defs", whose, "properties", "retry"}), "name",
                        pools::retry_catalog());
  }
}

TEST(Schema, DescribesThePoolCatalogs) {
  expect_no_stale_rows(at(schema(), {"$defs", "pool", "properties", "dispatch"}),
                       pools::dispatch_catalog());
  expect_no_stale_rows(at(schema(), {"$defs", "pool", "properties", "sizing"}),
                       pools::sizing_catalog());
  const auto& rules = at(schema(), {"$defs", "pool", "properties", "on_full", "enum"}).items;
  ASSERT_EQ(rules.size(), pools::on_full_catalog().size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(rules[i].text, pools::on_full_catalog()[i].name);
  }
  const auto& levels = at(schema(), {"$defs", "pool", "properties", "metrics", "enum"}).items;
  ASSERT_EQ(levels.size(), pools::metrics_catalog().size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    EXPECT_EQ(levels[i].text, pools::metrics_catalog()[i].name);
  }
}

TEST(Schema, DescribesTheGates) {
  const auto& metrics = at(schema(), {"$defs", "gate", "properties", "metric", "anyOf"}).items;
  const auto& rules = at(schema(), {"$defs", "gate", "allOf"}).items;
  ASSERT_EQ(metrics.size(), gate_metrics().size());
  ASSERT_EQ(rules.size(), gate_metrics().size());
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const GateMetric& metric = gate_metrics()[i];
    EXPECT_EQ(at(metrics[i], {"const"}).text, metric.name);
    EXPECT_EQ(at(rules[i], {"if", "properties", "metric", "const"}).text, metric.name);
    const JsonValue& then = at(rules[i], {"then", "properties"});
    std::vector<std::string> stats;
    for (const JsonValue& stat : at(then, {"stat", "enum"}).items) stats.push_back(stat.text);
    EXPECT_TRUE(std::ranges::equal(stats, metric.stats)) << metric.name;
    EXPECT_EQ(then.find("class") == nullptr, metric.by_class) << metric.name;
    EXPECT_EQ(then.find("phase") == nullptr, metric.by_phase) << metric.name;
  }
  const auto& operators = at(schema(), {"$defs", "gate", "properties", "op", "enum"}).items;
  EXPECT_EQ(operators.size(), gate_operators().size());
}

TEST(Schema, AcceptsTheWholeLibraryAndIsValidItself) {
  // A validator that is not ours, which the machine may not have.
  if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
    GTEST_SKIP() << "python3-jsonschema is not installed";
  }
  const std::string script = R"(/usr/bin/python3 -c '
import glob, json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for name in sorted(glob.glob(sys.argv[2] + "/*.json")):
    for error in validator.iter_errors(json.load(open(name))):
        bad += 1
        print(name, error.json_path, error.message[:300])
for text in ["{}", "[]", "{\"phases\": []}", "{\"phases\": [{\"duration_s\": 0}]}",
             "{\"phases\": [{}], \"extra\": 1}", "{\"phases\": [{}], \"seed\": 1.5}",
             "{\"phases\": [{\"arrival\": {\"process\": \"poisson\", \"clients\": 1}}]}",
             "{\"phases\": [{}], \"pools\": [{\"dispatch\": {\"name\": \"pull\", \"choose\": 1}}]}",
             "{\"phases\": [{}], \"pools\": [{\"dispatch\": {\"name\": \"batch\", \"flush_us\": 9}}]}",
             "{\"phases\": [{}], \"expect\": [{\"metric\": \"wakes\", \"phase\": \"a\", \"op\": \"<\", \"value\": 1}]}"]:
    if validator.is_valid(json.loads(text)):
        bad += 1
        print("accepted:", text)
sys.exit(bad != 0)
' ')" + kSchemaPath + "' '" + POOLLAB_SOURCE_DIR +
                             "/scenarios/library'";
  EXPECT_EQ(std::system(script.c_str()), 0);
}

}  // namespace
}  // namespace scenarios
