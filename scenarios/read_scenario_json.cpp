#include <algorithm>
#include <array>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/cores.h"
#include "scenarios/gates.h"
#include "scenarios/json/object_reader.h"
#include "scenarios/read_choice.h"
#include "scenarios/read_scenario.h"

namespace scenarios {
namespace {

using Kind = JsonValue::Kind;

constexpr std::int64_t kMostWorkers = 1024;
constexpr std::size_t kMostPools = 64;
constexpr std::size_t kMostPhases = 64;
constexpr std::string_view kAuto = "auto";
constexpr std::size_t kMostClasses = 16;
constexpr std::size_t kMostGates = 200;

template <typename Row>
std::vector<RowView> views(const std::vector<Row>& rows) {
  std::vector<RowView> list;
  append_rows(list, rows);
  return list;
}

GeneratorPlan read_generator(Document& document, const JsonValue& value,
                             const std::string& pointer) {
  GeneratorPlan plan;
  ObjectReader object(document, value, pointer);
  if (const JsonValue* spin = object.take("spin_us")) {
    const std::string at = object.at("spin_us");
    const pools::Knob time{"spin_us", std::int64_t{0}, "us", 0, 10'000, {}, {}};
    if (spin->is(Kind::String) && spin->text != kAuto) {
      document.problem(at, "expected \"auto\" or microseconds, got " + described(*spin));
    } else if (!spin->is(Kind::String)) {
      if (const auto read = read_knob(document, *spin, at, time)) {
        plan.spin = std::chrono::microseconds{std::get<std::int64_t>(*read)};
      }
    }
  }
  plan.timer_slack = std::chrono::nanoseconds{
      object.integer("timer_slack_ns", plan.timer_slack.count(), 1, 10'000'000, "ns")};
  plan.core = object.word("core", plan.core, core_wishes());
  object.finish();
  return plan;
}

std::uint8_t read_level(Document& document, const JsonValue& value, const std::string& pointer) {
  for (std::size_t level = 0; level < std::size(kLevelNames); ++level) {
    if (value.is(Kind::String) && value.text == kLevelNames[level]) {
      return static_cast<std::uint8_t>(level);
    }
  }
  if (value.is(Kind::Integer) && value.integer >= 0 &&
      value.integer < static_cast<std::int64_t>(kMostLevels)) {
    return static_cast<std::uint8_t>(value.integer);
  }
  document.problem(pointer,
                   "expected \"high\", \"medium\", \"low\" or a level from 0 (the most "
                   "urgent) to 7, got " +
                       described(value));
  return 0;
}

/// Runs `check` unless what it would look at is known to be wrong already.
template <typename Check>
void check_if_sound(Document& document, std::size_t problems_before, const std::string& pointer,
                    Check check) {
  if (document.problems() != problems_before) return;
  try {
    check();
  } catch (const pools::ConfigError& error) {
    document.problem(pointer + error.field, error.message);
  }
}

constexpr std::int64_t kMostTimeoutUs =
    std::chrono::duration_cast<std::chrono::microseconds>(pools::kLongestTimeLimit).count();

pools::Choice read_retry(Document& document, const JsonValue& value, const std::string& pointer) {
  return read_choice(document, value, pointer, "name", "a retry policy",
                     views(pools::retry_catalog()));
}

TaskClass read_class(Document& document, const JsonValue& value, const std::string& pointer) {
  TaskClass task_class;
  ObjectReader object(document, value, pointer);
  task_class.name = object.id("name", task_class.name);
  task_class.weight = object.real("weight", task_class.weight, 1e-6, 1e6);
  if (const JsonValue* level = object.take("priority")) {
    task_class.level = read_level(document, *level, object.at("priority"));
  }
  task_class.deadline =
      std::chrono::microseconds{object.integer("deadline_us", 0, 0, 3'600'000'000, "us (0: none)")};
  task_class.timeout =
      std::chrono::microseconds{object.integer("timeout_us", 0, 0, kMostTimeoutUs, "us (0: none)")};
  if (const JsonValue* retry = object.take("retry")) {
    task_class.retry = read_retry(document, *retry, object.at("retry"));
  }
  if (const JsonValue* work = object.take("work")) {
    const std::size_t before = document.problems();
    task_class.work = read_choice(document, *work, object.at("work"), "kind", "a kind of work",
                                  views(work_catalog()));
    check_if_sound(document, before, pointer, [&] { tree_of(task_class.work); });
  }
  if (const JsonValue* service = object.take("service")) {
    const std::size_t before = document.problems();
    task_class.service = read_choice(document, *service, object.at("service"), "dist",
                                     "a service-time distribution", views(service_catalog()));
    check_if_sound(document, before, pointer, [&] { mean_service_us(task_class.service); });
  }
  object.finish();
  return task_class;
}

Phase read_phase(Document& document, const JsonValue& value, const std::string& pointer,
                 std::size_t index) {
  Phase phase;
  const std::size_t before = document.problems();
  ObjectReader object(document, value, pointer);
  phase.name = object.id("name", "phase-" + std::to_string(index + 1));
  phase.duration = Seconds{object.real("duration_s", phase.duration.count(), 0.01, 86'400, "s")};
  if (const JsonValue* arrival = object.take("arrival")) {
    phase.arrival = read_choice(document, *arrival, object.at("arrival"), "process",
                                "an arrival process", views(arrival_catalog()));
    check_if_sound(document, before, pointer, [&] {
      Random shape(1, StreamUse::Shape);
      plan_of(phase.arrival, phase.duration.count(), shape);
    });
  }
  object.finish();
  return phase;
}

void read_workers(Document& document, const JsonValue& value, const std::string& pointer,
                  pools::PoolConfig& config) {
  if (!value.is(Kind::Object)) {
    const pools::Knob number{"workers", std::int64_t{0}, "", 1, kMostWorkers, {}, {}};
    if (!value.is(Kind::Integer)) {
      document.problem(pointer,
                       "expected a number of workers or {min, max}, got " + described(value));
    } else if (const auto workers = read_knob(document, value, pointer, number)) {
      config.min_workers = static_cast<std::uint32_t>(std::get<std::int64_t>(*workers));
      config.max_workers = config.min_workers;
    }
    return;
  }
  const std::size_t before = document.problems();
  ObjectReader object(document, value, pointer);
  const std::int64_t low = object.integer("min", 1, 1, kMostWorkers);
  const std::int64_t high = object.integer("max", 0, 1, kMostWorkers);
  object.finish();
  if (value.find("max") == nullptr) {
    document.problem(object.at("max"), "expected the most workers there may be, got nothing");
  } else if (document.problems() == before && low > high) {
    document.problem(object.at("min"), "expected at most max (" + std::to_string(high) + "), got " +
                                           std::to_string(low));
  }
  config.min_workers = static_cast<std::uint32_t>(low);
  config.max_workers = static_cast<std::uint32_t>(high);
}

std::vector<RowView> dispatch_rows() {
  std::vector<RowView> rows = views(pools::dispatch_catalog());
  append_rows(rows, pools::peer_catalog());
  for (const pools::MissingPeer& peer : pools::missing_peers()) {
    rows.push_back({.name = peer.name, .missing = &peer});
  }
  return rows;
}

void check_on_full(Document& document, const JsonValue* capacity, const std::string& pointer) {
  if (capacity == nullptr || (capacity->is(Kind::Integer) && capacity->integer == 0)) {
    document.problem(pointer,
                     "expected a queue_capacity beside it (an unbounded queue is never "
                     "full, so this would be ignored), got none");
  }
}

/// Throws for what make_pool would refuse, or accept and ignore.
void check_fits(const pools::PoolConfig& config) {
  static_cast<void>(pools::resolved(config));
  if (config.sizing.name == "fixed" && config.min_workers < config.max_workers) {
    throw pools::ConfigError("/workers",
                             "expected one number (sizing \"fixed\" keeps to it), got min " +
                                 std::to_string(config.min_workers) + " and max " +
                                 std::to_string(config.max_workers));
  }
}

pools::PoolConfig read_pool(Document& document, const JsonValue& value,
                            const std::string& pointer) {
  pools::PoolConfig config;
  if (value.is(Kind::String)) {  // the short form: a strategy's name
    config.dispatch =
        read_choice(document, value, pointer, "name", "a dispatch strategy", dispatch_rows());
    config.id = config.dispatch.name;
    return config;
  }
  const std::size_t before = document.problems();
  ObjectReader object(document, value, pointer);
  config.id = object.id("id", "");
  if (const JsonValue* dispatch = object.need("dispatch", "the name of a dispatch strategy")) {
    config.dispatch = read_choice(document, *dispatch, object.at("dispatch"), "name",
                                  "a dispatch strategy", dispatch_rows());
    if (config.id.empty()) config.id = config.dispatch.name;
  }
  if (const JsonValue* workers = object.take("workers")) {
    read_workers(document, *workers, object.at("workers"), config);
  }
  constexpr auto kLargestQueue = static_cast<std::int64_t>(pools::kLargestQueue);
  config.queue_capacity = static_cast<std::uint64_t>(
      object.integer("queue_capacity", 0, 0, kLargestQueue, "tasks (0: unbounded)"));
  std::vector<std::string_view> rules;
  for (const pools::OnFullRow& row : pools::on_full_catalog()) rules.push_back(row.name);
  const std::string rule = object.word("on_full", rules.front(), rules);
  for (const pools::OnFullRow& row : pools::on_full_catalog()) {
    if (row.name == rule) config.on_full = row.value;
  }
  if (value.find("on_full") != nullptr) {
    const JsonMember* capacity = value.find("queue_capacity");
    check_on_full(document, capacity == nullptr ? nullptr : &capacity->value, object.at("on_full"));
  }
  if (const JsonValue* sizing = object.take("sizing")) {
    config.sizing = read_choice(document, *sizing, object.at("sizing"), "name", "a sizing policy",
                                views(pools::sizing_catalog()));
  }
  if (const JsonValue* retry = object.take("retry")) {
    config.retry = read_retry(document, *retry, object.at("retry"));
  }
  config.stuck_after = std::chrono::milliseconds{
      object.integer("stuck_after_ms", 0, 0, kMostTimeoutUs / 1000, "ms (0: nobody looks)")};
  config.spares = static_cast<std::uint32_t>(object.integer("spares", 0, 0, kMostWorkers));
  std::vector<std::string_view> levels;
  for (const pools::MetricsRow& row : pools::metrics_catalog()) levels.push_back(row.name);
  const auto* level = pools::find_metrics(object.word("metrics", levels.front(), levels));
  if (level != nullptr) config.metrics = level->value;
  config.spin =
      std::chrono::microseconds{object.integer("spin_us", 0, 0, pools::kLongestSpin.count(), "us")};
  object.finish();
  check_if_sound(document, before, pointer, [&] { check_fits(config); });
  return config;
}

Expectation read_gate(Document& document, const JsonValue& value, const std::string& pointer) {
  Expectation gate;
  ObjectReader object(document, value, pointer);
  std::vector<std::string_view> names;
  for (const GateMetric& metric : gate_metrics()) names.push_back(metric.name);
  const auto need = [&](std::string_view key, const char* what) {
    if (value.is(Kind::Object) && value.find(key) == nullptr) {
      document.problem(object.at(key), std::string("expected ") + what + ", got nothing");
    }
  };
  const JsonMember* asked = value.find("metric");
  const std::string_view constant =
      asked != nullptr ? why_constant(asked->value.text) : std::string_view();
  if (constant.empty()) {
    gate.metric = object.word("metric", "", names);
  } else {
    object.take("metric");
    document.problem(object.at("metric"), "expected a figure that can change, got " +
                                              described(asked->value) + ": " +
                                              std::string(constant));
  }
  need("metric", "the name of a metric");
  const GateMetric* metric = find_gate_metric(gate.metric);
  gate.stat = metric == nullptr ? object.word("stat", "")
                                : object.word("stat", metric->stats.front(), metric->stats);
  gate.op = object.word("op", "<", gate_operators());
  need("op", "one of < <= > >= ==");
  gate.value = object.real("value", 0, -1e15, 1e15);
  need("value", "a number");
  gate.pool = object.word("pool", "");
  gate.task_class = object.word("class", "");
  gate.phase = object.word("phase", "");
  gate.compare = object.word("compare", "");
  gate.bound = object.word("bound", "", gate_bounds());
  object.finish();
  return gate;
}

std::vector<pools::PoolConfig> default_pools() {
  std::vector<pools::PoolConfig> configs;
  for (const pools::DispatchRow& row : pools::dispatch_catalog()) {
    pools::PoolConfig config;
    config.id = row.name;
    config.dispatch.name = row.name;
    configs.push_back(config);
  }
  return configs;
}

/// What the scenario says about its classes is for its pools to keep.
void give_rules(const std::vector<TaskClass>& classes, pools::PoolConfig& config) {
  for (const TaskClass& one : classes) {
    config.classes.push_back({one.name, one.retry, one.timeout});
  }
  config.series = static_cast<std::uint16_t>(std::max<std::size_t>(1, classes.size()));
}

}  // namespace

Scenario read_scenario(Document& document, const std::string& name) {
  Scenario scenario;
  ObjectReader object(document, document.root, "");
  if (const JsonValue* schema = object.take("schema")) {
    if (!schema->is(Kind::String) || schema->text != kScenarioSchema) {
      document.problem("/schema", "expected \"" + std::string(kScenarioSchema) + "\", got " +
                                      described(*schema));
    }
  }
  scenario.name = object.id("name", name);
  scenario.description = object.word("description", "");
  constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;  // of a double: any tool reads it
  scenario.seed = static_cast<std::uint64_t>(object.integer("seed", 1, 1, kLargestExact));
  if (const JsonValue* run = object.take("run")) scenario.run = read_run(document, *run, "/run");
  if (const JsonValue* generator = object.take("generator")) {
    scenario.generator = read_generator(document, *generator, "/generator");
  }
  if (const JsonValue* classes = object.take("classes")) {
    scenario.classes.clear();
    read_list(document, *classes, "/classes", kMostClasses, "classes",
              [&](const JsonValue& item, const std::string& at, std::size_t) {
                scenario.classes.push_back(read_class(document, item, at));
              });
  }
  if (const JsonValue* phases = object.need("phases", "a list of phases")) {
    read_list(document, *phases, "/phases", kMostPhases, "phases",
              [&](const JsonValue& item, const std::string& at, std::size_t index) {
                scenario.phases.push_back(read_phase(document, item, at, index));
              });
  }
  if (const JsonValue* configs = object.take("pools")) {
    read_list(document, *configs, "/pools", kMostPools, "pools",
              [&](const JsonValue& item, const std::string& at, std::size_t) {
                scenario.pools.push_back(read_pool(document, item, at));
              });
  } else {
    scenario.pools = default_pools();
  }
  scenario.baseline = object.word("baseline", "");
  if (const JsonValue* matrix = object.take("matrix")) {
    scenario.matrix = read_matrix(document, *matrix, "/matrix");
  }
  if (const JsonValue* capacity = object.take("capacity")) {
    scenario.capacity = read_capacity(document, *capacity, "/capacity");
  }
  if (const JsonValue* gates = object.take("expect")) {
    read_list(document, *gates, "/expect", kMostGates, "gates",
              [&](const JsonValue& item, const std::string& at, std::size_t) {
                scenario.expect.push_back(read_gate(document, item, at));
              });
  }
  object.finish();
  for (pools::PoolConfig& config : scenario.pools) {
    config.seed = scenario.seed;
    give_rules(scenario.classes, config);
  }
  check_scenario(document, scenario);
  return scenario;
}

}  // namespace scenarios
