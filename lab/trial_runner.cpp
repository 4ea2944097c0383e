#include "lab/trial_runner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "lab/noise_watch.h"
#include "lab/slowest_tasks.h"
#include "lab/trial_figures.h"
#include "lab/unobtrusive.h"
#include "pools/make_pool.h"
#include "pools/thread_name.h"
#include "pools/usable_cores.h"
#include "results/arrival_check.h"
#include "results/environment.h"
#include "results/phase_results.h"
#include "results/self_check.h"
#include "scenarios/cores.h"
#include "scenarios/load_generator.h"

namespace lab {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;
using pools::ShutdownMode;
using std::chrono::milliseconds;

/// Time for the threads to get going before the first arrival is due.
constexpr milliseconds kLead{5};
/// How often the supervisor looks for a stop request or a stuck pool.
constexpr milliseconds kLook{20};
/// More scaling events than there are: none of them are wanted.
constexpr std::size_t kNoEvents = ~std::size_t{0};
/// After a stop request, what is queued may still finish for this long.
constexpr milliseconds kBriefDrain{250};
/// A pool told to cancel has this long (or the drain timeout, if longer) for the tasks that run.
constexpr std::chrono::seconds kCancelLimit{5};
/// After a stop request they have this long: who stops a run does not wait for its slowest task.
constexpr std::chrono::seconds kStopLimit{2};
/// No worker of a pool that works lets tasks wait so long; a machine may be very busy.
constexpr std::chrono::seconds kStandstill{1};

double seconds(Nanos t) { return std::chrono::duration<double>(t).count(); }

/// Everything the trial's threads touch; each holds a share of it.
struct Flight {
  explicit Flight(const TrialPlan& plan)
      : scenario(plan.scenario),
        timetable(plan.timetable),
        config(pools::resolved(plan.config)),
        arrangement(
            scenarios::arrange(config, scenario->generator.core, scenarios::Cores::usable())),
        pool(on_its_cores(config, arrangement)),
        generator(*scenario, *timetable, arrangement.generator) {}

  /// Its threads, those that it starts later as well, keep off the generator's core.
  static std::unique_ptr<pools::Pool> on_its_cores(const pools::PoolConfig& config,
                                                   const scenarios::Arrangement& arrangement) {
    const scenarios::OnCores here(arrangement.workers);
    return pools::make_pool(config);
  }

  std::shared_ptr<const scenarios::Scenario> scenario;
  std::shared_ptr<const scenarios::Timetable> timetable;
  /// Resolved while all cores are there to be counted: the number of workers may go by them.
  pools::PoolConfig config;
  scenarios::Arrangement arrangement;
  std::unique_ptr<pools::Pool> pool;
  scenarios::LoadGenerator generator;
  // guarded by mutex
  std::mutex mutex;
  std::condition_variable changed;
  bool offered = false;  ///< the generator has returned
  scenarios::GeneratorReport report;
  std::exception_ptr error;
  std::optional<pools::PoolSnapshot> measuring;  ///< when the warm-up was over
};

/// A pool that hangs can neither be destroyed nor forgotten (its threads use it): kept for the rest
/// of the process, reachable, so that leak checkers see intent.
void abandon(std::shared_ptr<Flight> flight) {
  static std::mutex mutex;
  static auto* const kKept = new std::vector<std::shared_ptr<Flight>>;
  const std::lock_guard lock(mutex);
  kKept->push_back(std::move(flight));
}

/// Tells whether a pool has done anything lately.
class ProgressWatch {
 public:
  explicit ProgressWatch(Nanos patience) : patience_(patience), since_(Clock::now()) {}

  bool stuck(const pools::Ledger& ledger, Instant now) {
    const std::uint64_t mark = ledger.submitted + ledger.settled() + ledger.rejected;
    if (mark != mark_) {
      mark_ = mark;
      since_ = now;
    }
    return now - since_ > patience_;
  }

 private:
  const Nanos patience_;
  Instant since_;
  std::uint64_t mark_ = 0;
};

class TrialRun {
 public:
  TrialRun(const TrialPlan& plan, const TrialEvents& events, std::stop_token stop)
      : plan_(plan),
        events_(events),
        stop_(std::move(stop)),
        drain_timeout_(std::chrono::duration_cast<Nanos>(plan.scenario->run.drain_timeout)),
        flight_(std::make_shared<Flight>(plan)) {
    const scenarios::RunPlan& run = plan.scenario->run;
    if (run.steady_state) steady_.emplace(*run.steady_state, run.warmup.count());
  }

  results::Trial run() {
    static_cast<scenarios::TrialSpec&>(trial_) = plan_.spec;
    trial_.config = pool().config();
    trial_.timeline.pool = trial_.pool;
    noise_.emplace();
    before_ = results::cost_so_far();
    start_ = Clock::now() + kLead;
    if (events_.started) events_.started(start_);
    sampler_.emplace(pool(), start_, plan_.scenario->run.sample_interval,
                     [this](Sample&& sample) { keep(std::move(sample)); });
    offer();
    if (events_.draining) events_.draining();
    drain();
    const Instant idle_at = Clock::now();
    sampler_->finish();
    sampler_.reset();
    read_costs();
    close();
    noise_->ended();
    fill(idle_at);
    return std::move(trial_);
  }

 private:
  pools::Pool& pool() { return *flight_->pool; }

  /// While the workers still live: a thread takes its run delay with it.
  void read_costs() {
    trial_.cost = results::cost_between(before_, results::cost_so_far());
    noise_->served();
  }

  void keep(Sample&& sample) {
    noise_->sampled(sample.point.t_s);
    trial_.timeline.points.push_back(sample.point);
    if (steady_ && steady_->settled(trial_.timeline)) flight_->generator.end_warm_up();
    for (const results::ScalingMark& mark : sample.scaling) trial_.timeline.keep(mark);
    trial_.timeline.scaling_dropped += sample.scaling_missed;
    if (events_.sampled) events_.sampled(std::move(sample));
  }

  /// Offers the load from a thread of its own: it may be held up inside submit(), and must not
  /// hold up a stop request or the watchdog with it.
  void offer() {
    std::thread thread([flight = flight_, start = start_, stop = stop_] {
      pools::name_this_thread("pl-gen");
      scenarios::GeneratorReport report;
      std::exception_ptr error;
      try {
        report = flight->generator.run(*flight->pool, start, stop, [&flight] {
          pools::PoolSnapshot now = flight->pool->snapshot(kNoEvents);
          const std::lock_guard lock(flight->mutex);
          flight->measuring = std::move(now);
        });
      } catch (...) {
        error = std::current_exception();
      }
      const std::lock_guard lock(flight->mutex);
      flight->report = std::move(report);
      flight->error = error;
      flight->offered = true;
      flight->changed.notify_all();
    });
    try {
      await_generator();
    } catch (...) {
      thread.detach();
      throw;
    }
    thread.join();
    if (flight_->error) std::rethrow_exception(flight_->error);
    trial_.generator = std::move(flight_->report);
  }

  void await_generator() {
    const Unobtrusive in_the_background;
    const Instant planned_end = start_ + plan_.timetable->duration();
    ProgressWatch watch(drain_timeout_);
    std::optional<Instant> told_to_stop;
    std::optional<Instant> cancelled;
    std::unique_lock lock(flight_->mutex);
    while (!flight_->changed.wait_for(lock, kLook, [this] { return flight_->offered; })) {
      lock.unlock();
      const Instant now = Clock::now();
      if (stop_.stop_requested() && !told_to_stop) told_to_stop = now;
      const bool stuck = now > planned_end && watch.stuck(pool().snapshot().ledger, now);
      // Only a shutdown wakes a submitter that waits for room in a full queue.
      if (!cancelled && (stuck || (told_to_stop && now - *told_to_stop > kBriefDrain))) {
        cancelled = now;
        if (stuck) {
          trial_.drained = false;
          blame_if_idle(pool().snapshot(kNoEvents), drain_timeout_);
        }
        pool().shutdown(ShutdownMode::CancelQueued, Nanos{0});
      }
      if (cancelled && now - *cancelled > cancel_limit()) leave("its submitter is stuck");
      lock.lock();
    }
  }

  /// Waits until the pool is idle or its time is up. More work than it can do in that time is a
  /// finding about the load; work that waits while no worker moves is a fault of the pool.
  void drain() {
    const Unobtrusive in_the_background;
    const Nanos patience = std::max<Nanos>(kStandstill, drain_timeout_ / 2);
    ProgressWatch watch(patience);
    Instant deadline = Clock::now() + drain_timeout_;
    bool hurried = false;
    while (!pool().wait_idle(kLook)) {
      const Instant now = Clock::now();
      const pools::PoolSnapshot seen = pool().snapshot(kNoEvents);
      const bool stuck = watch.stuck(seen.ledger, now);
      if (stop_.stop_requested() && !hurried) {
        hurried = true;
        deadline = std::min(deadline, now + kBriefDrain);
      }
      if (now < deadline) continue;
      trial_.drained = false;
      if (stuck) blame_if_idle(seen, patience);
      return;
    }
  }

  void blame_if_idle(const pools::PoolSnapshot& seen, Nanos standstill) {
    const pools::Ledger& ledger = seen.ledger;
    const bool overrun = std::ranges::any_of(seen.by_worker, [](const auto& worker) {
      return worker.state == pools::WorkerState::Overrun;  // settled, and still running
    });
    const std::uint64_t gone = ledger.rejected + ledger.settled() + ledger.backing_off;
    if (ledger.running != 0 || overrun || ledger.submitted <= gone) return;
    trial_.sound = false;
    trial_.flags.push_back(
        fmt::format("for {:.3g} s no worker took any of the {} tasks that waited",
                    seconds(standstill), ledger.submitted - gone));
  }

  /// Shuts the pool down, checks the ledger.
  void close() {
    // Before the shutdown: then the workers are still there to be seen.
    idle_ = pool().snapshot(kNoEvents);
    trial_.workers = idle_.by_worker;
    const ShutdownMode mode = trial_.drained ? ShutdownMode::Drain : ShutdownMode::CancelQueued;
    const Instant begun = Clock::now();
    while (!pool().shutdown(mode, kLook).complete) {
      if (Clock::now() - begun > cancel_limit()) leave("it does not shut down");
    }
    const pools::PoolSnapshot last = pool().snapshot(kNoEvents);
    keep_totals(last);
    // The last task may have ended between the deadline and the shutdown.
    if (last.ledger.cancelled == 0 && trial_.generator.unsent == 0) trial_.drained = true;
  }

  void keep_totals(const pools::PoolSnapshot& last) {
    trial_.ledger = last.ledger;
    trial_.queue_capacity = last.queue_capacity;
    trial_.wakes = last.wakes_sent;
    for (const pools::StrategyFigure& figure : last.figures) {
      trial_.figures.emplace_back(figure.name, figure.value);
    }
  }

  void fill(Instant idle_at) {
    trial_.interrupted =
        stop_.stop_requested() && (left_ || trial_.generator.stopped ||
                                   trial_.generator.unsent > 0 || trial_.ledger.cancelled > 0);
    trial_.elapsed_s = std::max(0.0, seconds(idle_at - start_));
    TrialReadings readings{start_, std::nullopt, std::move(idle_)};
    {
      const std::lock_guard lock(flight_->mutex);  // the generator may still be at it
      readings.measuring = std::move(flight_->measuring);
    }
    fill_figures(trial_, *plan_.scenario, *plan_.timetable, readings, pool().report());
    trial_.phases = results::phase_results(*plan_.timetable, trial_.generator.shift,
                                           trial_.generator.cut, trial_.timeline, trial_.elapsed_s);
    if (steady_) report_steadiness();
    fill_noise(readings);
    results::self_check(trial_, pools::usable_cores());
  }

  void report_steadiness() {
    trial_.steady = steady_->report();
    trial_.steady.cut_s = seconds(trial_.generator.cut);
    const double warm_up_s = scenarios::longest_warm_up(plan_.scenario->run).count();
    if (trial_.steady.attained || trial_.interrupted) return;
    trial_.flags.push_back(fmt::format(
        "not steady after {:.3g} s of warm-up: {} still changes by {:.3g} % in {:.3g} s", warm_up_s,
        plan_.scenario->run.steady_state->metric, trial_.steady.change_pct,
        plan_.scenario->run.steady_state->window.count()));
  }

  void fill_noise(const TrialReadings& readings) {
    trial_.noise = noise_->noise(trial_.generator, start_);
    if (readings.measuring) {
      const pools::Ledger& then = readings.measuring->ledger;
      trial_.noise.backlog = static_cast<double>(then.queued + then.running);
    }
    trial_.slowest = slowest_tasks(trial_, *plan_.scenario, *plan_.timetable, start_);
    trial_.arrivals = results::check_arrivals(*plan_.timetable, trial_.generator.lag_of);
    trial_.generator.lag_of = {};  // has served its purpose, and is as long as the timetable
  }

  Nanos cancel_limit() const {
    if (stop_.stop_requested()) return kStopLimit;
    return std::max<Nanos>(kCancelLimit, drain_timeout_);
  }

  /// Gives a pool up that does not end. One that was told to stop in the midst of a long task does
  /// not hang: what it did until then is the trial.
  [[noreturn]] void leave(const std::string& how) {
    const Instant now = Clock::now();
    sampler_.reset();
    read_costs();
    pools::PoolSnapshot last = pool().snapshot();
    // Tasks that end meanwhile are in two of its figures or in none; soon one is taken between two.
    for (int i = 0; i < 1000 && !last.ledger.closes(); ++i) last = pool().snapshot();
    keep_totals(last);
    std::string text =
        fmt::format("pool '{}' hangs: {}\n{}", trial_.pool, how, described(trial_.pool, last));
    trial_.workers = last.by_worker;
    idle_ = std::move(last);
    trial_.drained = false;
    left_ = true;
    if (stop_.stop_requested()) {
      text = fmt::format("{} task(s) still running {:.3g} s after the stop", trial_.ledger.running,
                         seconds(kStopLimit));
      trial_.flags.push_back(text);
      fill(now);
    } else {
      trial_.valid = trial_.sound = false;
      trial_.flags.push_back("hung: " + how);
    }
    abandon(flight_);
    throw HungPool(text, trial_);
  }

  const TrialPlan& plan_;
  const TrialEvents& events_;
  const std::stop_token stop_;
  const Nanos drain_timeout_;
  std::shared_ptr<Flight> flight_;
  results::Cost before_;
  Instant start_{};
  bool left_ = false;  // the pool was given up; tasks still run
  pools::PoolSnapshot idle_;
  // The sampler's, while there is one: the timeline, the noise, whether it is steady.
  results::Trial trial_;
  std::optional<NoiseWatch> noise_;
  std::optional<results::SteadyWatch> steady_;
  std::optional<Sampler> sampler_;
};

}  // namespace

results::Trial run_trial(const TrialPlan& plan, const TrialEvents& events, std::stop_token stop) {
  return TrialRun(plan, events, std::move(stop)).run();
}

std::string described(const std::string& pool, const pools::PoolSnapshot& snapshot) {
  constexpr const char* kStates[] = {"absent", "idle", "busy", "parked", "overrun", "lost"};
  const pools::Ledger& l = snapshot.ledger;
  std::string text = fmt::format(
      "  {}: {} workers (target {}), {} queued, {} running; {} submitted, {} completed, {} failed, "
      "{} rejected, {} cancelled",
      pool, snapshot.workers, snapshot.target, snapshot.queue_depth, l.running, l.submitted,
      l.completed, l.failed, l.rejected, l.cancelled);
  for (std::size_t i = 0; i < snapshot.by_worker.size(); ++i) {
    const pools::WorkerSnapshot& worker = snapshot.by_worker[i];
    if (worker.state == pools::WorkerState::Absent && worker.completed == 0) continue;
    text += fmt::format("\n  worker {}: {}, {} done, {} waiting, busy {:.3g} s, parked {:.3g} s", i,
                        kStates[static_cast<std::size_t>(worker.state)], worker.completed,
                        worker.depth, seconds(worker.busy), seconds(worker.parked));
  }
  return text;
}

}  // namespace lab
