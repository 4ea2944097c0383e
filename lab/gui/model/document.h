// What the window works on, apart from how it looks: the scenario that is open, the session that
// runs it, and a track per pool. Panels read it and call its verbs; tests drive it without a
// display. GUI thread only (the session has threads of its own).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lab/gui/model/trial_track.h"
#include "lab/session.h"
#include "results/comparison.h"
#include "results/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/scenario_json.h"
#include "scenarios/trial_plan.h"

namespace lab::gui {

enum class RunState : std::uint8_t {
  Empty,        ///< no scenario is open
  Ready,        ///< one is, nothing was run
  Running,      ///< serving load
  Stopping,     ///< asked to end early
  Finished,     ///< every trial was measured
  Interrupted,  ///< stopped early; what was measured is shown
  Failed,       ///< the run could not go on: see problems()
};

const char* run_state_name(RunState state);

/// A run of this session of the window, kept in memory until the window is closed.
struct KeptRun {
  results::RunResult result;
  std::string saved_to;  ///< empty: nowhere yet
  std::vector<results::Comparison> comparisons;
};

/// What a window adds to its sessions; each may be empty.
struct SessionHooks {
  /// Starts it, in place of Session::start().
  std::function<void(Session&)> start;
  /// Session::Options::before_trial.
  std::function<void(const std::stop_token&)> before_trial;
};

/// A trial of the present run.
struct RunEntry {
  static constexpr std::size_t kNoTrack = static_cast<std::size_t>(-1);
  std::size_t track = kNoTrack;  ///< where it is shown; the baseline's second copy is not
  std::uint32_t block = 0;       ///< in a search each trial counts as one
  std::string pool;
  std::uint64_t seed = 1;

  bool control() const { return track == kNoTrack; }
  /// "pull", "pull again".
  std::string name() const { return control() ? pool + " again" : pool; }
};

class Document {
 public:
  static constexpr std::size_t kMostRuns = 32;  ///< kept; the oldest go first

  /// Which trials a run of a scenario's pools consists of.
  using Planner = TrialSource (*)(const scenarios::Scenario& scenario);

  explicit Document(Planner planner = &trial_source, SessionHooks hooks = {});
  ~Document();

  /// Opens a scenario file. A file that cannot be read leaves everything as it was and fills
  /// problems(); load_failed() then says that what is open is not what was asked for. Requires: not
  /// running.
  bool open(const std::string& path, const std::vector<scenarios::Override>& overrides = {});
  /// The file named last, again; what to do after it was corrected.
  bool reload();
  /// The file tried last could not be read, and nobody has said that this is fine.
  bool load_failed() const { return load_failed_; }

  bool has_scenario() const { return scenario_.has_value(); }
  /// Requires: has_scenario().
  const scenarios::Scenario& scenario() const { return *scenario_; }
  const std::string& path() const { return path_; }
  /// What is wrong with the file tried last, or why the last run failed; empty: nothing.
  const std::vector<scenarios::JsonProblem>& problems() const { return problems_; }
  void dismiss_problems();

  /// Whether a pool of the scenario takes part in the next run.
  bool included(std::size_t pool) const { return included_[pool]; }
  void include(std::size_t pool, bool yes) { included_[pool] = yes; }
  /// Only these, by id; empty: all.
  void include_only(const std::vector<std::string>& ids);
  std::size_t included_count() const;

  /// Starts a run of the included pools. Requires: has_scenario(), not running, some included.
  void run();
  void stop();
  /// Stops a run and waits until what was measured is a result; for when the window is going away.
  void finish_now();
  bool running() const;
  RunState state() const;

  /// Takes what is new from the session. True if anything changed. Cheap when nothing runs.
  bool poll();

  /// As of the last poll().
  const SessionProgress& progress() const { return progress_; }
  /// As of now, without taking anything else. Requires: running().
  SessionProgress look() const { return session_->progress(); }
  /// The window has drawn a frame.
  void note_frame() const {
    if (session_) session_->note_frame();
  }
  /// One per pool (and what a sweep changes in it), in the scenario's order; pools that are left
  /// out have theirs as well. In each the trial of the present block, or the last.
  const std::vector<TrialTrack>& tracks() const { return tracks_; }
  /// The track whose trial goes on now, if any.
  std::optional<std::size_t> serving() const;
  /// The trial that goes on now; null: none does.
  const RunEntry* present() const;
  /// Trials of the present run in the order they are run.
  const std::vector<RunEntry>& run_order() const { return run_order_; }
  /// How many blocks the present run has, or the next one; 1 in a search.
  std::uint32_t blocks() const { return blocks_; }
  /// The phases on the trial's time axis, the warm-up first.
  const std::vector<scenarios::PhaseSpan>& phases() const { return phases_; }
  double planned_s() const;
  double measured_from_s() const;
  /// The load offered over time, for the whole trial; of the present block.
  const plot::Series& offered_load() const { return offered_; }

  /// The exact outcome, once the run is over.
  const results::RunResult* result() const { return shown_ != nullptr ? &shown_->result : nullptr; }
  /// Which differences between the pools are real; empty where it cannot be said.
  const std::vector<results::Comparison>& comparisons() const {
    static const std::vector<results::Comparison> kNone;
    return shown_ != nullptr ? shown_->comparisons : kNone;
  }
  /// What came of the last trial of one of tracks(), once the run is over; null: it was not run.
  const results::Trial* outcome(std::size_t track) const;
  /// Writes it as JSON, over what is there. Returns why not, empty when it was written. Requires:
  /// result().
  std::string export_result(const std::string& file);
  /// Every run since the window was opened, the oldest first.
  const std::vector<std::unique_ptr<KeptRun>>& runs() const { return runs_; }
  std::size_t unsaved_runs() const;
  /// Calls write(result), which returns where it went, for every run that was not saved. Throws
  /// what write throws.
  void save_unsaved(const std::function<std::string(const results::RunResult&)>& write);

  /// Changes whenever anything above may have.
  std::uint64_t revision() const { return revision_; }

 private:
  void lay_out();
  void lay_out_offered(std::uint64_t seed);
  void lay_out_tracks();
  std::size_t track_of(const scenarios::TrialSpec& spec);
  void take_order(const std::vector<scenarios::TrialSpec>& trials);
  bool take_trial(std::size_t index);
  void take_result();
  void fail(const std::string& reason);

  const Planner planner_;
  const SessionHooks hooks_;
  std::optional<scenarios::Scenario> scenario_;
  std::string path_, tried_path_;
  std::vector<scenarios::JsonProblem> problems_;
  std::vector<bool> included_;
  std::vector<scenarios::PhaseSpan> phases_;
  plot::Series offered_;
  std::uint64_t offered_seed_ = 0;
  std::unique_ptr<Session> session_;
  SessionProgress progress_;
  std::vector<TrialTrack> tracks_;
  std::vector<RunEntry> run_order_;
  std::size_t taken_ = 0;  ///< of run_order_, those from which nothing new will come
  std::uint32_t blocks_ = 1;
  std::vector<scenarios::Override> overrides_;
  std::vector<std::unique_ptr<KeptRun>> runs_;
  KeptRun* shown_ = nullptr;  // one of runs_
  bool load_failed_ = false;
  bool stop_asked_ = false;
  std::uint64_t revision_ = 1;
};

}  // namespace lab::gui
