// The checks that need the whole scenario. Each looks only at parts that were read without a
// problem, so that one mistake is not reported twice.
#include <algorithm>
#include <string>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/gates.h"
#include "scenarios/read_scenario.h"
#include "scenarios/timetable.h"

namespace scenarios {
namespace {

/// 24 bytes each: 240 MB.
constexpr double kMostArrivals = 1e7;

using Names = std::vector<std::string_view>;

template <typename Items, typename Name>
void check_unique(Document& document, const std::string& list, const char* field,
                  const Items& items, Name name) {
  Names seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string& own = name(items[i]);
    const auto first = std::ranges::find(seen, own);
    if (first != seen.end() && !own.empty()) {
      document.problem(pointer_to(pointer_to(list, i), field),
                       "expected a name of its own, got " + quoted_text(own) + ", as " +
                           pointer_to(list, static_cast<std::size_t>(first - seen.begin())) +
                           " has");
    }
    seen.push_back(own);
  }
}

void check_known(Document& document, const std::string& pointer, const char* what,
                 const std::string& name, const Names& known) {
  // An empty list could not be read, which is reported already.
  if (name.empty() || known.empty() || std::ranges::find(known, name) != known.end()) return;
  document.problem(pointer, pools::unknown_name_text(what, name, known));
}

Names pool_ids(const Scenario& scenario) {
  Names ids;
  for (const pools::PoolConfig& config : scenario.pools) ids.push_back(config.id);
  return ids;
}

bool honours_priorities(const pools::PoolConfig& config) {
  if (const auto* row = pools::find_dispatch(config.dispatch.name)) {
    return row->capabilities.priorities;
  }
  const auto* peer = pools::find_peer(config.dispatch.name);
  return peer == nullptr || peer->capabilities.priorities;  // unknown: reported elsewhere
}

void check_priorities(Document& document, const Scenario& scenario) {
  if (std::ranges::any_of(scenario.pools, honours_priorities)) return;
  for (std::size_t i = 0; i < scenario.classes.size(); ++i) {
    if (scenario.classes[i].level == 0) continue;
    document.problem(pointer_to("/classes", i) + "/priority",
                     "expected a pool that honours priorities (dispatch \"priority\"), got none: "
                     "this would be ignored");
  }
}

bool goes_by_deadlines(const pools::PoolConfig& config) {
  const auto& given = config.dispatch.settings.given();
  const auto order = given.find("order");
  return config.dispatch.name == "priority" && order != given.end() &&
         order->second == pools::KnobValue(std::string("edf"));
}

/// A deadline that no pool goes by, or a pool that goes by deadlines where there are none.
void check_deadlines(Document& document, const Scenario& scenario) {
  const auto has_one = [](const TaskClass& one) { return one.deadline.count() != 0; };
  const bool any = std::ranges::any_of(scenario.classes, has_one);
  if (std::ranges::none_of(scenario.pools, goes_by_deadlines)) {
    for (std::size_t i = 0; i < scenario.classes.size(); ++i) {
      if (!has_one(scenario.classes[i])) continue;
      document.problem(pointer_to("/classes", i) + "/deadline_us",
                       "expected a pool that goes by deadlines (dispatch \"priority\" with order "
                       "\"edf\"), got none: this would be ignored");
    }
    return;
  }
  for (std::size_t i = 0; i < scenario.pools.size() && !any; ++i) {
    if (!goes_by_deadlines(scenario.pools[i])) continue;
    document.problem(pointer_to("/pools", i) + "/dispatch/order",
                     "expected a class with a deadline_us for it, got none: this would be fifo");
  }
}

/// What a class asks for and a pool does not do.
void check_rules(Document& document, const Scenario& scenario) {
  for (const pools::PoolConfig& config : scenario.pools) {
    try {
      static_cast<void>(pools::resolved(config));
    } catch (const pools::ConfigError& error) {
      // All else has been said where the pool was read.
      if (error.field.starts_with("/classes/")) document.problem(error.field, error.message);
    }
  }
}

void check_compare(Document& document, const std::string& pointer, const Expectation& gate,
                   const Names& ids) {
  if (gate.compare.empty()) return;
  const std::string at = pointer + "/compare";
  const std::size_t slash = gate.compare.find('/');
  if (slash == std::string::npos) {
    document.problem(at, "expected two pools as \"a/b\", got " + quoted_text(gate.compare));
    return;
  }
  const std::string above = gate.compare.substr(0, slash);
  const std::string below = gate.compare.substr(slash + 1);
  if (above.empty() || below.empty() || above == below) {
    document.problem(at,
                     "expected two different pools as \"a/b\", got " + quoted_text(gate.compare));
    return;
  }
  check_known(document, at, "a pool's id", above, ids);
  check_known(document, at, "a pool's id", below, ids);
  if (!gate.pool.empty()) {
    document.problem(pointer + "/pool",
                     "expected no pool beside compare, got " + quoted_text(gate.pool));
  }
}

bool asks(const Expectation& gate, const std::string& pool) {
  if (!gate.compare.empty()) {
    return gate.compare.starts_with(pool + "/") || gate.compare.ends_with("/" + pool);
  }
  return gate.pool.empty() || gate.pool == pool;
}

/// A figure that a pool it asks does not have, or that never changes there.
void check_ability(Document& document, const std::string& pointer, const Expectation& gate,
                   const GateMetric& metric, const Scenario& scenario) {
  for (const pools::PoolConfig& config : scenario.pools) {
    if (!asks(gate, config.id) || config.dispatch.name.empty()) continue;
    const std::string why = what_lacks(metric, config);
    if (why.empty()) continue;
    document.problem(pointer + "/metric",
                     "expected a figure that can change in every pool asked, "
                     "got " +
                         quoted_text(gate.metric) + " of pool " + quoted_text(config.id) + ": " +
                         why);
    return;
  }
}

/// A bound that no figure can miss: none is ever below 0, and a share never above 1.
void check_bound(Document& document, const std::string& pointer, const Expectation& gate) {
  const bool from_below =
      (gate.op == ">=" && gate.value <= 0) || (gate.op == ">" && gate.value < 0);
  const bool share = gate.metric == "utilisation" && gate.compare.empty();
  const bool from_above =
      share && ((gate.op == "<=" && gate.value >= 1) || (gate.op == "<" && gate.value > 1));
  if (!from_below && !from_above) return;
  document.problem(pointer + "/value", std::string("expected a bound that can be missed (") +
                                           gate.metric + " is never " +
                                           (from_below ? "below 0" : "above 1") + "), got " +
                                           gate.op + " " + pools::shown(gate.value));
}

void check_gate(Document& document, const std::string& pointer, const Expectation& gate,
                const Scenario& scenario) {
  const Names ids = pool_ids(scenario);
  Names classes;
  for (const TaskClass& task_class : scenario.classes) classes.push_back(task_class.name);
  Names phases;
  for (const Phase& phase : scenario.phases) phases.push_back(phase.name);
  check_known(document, pointer + "/pool", "a pool's id", gate.pool, ids);
  check_compare(document, pointer, gate, ids);
  const GateMetric* metric = find_gate_metric(gate.metric);
  if (metric != nullptr) {
    check_ability(document, pointer, gate, *metric, scenario);
    check_bound(document, pointer, gate);
  }
  const auto check_filter = [&](const char* field, const std::string& name, bool allowed,
                                const char* what, const Names& known) {
    if (name.empty()) return;
    if (metric != nullptr && !allowed) {
      document.problem(pointer + "/" + field,
                       "expected no " + std::string(field) + " with " + gate.metric +
                           ", which is of the whole run, got " + quoted_text(name));
    } else {
      check_known(document, pointer + "/" + field, what, name, known);
    }
  };
  const std::uint32_t trials = std::max(scenario.run.repetitions, scenario.run.until_conclusive);
  if (!gate.bound.empty() && gate.bound != gate_bounds().front() && trials < kLeastForInterval) {
    document.problem(pointer + "/bound",
                     "expected run.repetitions of " + std::to_string(kLeastForInterval) +
                         " and more for an interval, got " + std::to_string(trials));
  }
  check_filter("class", gate.task_class, metric != nullptr && metric->by_class, "a class", classes);
  check_filter("phase", gate.phase, metric != nullptr && metric->by_phase, "a phase", phases);
}

void check_amount(Document& document, const Scenario& scenario) {
  const double arrivals = expected_arrivals(scenario);
  if (arrivals <= kMostArrivals) return;
  document.problem("/phases", "expected at most " + pools::shown(kMostArrivals) +
                                  " arrivals in all, got about " + pools::shown(arrivals));
}

void check_until_conclusive(Document& document, const Scenario& scenario) {
  const RunPlan& run = scenario.run;
  if (run.until_conclusive == 0) return;
  if (run.until_conclusive < std::max(run.repetitions, kLeastForInterval)) {
    document.problem("/run/until_conclusive",
                     "expected at least " +
                         std::to_string(std::max(run.repetitions, kLeastForInterval)) +
                         " blocks (repetitions, and what an interval takes), got " +
                         std::to_string(run.until_conclusive));
  }
  if (scenario.pools.size() < 2 && scenario.matrix.empty()) {
    document.problem("/run/until_conclusive",
                     "expected two pools or a matrix to compare, got one pool");
  }
}

}  // namespace

void check_scenario(Document& document, const Scenario& scenario) {
  const bool sound = document.problems() == 0;
  check_unique(document, "/classes", "name", scenario.classes,
               [](const TaskClass& c) -> const std::string& { return c.name; });
  check_unique(document, "/phases", "name", scenario.phases,
               [](const Phase& p) -> const std::string& { return p.name; });
  check_unique(document, "/pools", "id", scenario.pools,
               [](const pools::PoolConfig& p) -> const std::string& { return p.id; });
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    if (scenario.phases[i].name == kWarmUpName) {
      document.problem(pointer_to("/phases", i) + "/name",
                       "expected a name that the lab does not use itself, got \"warm-up\"");
    }
  }
  check_known(document, "/baseline", "a pool's id", scenario.baseline, pool_ids(scenario));
  for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
    check_gate(document, pointer_to("/expect", i), scenario.expect[i], scenario);
  }
  if (!sound) return;
  check_priorities(document, scenario);
  check_deadlines(document, scenario);
  check_rules(document, scenario);
  check_amount(document, scenario);
  check_until_conclusive(document, scenario);
  check_capacity(document, scenario);
  if (document.problems() == 0) check_sweep(document, scenario);
}

}  // namespace scenarios
