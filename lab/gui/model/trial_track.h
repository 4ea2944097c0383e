// Everything the window knows about a pool's trials in the present run, in the form plots and
// tables read it. Of several blocks series, heat map and ledger are the present one's, or the last;
// figures and percentile curve are medians over those that are over. Grows by what the session's
// view brings. GUI thread only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/gui/model/figures.h"
#include "lab/gui/plot/heat_map.h"
#include "lab/gui/plot/linked_x.h"
#include "lab/gui/plot/series.h"
#include "lab/session.h"
#include "results/run_result.h"

namespace lab::gui {

/// How a trial's figures stand beside the others'. Only Whole ones may be compared.
enum class Standing : std::uint8_t {
  None,      ///< there are no figures
  SoFar,     ///< it has not yet served all that the others have
  CutShort,  ///< its trial was stopped early
  Invalid,   ///< what was measured cannot be trusted: see flags()
  Whole,
};
/// What a badge says of it; empty for None and Whole.
const char* standing_word(Standing standing);

/// What happened to tasks within a part of the run, from the timeline.
struct StretchCounts {
  double submitted = 0, settled = 0, refused = 0;
  double waiting_at_end = NAN, running_at_end = NAN;
};

class TrialTrack {
 public:
  struct Plan {
    double duration_s = 60;      ///< of the trial, drain excluded
    double measured_from_s = 0;  ///< where the warm-up ends
    double sample_interval_s = 0.05;
  };

  /// `slot`: of the pool, its place in the scenario.
  TrialTrack(std::string title, std::size_t slot, const Plan& plan);

  /// A try of its trial in `block`, from 0, begins: series start over, what other blocks came to
  /// stays. Until then it is block 0.
  void begin(std::uint32_t block, unsigned tries);
  /// Adds what is new; `now_s` is how far the trial was when the view was taken. True if anything
  /// was.
  bool absorb(const TrialView& view, double now_s);
  /// The trial is over: exact figures replace the live ones, and those of an earlier try.
  void finish(const results::Trial& trial);
  /// finish() was called since begin().
  bool settled() const { return settled_; }

  std::uint32_t block() const { return block_; }
  unsigned tries() const { return tries_; }
  /// Of its trials, what came of those that are over, a spoilt one among them.
  const std::vector<BlockFigures>& blocks() const { return blocks_; }
  /// How many of them count.
  std::size_t counted_blocks() const;

  /// "pull", "pull workers=2": no other track's.
  const std::string& title() const { return title_; }
  std::size_t slot() const { return slot_; }
  bool started() const { return started_; }
  bool finished() const { return finished_; }
  std::size_t point_count() const { return points_.size(); }
  double end_s() const { return points_.empty() ? 0 : points_.back().t_s; }
  /// The latest interval. Requires: point_count() > 0.
  const results::TimelinePoint& latest() const { return points_.back(); }

  const plot::Series& throughput() const { return throughput_; }
  const plot::Series& queue_depth() const { return queue_depth_; }
  const plot::Series& steals() const { return steals_; }
  const plot::Series& workers() const { return workers_; }
  /// Indexed as kPercentiles, in ns.
  const plot::Series& latency(std::size_t percentile) const { return latency_[percentile]; }
  const plot::HeatMap& heat() const { return heat_; }
  /// Shares of time spent in tasks, one series a worker; the values index worker shades.
  const std::vector<plot::Series>& lanes() const { return lanes_; }
  const std::vector<results::ScalingMark>& scaling() const { return scaling_; }
  /// What to say about scaling()[i]: "2 -> 4 workers, threshold: 120 tasks queued ...".
  const std::string& scaling_note(std::size_t i) const { return scaling_notes_[i]; }
  const std::vector<pools::WorkerSnapshot>& worker_snapshots() const { return workers_now_; }
  const pools::Ledger& ledger() const { return ledger_; }
  /// Why submits were refused.
  const pools::Refusals& refusals() const { return refusals_; }
  /// What admission policies did, and what to say about policies()[i].
  const std::vector<results::PolicyMark>& policies() const { return policies_; }
  const std::string& policy_note(std::size_t i) const { return policy_notes_[i]; }

  // Of the measured phases, or of a part of the run.
  const PercentileCurve& curve(const std::optional<plot::TimeRange>& range = {}) const;
  Figures figures(const std::optional<plot::TimeRange>& range) const;
  Standing standing(const std::optional<plot::TimeRange>& range) const;
  StretchCounts counts(const plot::TimeRange& range) const;
  /// Why its present or last trial is not valid, or what else to know of it.
  const std::vector<std::string>& flags() const { return flags_; }

 private:
  void absorb_point(const results::TimelinePoint& point);
  void absorb_workers(const std::vector<pools::WorkerSnapshot>& workers, double now_s);
  void absorb_response(const pools::LatencyHistogram& response);
  void draw_curve(const pools::LatencyHistogram& response);
  void end_throughput_with(const results::Trial& trial);
  struct Sum;
  Sum sum(double begin_s, double end_s) const;
  static Figures figures_of(const Sum& sum);
  struct Stretch;
  const Stretch& stretch(const plot::TimeRange& range) const;

  std::string title_;
  std::size_t slot_;
  Plan plan_;
  std::vector<BlockFigures> blocks_;
  BlockFigures middle_;  ///< medians(blocks_)
  std::uint32_t block_ = 0;
  unsigned tries_ = 0;
  bool settled_ = false;
  bool started_ = false;
  bool finished_ = false;
  std::vector<results::TimelinePoint> points_;
  plot::Series throughput_, queue_depth_, steals_, workers_;
  std::array<plot::Series, 4> latency_;
  plot::HeatMap heat_;
  std::vector<plot::Series> lanes_;
  double lanes_at_s_ = 0;
  std::vector<results::ScalingMark> scaling_;
  std::vector<std::string> scaling_notes_;
  std::vector<pools::WorkerSnapshot> workers_now_;
  std::vector<results::PolicyMark> policies_;
  std::vector<std::string> policy_notes_;
  pools::Ledger ledger_;
  pools::Refusals refusals_;
  pools::LatencyHistogram at_measuring_start_{pools::LatencyHistogram::kLiveBits};
  pools::LatencyHistogram response_{pools::LatencyHistogram::kLiveBits};  ///< warm-up left out
  PercentileCurve curve_;
  bool valid_ = true;
  bool cut_short_ = false;
  std::vector<std::string> flags_;

  /// What the range asked for last came to: a selection is asked for in every frame.
  struct Stretch {
    plot::TimeRange range;
    Figures figures;
    PercentileCurve curve;
  };
  mutable std::optional<Stretch> stretch_;
};

/// Lane values: 0 no such worker, 1 not working, 2 to kWorkerShades - 1 working ever more.
inline constexpr int kWorkerShades = 7;

}  // namespace lab::gui
