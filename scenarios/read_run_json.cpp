// Reads `run`: how the trials are measured.
#include <algorithm>
#include <functional>

#include "pools/knobs.h"
#include "scenarios/json/object_reader.h"
#include "scenarios/read_scenario.h"

namespace scenarios {
namespace {

SteadyState read_steady_state(Document& document, const JsonValue& value,
                              const std::string& pointer) {
  SteadyState steady;
  ObjectReader object(document, value, pointer);
  steady.metric = object.word("metric", steady.metric, steady_metrics());
  steady.limit_pct = object.real("limit_pct", steady.limit_pct, 0.1, 100, "%");
  steady.window = Seconds{object.real("window_s", steady.window.count(), 0.1, 600, "s")};
  steady.max_wait = Seconds{object.real("max_wait_s", steady.max_wait.count(), 0.1, 3600, "s")};
  object.finish();
  return steady;
}

}  // namespace

RunPlan read_run(Document& document, const JsonValue& value, const std::string& pointer) {
  RunPlan run;
  ObjectReader object(document, value, pointer);
  run.warmup = Seconds{object.real("warmup_s", run.warmup.count(), 0, 3600, "s")};
  if (const JsonValue* steady = object.take("steady_state")) {
    run.steady_state = read_steady_state(document, *steady, object.at("steady_state"));
  }
  run.drain_after_warmup = object.flag("drain_after_warmup", run.drain_after_warmup);
  run.drain_timeout =
      Seconds{object.real("drain_timeout_s", run.drain_timeout.count(), 0.1, 3600, "s")};
  run.repetitions = static_cast<std::uint32_t>(
      object.integer("repetitions", run.repetitions, 1, kMostRepetitions));
  run.until_conclusive =
      static_cast<std::uint32_t>(object.integer("until_conclusive", 0, 0, kMostRepetitions,
                                                "blocks at the most (0: as many as repetitions)"));
  run.aa_control = object.flag("aa_control", run.aa_control);
  run.percentiles = object.numbers("percentiles", run.percentiles, 0.001, 99.9999);
  const auto fall = std::ranges::adjacent_find(run.percentiles, std::ranges::greater_equal{});
  if (fall != run.percentiles.end()) {
    document.problem(object.at("percentiles"), "expected ascending percentiles, got " +
                                                   pools::shown(*std::next(fall)) + " after " +
                                                   pools::shown(*fall));
  }
  run.sample_interval =
      Seconds{object.real("sample_interval_s", run.sample_interval.count(), 0.01, 10, "s")};
  object.finish();
  const Seconds least = least_steady_window(run.sample_interval);
  if (run.steady_state && run.steady_state->window < least) {
    document.problem(object.at("steady_state") + "/window_s",
                     "expected ten sampling intervals or more (" + pools::shown(least.count()) +
                         " s), got " + pools::shown(run.steady_state->window.count()));
  }
  return run;
}

}  // namespace scenarios
