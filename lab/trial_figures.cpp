#include "lab/trial_figures.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "pools/catalog.h"
#include "pools/metrics/worker_record.h"

namespace lab {
namespace {

using pools::Nanos;
using pools::PoolSnapshot;
using results::Trial;

double seconds(Nanos t) { return std::chrono::duration<double>(t).count(); }

/// Counters of a snapshot are read a moment apart: a difference never comes out below 0.
std::uint64_t grown(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

class FigureWriter {
 public:
  FigureWriter(Trial& trial, const scenarios::Scenario& scenario,
               const scenarios::Timetable& timetable, const TrialReadings& readings)
      : trial_(trial), scenario_(scenario), timetable_(timetable), readings_(readings) {}

  void fill(pools::PoolReport&& report) {
    trial_.steal_matrix = std::move(report.steal_matrix);
    trial_.slots = report.slots;
    fill_series(report.by_series);
    count_unsent();
    fill_measured_time();
    if (trial_.measured_s <= 0) return;  // it ended in the warm-up
    fill_events();
    fill_rates();
  }

 private:
  void fill_series(std::vector<pools::SeriesReport>& by_series) {
    for (std::size_t p = 0; p < timetable_.phases().size(); ++p) {
      const scenarios::PhaseSpan& phase = timetable_.phases()[p];
      for (std::size_t c = 0; c < scenario_.classes.size(); ++c) {
        const std::size_t index = timetable_.series(p, c);
        if (index >= by_series.size()) continue;
        results::SeriesResult& series = trial_.series.emplace_back();
        series.phase = phase.name;
        series.task_class = scenario_.classes[c].name;
        series.measured = phase.measured;
        series.figures = std::move(by_series[index]);
      }
    }
  }

  /// Arrivals that were due but could never be sent, because the pool was at a standstill: they too
  /// have been without an answer since they were due.
  void count_unsent() {
    if (trial_.interrupted) return;  // what a stop left unsent nobody waits for
    const auto* level = pools::find_metrics(trial_.config.metrics);
    if (level == nullptr) return;
    const auto& arrivals = timetable_.arrivals();
    const std::size_t unsent = std::min<std::size_t>(trial_.generator.unsent, arrivals.size());
    for (std::size_t i = arrivals.size() - unsent; i < arrivals.size(); ++i) {
      const scenarios::Arrival& arrival = arrivals[i];
      const Nanos age =
          readings_.idle.at - (readings_.start + arrival.due + trial_.generator.shift);
      const std::size_t index = timetable_.series(arrival.phase, arrival.task_class);
      if (age <= Nanos{0} || index >= trial_.series.size()) continue;
      if (!pools::WorkerRecord::is_timed(level->value, i)) continue;
      trial_.series[index].figures.unserved_response.record(age);
    }
  }

  void fill_events() {
    const PoolSnapshot none;
    const PoolSnapshot& before = readings_.measuring ? *readings_.measuring : none;
    const PoolSnapshot& after = readings_.idle;
    results::EventCounts& events = trial_.events;
    events = steals(after);
    const results::EventCounts first = steals(before);
    events.steals = grown(first.steals, events.steals);
    events.steal_attempts = grown(first.steal_attempts, events.steal_attempts);
    events.steal_hits = grown(first.steal_hits, events.steal_hits);
    events.wakes = grown(before.wakes_sent, after.wakes_sent);
    events.scale_up = grown(before.scale_ups, after.scale_ups);
    events.scale_down = grown(before.scale_downs, after.scale_downs);
    events.breaker_opened = grown(before.breaker_opened, after.breaker_opened);
    for (auto& [name, value] : trial_.figures) {
      for (const pools::StrategyFigure& figure : before.figures) {
        if (figure.name == name && figure.is_count()) value = std::max(0.0, value - figure.value);
      }
    }
  }

  static results::EventCounts steals(const PoolSnapshot& snapshot) {
    results::EventCounts sum;
    for (const pools::WorkerSnapshot& worker : snapshot.by_worker) {
      sum.steals += worker.steal_items;
      sum.steal_attempts += worker.steal_attempts;
      sum.steal_hits += worker.steal_hits;
    }
    return sum;
  }

  /// With the warm-up's tasks out of the way the timetable says when measuring began; else the
  /// reading of the counts does, so that count and time belong together.
  void fill_measured_time() {
    double begin = 0;
    for (const scenarios::PhaseSpan& phase : timetable_.phases()) {
      if (!phase.measured) continue;
      begin = seconds(phase.begin + trial_.generator.shift);
      break;
    }
    if (leftovers()) begin = seconds(readings_.measuring->at - readings_.start);
    const double end =
        trial_.drained ? trial_.elapsed_s : seconds(readings_.idle.at - readings_.start);
    trial_.measured_from_s = begin;
    trial_.measured_s = std::max(0.0, end - begin);
  }

  bool leftovers() const { return !trial_.generator.clear_start && readings_.measuring; }

  /// How many had come to this outcome at the first measured instant, and since.
  std::uint64_t since(std::uint64_t pools::Ledger::*outcome,
                      std::uint64_t pools::SeriesReport::*of_series) const {
    std::uint64_t before = 0;
    if (leftovers()) {
      before = readings_.measuring->ledger.*outcome;
    } else {
      for (const results::SeriesResult& series : trial_.series) {
        if (!series.measured) before += series.figures.*of_series;
      }
    }
    return grown(before, (trial_.drained ? trial_.ledger : readings_.idle.ledger).*outcome);
  }

  void fill_rates() {
    results::Rates& rates = trial_.rates;
    const auto completed =
        static_cast<double>(since(&pools::Ledger::completed, &pools::SeriesReport::completed));
    const auto failed =
        static_cast<double>(since(&pools::Ledger::failed, &pools::SeriesReport::failed));
    rates.throughput_per_s = (completed + failed) / trial_.measured_s;
    rates.goodput_per_s = completed / trial_.measured_s;
    double planned = 0;
    for (const scenarios::PhaseSpan& phase : timetable_.phases()) {
      if (phase.measured) planned += seconds(phase.end - phase.begin);
    }
    rates.offered_per_s = offered() / (trial_.interrupted ? trial_.measured_s : planned);
    double busy = 0;
    double there = 0;
    for (const results::TimelinePoint& point : trial_.timeline.points) {
      if (point.t_s <= trial_.measured_from_s) continue;
      busy += point.utilisation * point.workers;
      there += point.workers;
    }
    rates.utilisation = there > 0 ? busy / there : 0;
  }

  /// Arrivals of the measured phases. A closed phase offers what it submits.
  double offered() const {
    const auto& phases = timetable_.phases();
    const Nanos served =
        Nanos{static_cast<Nanos::rep>(trial_.elapsed_s * 1e9)} - trial_.generator.shift;
    double count = 0;
    for (const scenarios::Arrival& arrival : timetable_.arrivals()) {
      const bool due = !trial_.interrupted || arrival.due < served;
      if (phases[arrival.phase].measured && due) ++count;
    }
    for (const scenarios::PhaseSpan& phase : phases) {
      if (!phase.measured || phase.clients == 0) continue;
      count += static_cast<double>(results::counted_tasks(trial_, phase.name).submitted);
    }
    return count;
  }

  Trial& trial_;
  const scenarios::Scenario& scenario_;
  const scenarios::Timetable& timetable_;
  const TrialReadings& readings_;
};

}  // namespace

void fill_figures(Trial& trial, const scenarios::Scenario& scenario,
                  const scenarios::Timetable& timetable, const TrialReadings& readings,
                  pools::PoolReport report) {
  FigureWriter(trial, scenario, timetable, readings).fill(std::move(report));
}

}  // namespace lab
