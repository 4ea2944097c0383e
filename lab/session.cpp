#include "lab/session.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <new>
#include <stop_token>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "lab/thread_name.h"
#include "lab/trial_runner.h"
#include "pools/catalog.h"
#include "pools/usable_cores.h"
#include "results/build_facts.h"
#include "results/environment.h"
#include "results/fingerprint.h"
#include "results/verdicts.h"

namespace lab {
namespace {

/// Generator, sampler and a pool's supervisor, beside the session's own and the caller's.
constexpr std::uint64_t kLabThreads = 3;

double seconds(pools::Nanos t) { return std::chrono::duration<double>(t).count(); }

std::string time_text(std::time_t time, const char* format) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &utc);
  return {text.data(), length};
}

/// The pools to run, in the order of the scenario.
std::vector<pools::PoolConfig> chosen(const scenarios::Scenario& scenario,
                                      const std::vector<std::string>& only) {
  std::vector<std::string_view> ids;
  for (const pools::PoolConfig& config : scenario.pools) ids.push_back(config.id);
  for (const std::string& id : only) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    const std::string near = pools::nearest_name(id, ids);
    throw pools::ConfigError(
        "/pools", fmt::format("there is no pool '{}' in '{}'; {}", id, scenario.name,
                              near.empty() ? fmt::format("there are {}", fmt::join(ids, ", "))
                                           : fmt::format("did you mean '{}'?", near)));
  }
  std::vector<pools::PoolConfig> configs;
  for (const pools::PoolConfig& config : scenario.pools) {
    if (only.empty() || std::find(only.begin(), only.end(), config.id) != only.end()) {
      configs.push_back(config);
    }
  }
  return configs;
}

}  // namespace

struct Session::State {
  // set once
  std::shared_ptr<const scenarios::Scenario> scenario;
  std::shared_ptr<const scenarios::Timetable> timetable;
  Options options;
  std::vector<pools::PoolConfig> configs;
  std::vector<std::string> ids;
  std::stop_source stop;
  std::thread thread;

  // guarded by mutex
  mutable std::mutex mutex;
  std::condition_variable over_changed;
  SessionState state = SessionState::Ready;
  std::size_t pool = 0;
  pools::Instant trial_start{};
  bool draining = false;
  std::string error;
  Failure failure = Failure::None;
  std::vector<PoolView> views;
  results::RunResult result;

  bool over() const noexcept {
    return state != SessionState::Ready && state != SessionState::Running;
  }

  void run();
  void run_pools();
  results::Trial run_pool(std::size_t index);
  void add_trial(results::Trial trial);
  void end(SessionState end_state, std::string why = {}, Failure kind = Failure::None);
  std::string phase_at(double trial_s) const;
};

void Session::State::run() {
  try {
    results::RunResult facts;
    const std::time_t now = std::time(nullptr);
    facts.started_at = time_text(now, "%Y-%m-%dT%H:%M:%SZ");
    facts.environment = results::read_environment();
    facts.build = results::build_facts();
    facts.gui = options.gui;
    facts.quick = options.quick;
    facts.command = results::command_line();
    facts.scenario = *scenario;
    facts.scenario_hash = results::scenario_hash(*scenario);
    const std::string unique = fmt::format("{} {} {}", facts.scenario_hash, ::getpid(),
                                           pools::Clock::now().time_since_epoch().count());
    facts.run_id = fmt::format("{}-{:08x}", time_text(now, "%Y%m%dT%H%M%SZ"),
                               results::fingerprint(unique) >> 32U);
    {
      const std::lock_guard lock(mutex);
      result = std::move(facts);
    }
    run_pools();
  } catch (HungPool& hung) {
    const bool stopped = hung.trial.interrupted;
    add_trial(std::move(hung.trial));
    end(stopped ? SessionState::Interrupted : SessionState::Failed, hung.what(), Failure::Hang);
  } catch (const pools::ConfigError& error_found) {
    end(SessionState::Failed, fmt::format("pool '{}': {}", ids.at(pool), error_found.text),
        Failure::Config);
  } catch (const std::system_error& error_found) {
    std::string text = fmt::format("pool '{}': {}", ids.at(pool), error_found.what());
    if (error_found.code() == std::errc::resource_unavailable_try_again) {
      const std::uint64_t needed = configs[pool].max_workers + kLabThreads;
      text = fmt::format(
          "pool '{}': its workers and the lab's own threads, {} in all, cannot be "
          "started: {}",
          ids.at(pool), needed, error_found.what());
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

void Session::State::run_pools() {
  for (std::size_t i = 0; i < configs.size(); ++i) {
    if (stop.stop_requested()) return end(SessionState::Interrupted);
    results::Trial trial = run_pool(i);
    const bool cut_short = trial.interrupted;
    add_trial(std::move(trial));
    if (cut_short) return end(SessionState::Interrupted);
  }
  end(SessionState::Finished);
}

results::Trial Session::State::run_pool(std::size_t index) {
  {
    const std::lock_guard lock(mutex);
    pool = index;
    draining = false;
    trial_start = pools::Clock::now();
  }
  TrialEvents events;
  events.started = [this, index](pools::Instant start) {
    const std::lock_guard lock(mutex);
    trial_start = start;
    views[index].started = true;
  };
  events.sampled = [this, index](Sample&& sample) {
    const std::lock_guard lock(mutex);
    PoolView& view = views[index];
    view.timeline.points.push_back(sample.point);
    for (results::ScalingMark& mark : sample.scaling) view.timeline.keep(std::move(mark));
    view.timeline.scaling_dropped += sample.scaling_missed;
    view.ledger = sample.snapshot.ledger;
    view.response = std::move(sample.snapshot.response);
    view.workers = std::move(sample.snapshot.by_worker);
  };
  events.draining = [this] {
    const std::lock_guard lock(mutex);
    draining = true;
  };
  return run_trial({scenario, timetable, configs[index]}, events, stop.get_token());
}

void Session::State::add_trial(results::Trial trial) {
  const std::lock_guard lock(mutex);
  PoolView& view = views[pool];
  view.ledger = trial.ledger;
  view.workers = trial.workers;
  view.finished = true;
  result.trials.push_back(std::move(trial));
}

void Session::State::end(SessionState end_state, std::string why, Failure kind) {
  {
    const std::lock_guard lock(mutex);
    state = end_state;
    error = std::move(why);
    failure = kind;
    if (end_state == SessionState::Finished) pool = configs.size();
    result.interrupted = end_state == SessionState::Interrupted;
    result.verdicts = results::evaluate(scenario->expect, result.trials);
  }
  over_changed.notify_all();
}

std::string Session::State::phase_at(double trial_s) const {
  if (draining) return "draining";
  for (const scenarios::PhaseSpan& phase : timetable->phases()) {
    if (trial_s < seconds(phase.end)) return phase.name;
  }
  // The generator is behind its timetable: submits are held up.
  return timetable->phases().empty() ? "" : timetable->phases().back().name;
}

Session::Session(scenarios::Scenario scenario, Options options)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.configs = chosen(scenario, options.only);
  s.options = std::move(options);
  // The result says what was run, so the scenario inside it has these pools only.
  scenario.pools = s.configs;
  s.timetable = std::make_shared<const scenarios::Timetable>(scenario);
  for (pools::PoolConfig& config : s.configs) {
    config.series = s.timetable->series_count();
    config.seed = scenario.seed;
    s.ids.push_back(config.id);
    s.views.emplace_back().timeline.pool = config.id;
  }
  s.scenario = std::make_shared<const scenarios::Scenario>(std::move(scenario));
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
    name_this_thread("pl-session");
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
  progress.pool = s.pool;
  progress.pools = s.configs.size();
  progress.error = s.error;
  progress.failure = s.failure;
  progress.trial_total_s = seconds(s.timetable->duration());
  if (s.over()) {
    progress.share = 1;
    return progress;
  }
  if (s.state == SessionState::Ready || s.pool >= s.configs.size()) return progress;
  progress.pool_id = s.ids[s.pool];
  progress.trial_s = std::max(0.0, seconds(pools::Clock::now() - s.trial_start));
  progress.phase = s.phase_at(progress.trial_s);
  const double into =
      progress.trial_total_s > 0 ? std::min(1.0, progress.trial_s / progress.trial_total_s) : 0;
  progress.share = (static_cast<double>(s.pool) + into) / static_cast<double>(s.configs.size());
  const PoolView& view = s.views[s.pool];
  progress.ledger = view.ledger;
  if (!view.timeline.points.empty()) {
    progress.throughput_per_s = view.timeline.points.back().throughput_per_s;
  }
  if (!view.response.empty()) {
    progress.p99_us = static_cast<double>(view.response.quantile(0.99).count()) / 1e3;
  }
  return progress;
}

const scenarios::Scenario& Session::scenario() const noexcept { return *state_->scenario; }

const std::vector<scenarios::PhaseSpan>& Session::phases() const noexcept {
  return state_->timetable->phases();
}

const std::vector<std::string>& Session::pool_ids() const noexcept { return state_->ids; }

PoolView Session::view(std::size_t index, std::size_t from_point, std::size_t from_mark) const {
  const std::lock_guard lock(state_->mutex);
  const PoolView& whole = state_->views.at(index);
  PoolView part;
  part.timeline.pool = whole.timeline.pool;
  const auto tail = [](const auto& list, std::size_t from) {
    const auto first = list.begin() + static_cast<std::ptrdiff_t>(std::min(from, list.size()));
    return std::decay_t<decltype(list)>(first, list.end());
  };
  part.timeline.points = tail(whole.timeline.points, from_point);
  part.timeline.scaling = tail(whole.timeline.scaling, from_mark);
  part.timeline.scaling_dropped = whole.timeline.scaling_dropped;
  part.ledger = whole.ledger;
  part.response = whole.response;
  part.workers = whole.workers;
  part.started = whole.started;
  part.finished = whole.finished;
  return part;
}

std::optional<results::Trial> Session::trial(std::size_t index) const {
  const std::lock_guard lock(state_->mutex);
  // Trials are added in the order of the pools.
  if (index >= state_->result.trials.size()) return std::nullopt;
  return state_->result.trials[index];
}

results::RunResult Session::result() const {
  const std::lock_guard lock(state_->mutex);
  return state_->result;
}

}  // namespace lab
