#include "lab/gui/model/document.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "pools/knobs.h"
#include "results/result_json.h"
#include "scenarios/timetable.h"

namespace lab::gui {

namespace {

double seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

/// The same for every block.
/// A search tries a pool at many rates: they share a track.
std::string title_of(const scenarios::TrialSpec& spec, bool search) {
  return search ? spec.pool : scenarios::TrialTitles().next(spec);
}

std::uint32_t blocks_of(const std::vector<scenarios::TrialSpec>& trials) {
  std::uint32_t last = 0;
  for (const scenarios::TrialSpec& trial : trials) last = std::max(last, trial.block);
  return last + 1;
}

}  // namespace

const char* run_state_name(RunState state) {
  switch (state) {
    case RunState::Empty:
      return "No scenario";
    case RunState::Ready:
      return "Ready";
    case RunState::Running:
      return "Running";
    case RunState::Stopping:
      return "Stopping";
    case RunState::Finished:
      return "Finished";
    case RunState::Interrupted:
      return "Stopped early";
    case RunState::Failed:
      return "Failed";
  }
  return "";
}

Document::Document(Planner planner, SessionHooks hooks)
    : planner_(planner), hooks_(std::move(hooks)) {}
Document::~Document() = default;

bool Document::open(const std::string& path, const std::vector<scenarios::Override>& overrides) {
  tried_path_ = path;
  overrides_ = overrides;
  load_failed_ = true;
  ++revision_;
  try {
    scenarios::Scenario read = scenarios::read_scenario_file(path, overrides);
    session_.reset();
    shown_ = nullptr;
    progress_ = {};
    scenario_ = std::move(read);
    path_ = path;
    problems_.clear();
    load_failed_ = false;
    included_.assign(scenario_->pools.size(), true);
    lay_out();
    return true;
  } catch (const scenarios::ScenarioError& error) {
    problems_ = error.problems;
  } catch (const std::exception& error) {
    problems_ = {{path, 0, 0, "", error.what()}};
  }
  return false;
}

// Copies: open() writes to what it is given.
bool Document::reload() { return open(std::string(tried_path_), std::vector(overrides_)); }

void Document::dismiss_problems() {
  problems_.clear();
  if (!load_failed_) return;
  load_failed_ = false;
  tried_path_ = path_;
}

void Document::include_only(const std::vector<std::string>& ids) {
  if (ids.empty() || !has_scenario()) return;
  for (std::size_t i = 0; i < included_.size(); ++i) {
    included_[i] = std::find(ids.begin(), ids.end(), scenario_->pools[i].id) != ids.end();
  }
}

void Document::lay_out() {
  // As the timetable will lay it out, without drawing the arrivals yet; a run replaces the phases
  // by the session's own.
  const scenarios::Scenario& s = *scenario_;
  phases_.clear();
  std::chrono::nanoseconds at{0};
  const auto add = [&](std::string name, scenarios::Seconds length, bool measured) {
    const auto span = std::chrono::duration_cast<std::chrono::nanoseconds>(length);
    phases_.push_back({std::move(name), at, at + span, measured, 0, {}});
    at += span;
  };
  const scenarios::Seconds warm_up = scenarios::longest_warm_up(s.run);
  if (warm_up.count() > 0) add("warm-up", warm_up, false);
  for (const scenarios::Phase& phase : s.phases) add(phase.name, phase.duration, true);

  lay_out_offered(s.seed);
  lay_out_tracks();
}

/// As a trial with that seed offers it: each block has its own.
void Document::lay_out_offered(std::uint64_t seed) {
  scenarios::Scenario s = *scenario_;
  s.seed = seed;
  offered_.clear();
  const double begin = measured_from_s();
  const double length = planned_s() - begin;
  constexpr std::size_t kPoints = 600;
  const std::vector<double> load = scenarios::offered_load(s, kPoints);
  for (std::size_t i = 0; i < load.size(); ++i) {
    const double t = begin + length * (static_cast<double>(i) + 0.5) / static_cast<double>(kPoints);
    // A closed phase offers what its clients manage: there is no line to draw.
    offered_.append(t, load[i] > 0 ? load[i] : static_cast<double>(NAN));
  }
  offered_seed_ = seed;
}

void Document::lay_out_tracks() {
  tracks_.clear();
  run_order_.clear();
  taken_ = 0;
  const std::vector<scenarios::TrialSpec> specs = planner_(*scenario_).first;
  for (const pools::PoolConfig& pool : scenario_->pools) {
    for (const scenarios::TrialSpec& spec : specs) {
      if (spec.pool == pool.id) track_of(spec);
    }
  }
  blocks_ = blocks_of(specs);
}

/// The run's trials, as far as they are known by now.
void Document::take_order(const std::vector<scenarios::TrialSpec>& trials) {
  const bool search = scenario_->capacity.has_value();
  for (std::size_t i = run_order_.size(); i < trials.size(); ++i) {
    const auto own = static_cast<std::uint32_t>(i);
    run_order_.push_back(
        {track_of(trials[i]), search ? own : trials[i].block, trials[i].pool, trials[i].seed});
  }
  blocks_ = search ? 1 : blocks_of(trials);
}

/// Titles do not depend on other trials: with fewer pools they are the same.
std::size_t Document::track_of(const scenarios::TrialSpec& spec) {
  if (spec.arm == scenarios::kControlArm) return RunEntry::kNoTrack;
  std::string title = title_of(spec, scenario_->capacity.has_value());
  std::size_t slot = 0;
  while (slot + 1 < scenario_->pools.size() && scenario_->pools[slot].id != spec.pool) ++slot;
  std::size_t index = 0;
  for (; index < tracks_.size(); ++index) {
    if (tracks_[index].slot() == slot && tracks_[index].title() == title) return index;
  }
  tracks_.emplace_back(
      std::move(title), slot,
      TrialTrack::Plan{planned_s(), measured_from_s(), scenario_->run.sample_interval.count()});
  return index;
}

std::size_t Document::included_count() const {
  return static_cast<std::size_t>(std::count(included_.begin(), included_.end(), true));
}

void Document::run() {
  if (!has_scenario() || running()) return;
  session_.reset();
  shown_ = nullptr;
  progress_ = {};
  problems_.clear();
  stop_asked_ = false;
  lay_out();
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < included_.size(); ++i) {
    if (included_[i]) ids.push_back(scenario_->pools[i].id);
  }
  try {
    const scenarios::Scenario chosen = scenarios::with_pools(*scenario_, ids);
    // As headless: a trial that stands alone is shown as it is, with what spoilt it.
    session_ = std::make_unique<Session>(
        chosen, planner_(chosen),
        Session::Options{
            .gui = true, .retries = takes_several(chosen), .before_trial = hooks_.before_trial});
    take_order(session_->trials());
    if (!session_->phases().empty()) phases_ = session_->phases();
    if (hooks_.start) {
      hooks_.start(*session_);
    } else {
      session_->start();
    }
    progress_ = session_->progress();
  } catch (const std::exception& error) {
    session_.reset();
    fail(error.what());
  }
  ++revision_;
}

void Document::fail(const std::string& reason) {
  problems_ = {{path_, 0, 0, "", reason}};
  progress_.state = SessionState::Failed;
}

void Document::stop() {
  if (!running() || stop_asked_) return;
  stop_asked_ = true;
  session_->stop();
  ++revision_;
}

bool Document::running() const { return session_ && progress_.state <= SessionState::Running; }

RunState Document::state() const {
  if (!has_scenario()) return RunState::Empty;
  switch (progress_.state) {
    case SessionState::Ready:
      return session_ ? RunState::Running : RunState::Ready;
    case SessionState::Running:
      return stop_asked_ ? RunState::Stopping : RunState::Running;
    case SessionState::Finished:
      return RunState::Finished;
    case SessionState::Interrupted:
      return RunState::Interrupted;
    case SessionState::Failed:
      return RunState::Failed;
  }
  return RunState::Ready;
}

bool Document::poll() {
  if (!running()) return false;
  // Progress first: a trial that it calls over has nothing to add after the view that follows.
  progress_ = session_->progress();
  bool changed = progress_.state > SessionState::Running;
  // A session may find that it takes more.
  if (progress_.trials > run_order_.size()) take_order(session_->trials());
  if (progress_.trial < run_order_.size()) {
    const std::uint64_t seed = run_order_[progress_.trial].seed;
    if (seed != offered_seed_) lay_out_offered(seed);
  }
  for (; taken_ < run_order_.size() && taken_ <= progress_.trial; ++taken_) {
    changed = take_trial(taken_) || changed;
    if (taken_ == progress_.trial) break;  // more will come of it
  }
  if (progress_.state > SessionState::Running) take_result();
  if (changed) ++revision_;
  return changed;
}

/// What is new of a trial; when it is over its exact figures, and whether they may be trusted.
bool Document::take_trial(std::size_t index) {
  const RunEntry& entry = run_order_[index];
  if (entry.control()) return true;  // it is shown how far it is
  TrialTrack& track = tracks_[entry.track];
  const bool known = track.block() == entry.block;
  TrialView view =
      session_->view(index, known ? track.point_count() : 0, known ? track.scaling().size() : 0);
  if (view.started && (!known || track.tries() != view.tries)) {
    // The one before stays on the plots until then.
    track.begin(entry.block, view.tries);
    view = session_->view(index);
  } else if (!known) {
    return false;
  }
  const double now = index == progress_.trial ? progress_.trial_s : track.end_s();
  bool changed = track.absorb(view, now);
  if (!track.finished() || track.settled()) return changed;
  if (const std::optional<results::Trial> trial = session_->trial(index)) {
    track.finish(*trial);
    changed = true;
  }
  return changed;
}

void Document::take_result() {
  if (progress_.state == SessionState::Failed) fail(progress_.error);
  if (runs_.size() == kMostRuns) runs_.erase(runs_.begin());
  runs_.push_back(std::make_unique<KeptRun>(KeptRun{session_->result(), {}, {}}));
  shown_ = runs_.back().get();
  shown_->comparisons = results::comparisons(shown_->result);
}

void Document::finish_now() {
  if (!running()) return;
  stop();
  session_->wait();
  poll();
}

const RunEntry* Document::present() const {
  if (!running() || progress_.trial >= run_order_.size()) return nullptr;
  return &run_order_[progress_.trial];
}

std::optional<std::size_t> Document::serving() const {
  const RunEntry* entry = present();
  if (entry == nullptr || entry->control()) return std::nullopt;
  return entry->track;
}

const results::Trial* Document::outcome(std::size_t track) const {
  if (shown_ == nullptr || track >= tracks_.size()) return nullptr;
  // The last try of the last block.
  const std::vector<results::Trial>& trials = shown_->result.trials;
  const auto found = std::find_if(trials.rbegin(), trials.rend(), [&](const results::Trial& trial) {
    return title_of(trial, scenario_->capacity.has_value()) == tracks_[track].title();
  });
  return found != trials.rend() ? &*found : nullptr;
}

double Document::planned_s() const { return phases_.empty() ? 0 : seconds(phases_.back().end); }

double Document::measured_from_s() const {
  for (const scenarios::PhaseSpan& phase : phases_) {
    if (phase.measured) return seconds(phase.begin);
  }
  return 0;
}

std::size_t Document::unsaved_runs() const {
  // A run that measured nothing is nothing to lose.
  return static_cast<std::size_t>(std::count_if(runs_.begin(), runs_.end(), [](const auto& run) {
    return run->saved_to.empty() && !run->result.trials.empty();
  }));
}

void Document::save_unsaved(const std::function<std::string(const results::RunResult&)>& write) {
  for (const std::unique_ptr<KeptRun>& run : runs_) {
    if (run->saved_to.empty() && !run->result.trials.empty()) run->saved_to = write(run->result);
  }
}

std::string Document::export_result(const std::string& file) {
  try {
    results::write_result_file(file, shown_->result);
    shown_->saved_to = file;
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace lab::gui
