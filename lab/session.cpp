#include "lab/session.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "lab/run_facts.h"
#include "lab/trial_runner.h"
#include "lab/trial_source.h"
#include "pools/catalog.h"
#include "pools/thread_name.h"
#include "pools/usable_cores.h"
#include "results/capacity.h"
#include "results/verdicts.h"

namespace lab {
namespace {

/// Generator, sampler and a pool's supervisor, beside the session's own and the caller's.
constexpr std::uint64_t kLabThreads = 3;

double seconds(pools::Nanos t) { return std::chrono::duration<double>(t).count(); }

using SharedScenario = std::shared_ptr<const scenarios::Scenario>;
using SharedTimetable = std::shared_ptr<const scenarios::Timetable>;

/// One entry of the list, ready to run.
struct PlannedTrial {
  std::string title;
  SharedScenario scenario;  ///< with the trial's parameters
  double length_s = 0;
};

/// The pools that take part.
std::vector<std::string> ids_of(const std::vector<scenarios::TrialSpec>& trials) {
  std::vector<std::string> ids;
  for (const scenarios::TrialSpec& trial : trials) ids.push_back(trial.pool);
  return ids;
}

const pools::PoolConfig& config_of(const scenarios::Scenario& scenario, const std::string& id) {
  const auto same = [&id](const pools::PoolConfig& config) { return config.id == id; };
  const auto found = std::find_if(scenario.pools.begin(), scenario.pools.end(), same);
  if (found != scenario.pools.end()) return *found;
  throw pools::ConfigError("/pools", "a trial's parameters may not rename its pool");
}

}  // namespace

bool worth_another_try(const results::Trial& trial, unsigned tries) noexcept {
  constexpr unsigned kMostRetries = 3;  // more would be waiting for a quieter machine
  return !trial.valid && trial.sound && !trial.interrupted && tries <= kMostRetries;
}

struct Session::State {
  // set once
  scenarios::Scenario whole;  ///< with all its pools
  SharedScenario scenario;
  std::vector<scenarios::PhaseSpan> phases;
  Options options;
  std::stop_source stop;
  std::thread thread;

  // the session's thread only, once that runs
  MoreTrials more;
  scenarios::TrialTitles titles;
  std::map<scenarios::Parameters, SharedScenario> swept;

  // of the trial that goes on
  TrialViews views;
  // Written without the lock, which an observer may hold: relaxed, for they are shown and no more.
  std::atomic<pools::Instant> trial_start{};
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> frames{0};  ///< that a window has drawn so far

  // guarded by mutex; only the session's thread adds trials, so it may look without
  std::vector<scenarios::TrialSpec> specs;
  std::vector<PlannedTrial> planned;  ///< of specs
  // guarded by mutex
  mutable std::mutex mutex;
  std::condition_variable over_changed;
  SessionState state = SessionState::Ready;
  std::size_t trial = 0;
  SharedTimetable timetable;  ///< of that trial
  std::string error;
  Failure failure = Failure::None;
  results::RunResult result;
  std::vector<std::size_t> outcome_of;  ///< where in the result each trial's is, the last try's

  bool over() const noexcept {
    return state != SessionState::Ready && state != SessionState::Running;
  }

  /// Adds trials to the list. Throws for what cannot be run.
  void plan(const std::vector<scenarios::TrialSpec>& more_trials);
  void run();
  void run_trials();
  results::Trial run_one(std::size_t index);
  /// A search is told what it asked for, although the trial was spoilt.
  bool answered(const results::Trial& done) const {
    return scenario->capacity && results::kept(done, *scenario->capacity) != results::Kept::Unknown;
  }
  TrialPlan begin(std::size_t index);
  void add(results::Trial done);
  void end(SessionState end_state, std::string why = {}, Failure kind = Failure::None);
  std::string phase_at(double trial_s) const;
};

void Session::State::run() {
  try {
    results::RunResult facts = facts_before(*scenario);
    facts.gui = options.gui;
    facts.quick = options.quick;
    {
      const std::lock_guard lock(mutex);
      result = std::move(facts);
    }
    run_trials();
  } catch (HungPool& hung) {
    const bool stopped = hung.trial.interrupted;
    add(std::move(hung.trial));
    end(stopped ? SessionState::Interrupted : SessionState::Failed, hung.what(), Failure::Hang);
  } catch (const pools::ConfigError& error_found) {
    end(SessionState::Failed, fmt::format("pool '{}': {}", specs.at(trial).pool, error_found.text),
        Failure::Config);
  } catch (const std::system_error& error_found) {
    std::string text = fmt::format("pool '{}': {}", specs.at(trial).pool, error_found.what());
    if (error_found.code() == std::errc::resource_unavailable_try_again) {
      const std::uint64_t needed =
          config_of(*planned[trial].scenario, specs[trial].pool).slots() + kLabThreads;
      text = fmt::format(
          "pool '{}': its workers and the lab's own threads, {} in all, cannot be "
          "started: {}",
          specs.at(trial).pool, needed, error_found.what());
      const std::string limit = pools::thread_limit_text(needed);
      if (!limit.empty()) text += "; " + limit;
    }
    end(SessionState::Failed, std::move(text), Failure::Resources);
  } catch (const std::bad_alloc&) {
    end(SessionState::Failed, "out of memory", Failure::Resources);
  } catch (const std::exception& error_found) {
    end(SessionState::Failed, error_found.what(), Failure::Internal);
  }
}

void Session::State::run_trials() {
  // Once a trial was spoilt at every try the machine is not about to become quiet.
  bool patient = options.retries;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    bool again = true;
    for (unsigned tries = 1; again; ++tries) {
      if (stop.stop_requested()) return end(SessionState::Interrupted);
      results::Trial done = run_one(i);
      const bool cut_short = done.interrupted;
      again = patient && worth_another_try(done, tries) && !answered(done);
      if (!done.valid && !again) patient = false;
      add(std::move(done));
      if (cut_short) return end(SessionState::Interrupted);
    }
    if (i + 1 == specs.size() && more) plan(more(result));
  }
  end(SessionState::Finished);
}

/// Makes trial `index` the present one.
TrialPlan Session::State::begin(std::size_t index) {
  const scenarios::TrialSpec& spec = specs[index];
  const SharedScenario& serves = planned[index].scenario;
  const bool same_load = planned[trial].scenario == serves && timetable->seed() == spec.seed;
  {
    const std::lock_guard lock(mutex);
    trial = index;
  }
  draining.store(false, std::memory_order_relaxed);
  if (!same_load) {
    // One at a time: with a new seed for every block they would take most of the memory.
    SharedTimetable drawn = std::make_shared<const scenarios::Timetable>(*serves, spec.seed);
    const std::lock_guard lock(mutex);
    timetable = std::move(drawn);
  }
  pools::PoolConfig config = config_of(*serves, spec.pool);
  config.series = timetable->series_count();
  config.seed = spec.seed;
  return {spec, serves, timetable, std::move(config)};
}

results::Trial Session::State::run_one(std::size_t index) {
  const TrialPlan plan = begin(index);
  if (options.before_trial) options.before_trial(stop.get_token());
  TrialEvents events;
  events.started = [this, index](pools::Instant start) {
    trial_start.store(start, std::memory_order_relaxed);
    views.start(index);
  };
  events.sampled = [this, index](Sample&& sample) { views.keep(index, std::move(sample)); };
  events.draining = [this] { draining.store(true, std::memory_order_relaxed); };
  const std::uint64_t before = frames.load(std::memory_order_relaxed);
  results::Trial done = run_trial(plan, events, stop.get_token());
  done.frames_drawn = frames.load(std::memory_order_relaxed) - before;
  return done;
}

void Session::State::add(results::Trial done) {
  const std::lock_guard lock(mutex);
  outcome_of.resize(trial + 1);
  outcome_of[trial] = result.trials.size();
  result.trials.push_back(std::move(done));
  // Last: who sees that this try is over finds what came of it.
  views.finish(trial, result.trials.back());
}

void Session::State::end(SessionState end_state, std::string why, Failure kind) {
  {
    const std::lock_guard lock(mutex);
    state = end_state;
    error = std::move(why);
    failure = kind;
    if (end_state == SessionState::Finished) trial = specs.size();
    result.interrupted = end_state == SessionState::Interrupted;
    result.verdicts = scenario->capacity
                          ? results::evaluate(scenario->expect, results::capacities(result))
                          : results::evaluate(scenario->expect, result.trials);
  }
  over_changed.notify_all();
}

std::string Session::State::phase_at(double trial_s) const {
  if (draining.load(std::memory_order_relaxed)) return "draining";
  for (const scenarios::PhaseSpan& phase : timetable->phases()) {
    if (trial_s < seconds(phase.end)) return phase.name;
  }
  // The generator is behind its timetable: submits are held up.
  return timetable->phases().empty() ? "" : timetable->phases().back().name;
}

void Session::State::plan(const std::vector<scenarios::TrialSpec>& more_trials) {
  std::vector<PlannedTrial> added;
  for (const scenarios::TrialSpec& spec : more_trials) {
    PlannedTrial& one = added.emplace_back();
    one.title = titles.next(spec);
    one.scenario = scenario;
    if (!spec.parameters.empty()) {
      SharedScenario& with = swept[spec.parameters];
      // Of the whole file: a parameter's pointer may count its pools.
      if (!with) {
        with = std::make_shared<const scenarios::Scenario>(
            scenarios::with_parameters(whole, spec.parameters));
      }
      static_cast<void>(config_of(*with, spec.pool));
      one.scenario = with;
    }
    one.length_s = scenarios::trial_length(*one.scenario).count();
  }
  const std::lock_guard lock(mutex);
  for (const scenarios::TrialSpec& spec : more_trials) {
    specs.push_back(spec);
    views.add_trial(spec.pool);
  }
  std::move(added.begin(), added.end(), std::back_inserter(planned));
}

Session::Session(const scenarios::Scenario& scenario, Options options)
    : Session(scenario, trial_source(scenario), options) {}

Session::Session(const scenarios::Scenario& scenario, TrialSource source, Options options)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.options = options;
  s.whole = scenario;
  s.more = std::move(source.more);
  // The result says what was run, so the scenario inside it has these pools only.
  s.scenario = std::make_shared<const scenarios::Scenario>(
      scenarios::with_pools(scenario, ids_of(source.first)));
  s.plan(source.first);
  if (s.specs.empty()) return;
  s.timetable = std::make_shared<const scenarios::Timetable>(*s.planned.front().scenario,
                                                             s.specs.front().seed);
  s.phases = s.timetable->phases();
}

Session::~Session() {
  stop();
  if (state_->thread.joinable()) state_->thread.join();
}

void Session::start() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->state = SessionState::Running;
  }
  state_->thread = std::thread([state = state_.get()] {
    pools::name_this_thread("pl-session");
    state->run();
  });
}

void Session::stop() { state_->stop.request_stop(); }

void Session::wait() {
  std::unique_lock lock(state_->mutex);
  state_->over_changed.wait(lock, [this] { return state_->over(); });
}

bool Session::wait_for(std::chrono::milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  return state_->over_changed.wait_for(lock, limit, [this] { return state_->over(); });
}

SessionProgress Session::progress() const {
  const State& s = *state_;
  const std::lock_guard lock(s.mutex);
  SessionProgress progress;
  progress.state = s.state;
  progress.trial = s.trial;
  progress.trials = s.specs.size();
  progress.error = s.error;
  progress.failure = s.failure;
  if (!s.planned.empty()) {
    progress.trial_total_s = s.planned[std::min(s.trial, s.planned.size() - 1)].length_s;
  }
  if (s.over()) {
    progress.share = 1;
    return progress;
  }
  if (s.state == SessionState::Ready || s.trial >= s.specs.size()) return progress;
  progress.title = s.planned[s.trial].title;
  const TrialGlimpse glimpse = s.views.glimpse(s.trial);
  // Until its pool stands the trial, or the next try of it, has not begun.
  if (glimpse.started && !glimpse.finished) {
    const pools::Instant start = s.trial_start.load(std::memory_order_relaxed);
    progress.trial_s = std::max(0.0, seconds(pools::Clock::now() - start));
  }
  progress.phase = s.phase_at(progress.trial_s);
  double whole_s = 0;
  double served_s = std::min(progress.trial_s, progress.trial_total_s);
  for (std::size_t i = 0; i < s.planned.size(); ++i) {
    whole_s += s.planned[i].length_s;
    if (i < s.trial) served_s += s.planned[i].length_s;
  }
  progress.left_s = std::max(0.0, whole_s - served_s);
  progress.share = whole_s > 0 ? std::min(1.0, served_s / whole_s) : 0;
  progress.ledger = glimpse.ledger;
  progress.throughput_per_s = glimpse.throughput_per_s;
  progress.p99_us = glimpse.p99_us;
  return progress;
}

const scenarios::Scenario& Session::scenario() const noexcept { return *state_->scenario; }

const std::vector<scenarios::PhaseSpan>& Session::phases() const noexcept { return state_->phases; }

std::vector<scenarios::TrialSpec> Session::trials() const {
  const std::lock_guard lock(state_->mutex);
  return state_->specs;
}

void Session::note_frame() noexcept { state_->frames.fetch_add(1, std::memory_order_relaxed); }

TrialView Session::view(std::size_t index, std::size_t from_point, std::size_t from_mark) const {
  return state_->views.view(index, from_point, from_mark);
}

std::optional<results::Trial> Session::trial(std::size_t index) const {
  const std::lock_guard lock(state_->mutex);
  if (index >= state_->outcome_of.size()) return std::nullopt;
  return state_->result.trials[state_->outcome_of[index]];
}

results::RunResult Session::result() const {
  const std::lock_guard lock(state_->mutex);
  return state_->result;
}

}  // namespace lab
