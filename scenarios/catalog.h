// The catalogs of a workload: explicit tables of every arrival process, service-time distribution
// and kind of work, each with its knobs. The reader, the JSON schema's test, `poollab list` and the
// window enumerate these tables, so a new one is one file and one row in catalog.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pools/knobs.h"
#include "scenarios/arrivals/arrival_plan.h"
#include "scenarios/random.h"
#include "scenarios/work/faults.h"
#include "scenarios/work/work.h"

namespace scenarios {

/// Knobs that are each in range but do not fit together.
struct Contradiction {
  std::string knob;
  std::string text;  ///< "expected ..., got ..."
};

struct ArrivalRow {
  std::string_view name;
  std::string_view summary;  ///< one line for people
  std::vector<pools::Knob> knobs;
  /// Lays the process out over a phase of that length. `shape` decides what of the rate itself is
  /// random (on_off's dwell times). Requires: resolved settings without a contradiction.
  ArrivalPlan (*plan)(const pools::Settings& settings, double duration_s, Random& shape);
  /// May be nullptr: nothing can be contradictory.
  std::optional<Contradiction> (*contradiction)(const pools::Settings& settings,
                                                double duration_s) = nullptr;
};

/// Draws one service time in microseconds.
using ServiceSampler = std::function<double(Random&)>;

struct ServiceRow {
  std::string_view name;
  std::string_view summary;
  std::vector<pools::Knob> knobs;
  /// Requires, as mean_us: resolved settings without a contradiction.
  ServiceSampler (*sampler)(const pools::Settings& settings);
  double (*mean_us)(const pools::Settings& settings);
  std::optional<Contradiction> (*contradiction)(const pools::Settings& settings) = nullptr;
};

struct WorkRow {
  std::string_view name;
  std::string_view summary;
  std::vector<pools::Knob> knobs;
  /// The work for these settings. It lives as long as the process, because a task may outlive
  /// whoever submitted it.
  const Work& (*get)(const pools::Settings& settings);
  /// What get() has as its tree; nullptr: a single task.
  Tree (*tree)(const pools::Settings& settings) = nullptr;
  std::optional<Contradiction> (*contradiction)(const pools::Settings& settings) = nullptr;
};

const std::vector<ArrivalRow>& arrival_catalog();
const std::vector<ServiceRow>& service_catalog();
const std::vector<WorkRow>& work_catalog();

/// Nullptr when there is none of that name.
const ArrivalRow* find_arrival(std::string_view name);
const ServiceRow* find_service(std::string_view name);
const WorkRow* find_work(std::string_view name);

/// What a choice stands for, its knobs resolved. Throws pools::ConfigError for an unknown name, a
/// bad knob or a contradiction.
ArrivalPlan plan_of(const pools::Choice& arrival, double duration_s, Random& shape);
ServiceSampler sampler_of(const pools::Choice& service);
double mean_service_us(const pools::Choice& service);
const Work& work_of(const pools::Choice& work);
/// How its tasks misbehave.
Faults faults_of(const pools::Choice& work);
/// The tree of that work, without making it (the first of some kinds calibrates).
Tree tree_of(const pools::Choice& work);

}  // namespace scenarios
