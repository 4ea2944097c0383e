#include "lab/slowest_tasks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

#include "pools/catalog.h"
#include "results/slow_task_causes.h"
#include "scenarios/catalog.h"
#include "scenarios/foremost.h"

namespace lab {
namespace {

using pools::Instant;
using pools::Nanos;
using pools::SlowTask;
using results::SlowestTask;
using scenarios::Arrival;

double seconds(Nanos t) { return std::chrono::duration<double>(t).count(); }
double micros(Nanos t) { return std::chrono::duration<double, std::micro>(t).count(); }

class SlowestFinder {
 public:
  SlowestFinder(const results::Trial& trial, const scenarios::Scenario& scenario,
                const scenarios::Timetable& timetable, Instant start)
      : trial_(trial), scenario_(scenario), timetable_(timetable), start_(start) {}

  std::vector<SlowestTask> find() const {
    struct Found {
      const SlowTask* task;
      std::size_t series;
    };
    std::vector<Found> found;
    for (std::size_t i = 0; i < trial_.series.size(); ++i) {
      if (!trial_.series[i].measured) continue;
      for (const SlowTask& task : trial_.series[i].figures.slowest) found.push_back({&task, i});
    }
    std::ranges::sort(found, std::greater<>(), [](const Found& f) { return f.task->response(); });
    if (found.size() > SlowTask::kKept) found.resize(SlowTask::kKept);
    std::vector<SlowestTask> out;
    for (const Found& one : found) out.push_back(described(*one.task, one.series));
    return out;
  }

 private:
  SlowestTask described(const SlowTask& task, std::size_t series) const {
    SlowestTask out;
    out.phase = trial_.series[series].phase;
    out.task_class = trial_.series[series].task_class;
    out.worker = task.worker == SlowTask::kNoWorker ? -1 : std::int64_t{task.worker};
    out.due_s = seconds(task.due - start_);
    out.accepted_us = micros(task.accepted - task.due);
    out.started_us = micros(task.start - task.due);
    out.finished_us = micros(task.finish - task.due);
    results::TaskFacts facts;
    // A task that ran inside another's time, while that one helped, has nothing before it.
    if (task.before_finish != Instant{} && task.before_finish <= task.start) {
      facts.before_started_us = micros(task.before_start - task.due);
      facts.before_finished_us = micros(task.before_finish - task.due);
    }
    const scenarios::TaskClass& kind = scenario_.classes[series % scenario_.classes.size()];
    const std::uint64_t tasks = scenarios::work_of(kind.work).tree().tasks();
    facts.spawned = task.spawned;
    if (const Arrival* planned = arrival_of(task, series)) {
      out.planned_us = micros(planned->service) / static_cast<double>(tasks);
      const auto index = static_cast<std::size_t>(planned - timetable_.arrivals().data());
      if (!facts.spawned && index < trial_.generator.lag_of.size()) {
        out.sent_us = static_cast<double>(trial_.generator.lag_of[index]) / 1e3;
      }
    }
    const bool foremost =
        trial_.generator.urgency == scenarios::urgency_name(scenarios::Urgency::RealTime);
    results::explain(out, facts, {trial_.timeline, trial_.noise, foremost});
    return out;
  }

  /// Where it is in the timetable. Its due time was kept as a lag, a float: exact up to 16 ms.
  const Arrival* arrival_of(const SlowTask& task, std::size_t series) const {
    const Nanos due = task.due - start_ - trial_.generator.shift;
    const double rounding = 2 + 1.3e-7 * std::fabs(micros(task.accepted - task.due)) * 1e3;
    const Nanos slack{static_cast<Nanos::rep>(rounding)};
    const std::vector<Arrival>& arrivals = timetable_.arrivals();
    auto at = std::ranges::lower_bound(arrivals, due - slack, {}, &Arrival::due);
    const Arrival* nearest = nullptr;
    Nanos least = Nanos::max();
    for (; at != arrivals.end() && at->due <= due + slack; ++at) {
      const Nanos off = at->due < due ? due - at->due : at->due - due;
      if (timetable_.series(at->phase, at->task_class) != series || off >= least) continue;
      nearest = &*at;
      least = off;
    }
    return nearest;
  }

  const results::Trial& trial_;
  const scenarios::Scenario& scenario_;
  const scenarios::Timetable& timetable_;
  const Instant start_;
};

}  // namespace

std::vector<SlowestTask> slowest_tasks(const results::Trial& trial,
                                       const scenarios::Scenario& scenario,
                                       const scenarios::Timetable& timetable, Instant start) {
  // Of samples the slowest are not the trial's, and what a worker ran before is not known.
  const auto* const level = pools::find_metrics(trial.config.metrics);
  if (level == nullptr || level->value != pools::MetricsLevel::Full) return {};
  return SlowestFinder(trial, scenario, timetable, start).find();
}

}  // namespace lab
