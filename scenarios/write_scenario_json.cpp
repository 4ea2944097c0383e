#include <cmath>
#include <cstddef>

#include <nlohmann/json.hpp>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/read_scenario.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

using Json = nlohmann::ordered_json;

/// Whole numbers without a fraction: "2", as people write them, not "2.0".
Json number(double value) {
  constexpr double kExact = 9007199254740992;
  if (std::floor(value) == value && std::abs(value) < kExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

Json list(const pools::Numbers& numbers, const std::vector<std::string_view>& columns) {
  Json items = Json::array();
  if (columns.empty()) {
    for (const double value : numbers) items.push_back(number(value));
    return items;
  }
  for (std::size_t i = 0; i + columns.size() <= numbers.size(); i += columns.size()) {
    Json row;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      row[std::string(columns[c])] = number(numbers[i + c]);
    }
    items.push_back(row);
  }
  return items;
}

template <typename Row>
const std::vector<pools::Knob>& knobs_of(const Row* row) {
  static const std::vector<pools::Knob> kNone;
  return row == nullptr ? kNone : row->knobs;
}

Json choice(const pools::Choice& choice, const char* name_key,
            const std::vector<pools::Knob>& knobs) {
  Json json;
  json[name_key] = choice.name;
  for (const auto& [name, value] : choice.settings.given()) {
    std::vector<std::string_view> columns;
    for (const pools::Knob& knob : knobs) {
      if (knob.name == name) columns = knob.columns;
    }
    Json& field = json[name];
    if (const auto* flag = std::get_if<bool>(&value)) field = *flag;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) field = *whole;
    if (const auto* real = std::get_if<double>(&value)) field = number(*real);
    if (const auto* word = std::get_if<std::string>(&value)) field = *word;
    if (const auto* numbers = std::get_if<pools::Numbers>(&value)) field = list(*numbers, columns);
  }
  return json;
}

Json level_json(std::uint8_t level) {
  if (level < std::size(kLevelNames)) return kLevelNames[level];
  return level;
}

Json retry_json(const pools::Choice& retry) {
  return choice(retry, "name", knobs_of(pools::find_retry(retry.name)));
}

Json class_json(const TaskClass& task_class) {
  Json json;
  json["name"] = task_class.name;
  json["weight"] = number(task_class.weight);
  if (task_class.level != 0) json["priority"] = level_json(task_class.level);
  if (task_class.deadline.count() != 0) json["deadline_us"] = task_class.deadline.count();
  if (task_class.timeout.count() != 0) json["timeout_us"] = task_class.timeout.count();
  if (task_class.retry) json["retry"] = retry_json(*task_class.retry);
  json["work"] = choice(task_class.work, "kind", knobs_of(find_work(task_class.work.name)));
  json["service"] =
      choice(task_class.service, "dist", knobs_of(find_service(task_class.service.name)));
  return json;
}

Json pool_json(const pools::PoolConfig& config) {
  Json json;
  json["id"] = config.id;
  json["dispatch"] =
      choice(config.dispatch, "name", knobs_of(pools::find_dispatch(config.dispatch.name)));
  if (config.max_workers > config.min_workers) {
    json["workers"] = {{"min", config.min_workers}, {"max", config.max_workers}};
  } else if (config.min_workers > 0) {
    json["workers"] = config.min_workers;
  }
  if (config.queue_capacity > 0) {
    json["queue_capacity"] = config.queue_capacity;
    for (const pools::OnFullRow& row : pools::on_full_catalog()) {
      if (row.value == config.on_full) json["on_full"] = row.name;
    }
  }
  json["sizing"] = choice(config.sizing, "name", knobs_of(pools::find_sizing(config.sizing.name)));
  if (config.retry.name != pools::PoolConfig().retry.name) json["retry"] = retry_json(config.retry);
  if (config.stuck_after.count() != 0) {
    json["stuck_after_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(config.stuck_after).count();
  }
  if (config.spares != 0) json["spares"] = config.spares;
  if (config.metrics != pools::PoolConfig().metrics) {
    json["metrics"] = pools::name_of(config.metrics);
  }
  if (config.spin.count() != 0) json["spin_us"] = config.spin.count() / 1000;
  return json;
}

Json gate_json(const Expectation& gate) {
  Json json;
  const auto filter = [&json](const char* field, const std::string& value) {
    if (!value.empty()) json[field] = value;
  };
  json["metric"] = gate.metric;
  filter("stat", gate.stat);
  filter("pool", gate.pool);
  filter("class", gate.task_class);
  filter("phase", gate.phase);
  filter("compare", gate.compare);
  filter("bound", gate.bound);
  json["op"] = gate.op;
  json["value"] = number(gate.value);
  return json;
}

Json capacity_json(const CapacityGoal& goal) {
  Json json{{"stat", goal.stat}};
  if (!goal.task_class.empty()) json["class"] = goal.task_class;
  json["below_us"] = number(goal.below_us);
  json["precision_pct"] = number(goal.precision_pct);
  if (goal.most_per_s != CapacityGoal().most_per_s) json["most_per_s"] = number(goal.most_per_s);
  return json;
}

Json json_of(const JsonValue& value) {
  using Kind = JsonValue::Kind;
  if (value.is(Kind::Bool)) return value.flag;
  if (value.is(Kind::Integer)) return value.integer;
  if (value.is(Kind::Real)) return value.real;
  if (value.is(Kind::String)) return value.text;
  Json json = value.is(Kind::Array)    ? Json::array()
              : value.is(Kind::Object) ? Json::object()
                                       : Json(nullptr);
  for (const JsonValue& item : value.items) json.push_back(json_of(item));
  for (const JsonMember& member : value.members) json[member.key] = json_of(member.value);
  return json;
}

/// A value as --set takes it: JSON, or a bare word.
Json swept(const std::string& text) {
  std::vector<JsonFault> faults;
  const std::optional<JsonValue> value = parse_json(text, 0, faults);
  return value && faults.empty() ? json_of(*value) : Json(text);
}

Json matrix_json(const Matrix& matrix) {
  Json json;
  for (const SweepAxis& axis : matrix.axes) {
    for (const std::string& value : axis.values) json[axis.knob].push_back(swept(value));
  }
  for (const Parameters& entry : matrix.exclude) {
    Json& excluded = json["exclude"].emplace_back();
    for (const auto& [knob, value] : entry) excluded[knob] = swept(value);
  }
  return json;
}

}  // namespace

std::string scenario_to_json(const Scenario& scenario) {
  Json json;
  json["schema"] = kScenarioSchema;
  json["name"] = scenario.name;
  if (!scenario.description.empty()) json["description"] = scenario.description;
  json["seed"] = scenario.seed;
  const RunPlan& run = scenario.run;
  json["run"] = {{"warmup_s", number(run.warmup.count())},
                 {"drain_after_warmup", run.drain_after_warmup},
                 {"drain_timeout_s", number(run.drain_timeout.count())},
                 {"percentiles", list(run.percentiles, {})},
                 {"sample_interval_s", number(run.sample_interval.count())}};
  if (run.steady_state) {
    json["run"]["steady_state"] = {{"metric", run.steady_state->metric},
                                   {"limit_pct", number(run.steady_state->limit_pct)},
                                   {"window_s", number(run.steady_state->window.count())},
                                   {"max_wait_s", number(run.steady_state->max_wait.count())}};
  }
  if (run.repetitions != 1) json["run"]["repetitions"] = run.repetitions;
  if (run.until_conclusive != 0) json["run"]["until_conclusive"] = run.until_conclusive;
  if (!run.aa_control) json["run"]["aa_control"] = false;
  const GeneratorPlan& generator = scenario.generator;
  json["generator"] = {{"spin_us", generator.spin ? Json(generator.spin->count()) : Json("auto")},
                       {"timer_slack_ns", scenario.generator.timer_slack.count()}};
  if (scenario.generator.core != "auto") json["generator"]["core"] = scenario.generator.core;
  for (const TaskClass& task_class : scenario.classes) {
    json["classes"].push_back(class_json(task_class));
  }
  for (const Phase& phase : scenario.phases) {
    json["phases"].push_back({{"name", phase.name},
                              {"duration_s", number(phase.duration.count())},
                              {"arrival", choice(phase.arrival, "process",
                                                 knobs_of(find_arrival(phase.arrival.name)))}});
  }
  for (const pools::PoolConfig& config : scenario.pools) json["pools"].push_back(pool_json(config));
  if (!scenario.baseline.empty()) json["baseline"] = scenario.baseline;
  if (scenario.capacity) json["capacity"] = capacity_json(*scenario.capacity);
  if (!scenario.matrix.empty()) json["matrix"] = matrix_json(scenario.matrix);
  for (const Expectation& gate : scenario.expect) json["expect"].push_back(gate_json(gate));
  // Text from outside the reader (an id typed into the window) need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace scenarios
