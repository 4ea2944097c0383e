#include "lab/gui/model/trial_track.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/gui/plot/format.h"
#include "results/censored.h"

namespace lab::gui {

namespace {

// A row per bin of the timeline, as far as 1 s; the last row also shows what is slower.
constexpr double kHeatLowNs = 1e3;
constexpr double kHeatHighNs = 1e9;
constexpr int kHeatRows = 60;
constexpr int kHeatColumns = 200;

double bin_edge_ns(std::size_t bin) {
  return kHeatLowNs * std::pow(10.0, static_cast<double>(bin) / 10.0);
}

plot::HeatMap::Shape heat_shape(const TrialTrack::Plan& plan) {
  plot::HeatMap::Shape shape;
  shape.columns = kHeatColumns;
  shape.rows = kHeatRows;
  shape.low = kHeatLowNs;
  shape.high = kHeatHighNs;
  // Whole intervals per column, so that no column gets more of them than its neighbour.
  const double wanted = plan.duration_s * 1.05 / kHeatColumns;
  shape.column_seconds =
      std::max(1.0, std::ceil(wanted / plan.sample_interval_s)) * plan.sample_interval_s;
  return shape;
}

/// Quantile of binned counts, between the bin's edges by its share.
double binned_quantile(const std::array<double, results::kLatencyBins>& bins, double total,
                       double quantile) {
  double below = 0;
  const double wanted = quantile * total;
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    if (bins[bin] > 0 && below + bins[bin] >= wanted) {
      const double part = (wanted - below) / bins[bin];
      return bin_edge_ns(bin) * std::pow(10.0, part / 10.0);
    }
    below += bins[bin];
  }
  return NAN;
}

/// Whether so many samples tell a percentile: the rule of results::trustworthy().
bool enough(double samples, double quantile) {
  return (1 - quantile) * samples >= results::kSamplesBeyond - 1e-6;
}

/// The response at every percentile that has enough samples beyond it: further on the curve would
/// show chance.
template <typename Quantile>
PercentileCurve curve_over(double samples, Quantile quantile) {
  constexpr double kLast = 4.0;  // p99.99
  constexpr double kStep = 0.04;
  PercentileCurve curve;
  for (double x = 0; x <= kLast + 1e-9; x += kStep) {
    const double fraction = plot::fraction_of_nines(x);
    if (!enough(samples, fraction)) break;
    curve.nines.push_back(x);
    curve.response_ns.push_back(quantile(fraction));
  }
  return curve;
}

int shade_of(double busy_share) {
  constexpr int kSteps = kWorkerShades - 2;
  if (busy_share < 0.02) return 1;
  return 2 + std::min(kSteps - 1, static_cast<int>(busy_share * kSteps));
}

}  // namespace

TrialTrack::TrialTrack(std::string title, std::size_t slot, const Plan& plan)
    : title_(std::move(title)), slot_(slot), plan_(plan), heat_(heat_shape(plan)) {}

const char* standing_word(Standing standing) {
  switch (standing) {
    case Standing::SoFar:
      return "SO FAR";
    case Standing::CutShort:
      return "CUT SHORT";
    case Standing::Invalid:
      return "NOT VALID";
    default:
      return "";
  }
}

/// Sums over the intervals of a stretch.
struct TrialTrack::Sum {
  std::array<double, results::kLatencyBins> bins{};
  double seconds = 0, submitted = 0, settled = 0, refused = 0, steals = 0;
  double worker_s = 0, busy_s = 0, samples = 0, max_us = 0;
  const results::TimelinePoint* last = nullptr;
};

void TrialTrack::begin(std::uint32_t block, unsigned tries) {
  TrialTrack fresh(std::move(title_), slot_, plan_);
  fresh.blocks_ = std::move(blocks_);
  fresh.middle_ = std::move(middle_);
  fresh.block_ = block;
  fresh.tries_ = tries;
  *this = std::move(fresh);
}

std::size_t TrialTrack::counted_blocks() const {
  return static_cast<std::size_t>(std::count_if(
      blocks_.begin(), blocks_.end(), [](const BlockFigures& block) { return block.counts(); }));
}

bool TrialTrack::absorb(const TrialView& view, double now_s) {
  if (!view.started) return false;
  stretch_.reset();
  const bool changed = !view.timeline.points.empty() || !view.timeline.scaling.empty() ||
                       view.finished != finished_ || !started_;
  started_ = true;
  finished_ = view.finished;
  for (const results::TimelinePoint& point : view.timeline.points) absorb_point(point);
  for (const results::ScalingMark& mark : view.timeline.scaling) {
    scaling_.push_back(mark);
    scaling_notes_.push_back(mark.from == mark.to
                                 ? mark.reason
                                 : fmt::format("{} \u2192 {} workers, {}: {}", mark.from, mark.to,
                                               mark.policy, mark.reason));
  }
  ledger_ = view.ledger;
  absorb_workers(view.workers, now_s);
  if (changed) absorb_response(view.response);
  return changed;
}

void TrialTrack::absorb_point(const results::TimelinePoint& point) {
  const double begin = points_.empty() ? 0.0 : points_.back().t_s;
  points_.push_back(point);
  throughput_.append(point.t_s, point.throughput_per_s);
  queue_depth_.append(point.t_s, point.queue_depth);
  steals_.append(point.t_s, point.steals_per_s);
  workers_.append(point.t_s, point.workers);
  const std::array<double, 4> percentiles{point.p50_us, point.p90_us, point.p99_us, point.p999_us};
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    latency_[i].append(point.t_s, percentiles[i] * 1e3);
  }
  // The interval may straddle columns: each gets its share, so that sampling that wanders against
  // the columns leaves no stripes.
  const double width = heat_.column_seconds();
  const double span = point.t_s - begin;
  if (span <= 0) return;
  for (double from = begin; from < point.t_s - 1e-9;) {
    const double edge = (std::floor(from / width + 1e-9) + 1) * width;
    const double to = std::min(edge, point.t_s);
    const double share = (to - from) / span;
    for (std::size_t bin = 0; bin < results::kLatencyBins; ++bin) {
      if (point.latency_bins[bin] == 0) continue;
      heat_.add((from + to) / 2, bin_edge_ns(bin) * 1.12, point.latency_bins[bin] * share);
    }
    from = to;
  }
}

void TrialTrack::absorb_workers(const std::vector<pools::WorkerSnapshot>& workers, double now_s) {
  const double span_ns = (now_s - lanes_at_s_) * 1e9;
  // Shorter readings than this say little about shares of time.
  if (span_ns < 0.04e9 && !workers_now_.empty() && !finished_) return;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const pools::WorkerSnapshot& worker = workers[i];
    const bool present = worker.state != pools::WorkerState::Absent;
    if (i >= lanes_.size()) {
      if (!present && worker.completed == 0) continue;
      while (lanes_.size() <= i) {
        lanes_.emplace_back();
        lanes_.back().append(lanes_at_s_, 0.0);
      }
    }
    if (span_ns <= 0) continue;
    const double before =
        i < workers_now_.size() ? static_cast<double>(workers_now_[i].busy.count()) : 0.0;
    const double share = (static_cast<double>(worker.busy.count()) - before) / span_ns;
    lanes_[i].append(lanes_at_s_, present ? static_cast<double>(shade_of(share)) : 0.0);
  }
  workers_now_ = workers;
  if (span_ns > 0) lanes_at_s_ = now_s;
  if (finished_) {
    for (plot::Series& lane : lanes_) lane.append(lanes_at_s_, 0.0);
  }
}

void TrialTrack::absorb_response(const pools::LatencyHistogram& response) {
  response_ = response;
  if (end_s() <= plan_.measured_from_s) {
    at_measuring_start_ = response;
  } else {
    response_.subtract(at_measuring_start_);
  }
  draw_curve(response_);
}

void TrialTrack::draw_curve(const pools::LatencyHistogram& response) {
  curve_ = curve_over(static_cast<double>(response.count()), [&](double fraction) {
    return static_cast<double>(response.quantile(fraction).count());
  });
}

void TrialTrack::finish(const results::Trial& trial) {
  finished_ = settled_ = true;
  stretch_.reset();
  ledger_ = trial.ledger;
  valid_ = trial.valid && trial.sound;
  cut_short_ = trial.interrupted;
  flags_ = trial.flags;
  const pools::SeriesReport all = results::merged(trial);
  const results::CensoredLatency response(all.response, all.unserved_response);
  Figures figures = figures_of(sum(plan_.measured_from_s, std::max(end_s(), plan_.duration_s)));
  figures.throughput_per_s = trial.rates.throughput_per_s;
  if (trial.measured_s > 0) figures.steals = static_cast<double>(trial.events.steals);
  if (!response.lower().empty()) {
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      figures.percentile_ns[i] = NAN;
      if (!results::trustworthy(response.lower(), 100 * kPercentiles[i])) continue;
      const results::Bounds bounds = response.percentile(100 * kPercentiles[i]);
      figures.percentile_ns[i] = bounds.low * 1e3;
      figures.percentile_at_least[i] = !bounds.exact();
    }
    figures.max_ns = response.max().low * 1e3;
    figures.max_at_least = response.censored();
    draw_curve(response.lower());
  }
  if (blocks_.empty() || blocks_.back().block != block_) blocks_.emplace_back();
  blocks_.back() = {block_, valid_, cut_short_, figures, curve_};
  middle_ = medians(blocks_);
  end_throughput_with(trial);
}

// The last interval reaches past the last task: as a rate over its whole length it would dive.
void TrialTrack::end_throughput_with(const results::Trial& trial) {
  if (points_.size() < 2) return;
  const results::TimelinePoint& last = points_.back();
  const double begin = points_[points_.size() - 2].t_s;
  if (last.t_s <= trial.elapsed_s || trial.elapsed_s <= 0) return;
  throughput_.clear();
  for (std::size_t i = 0; i + 1 < points_.size(); ++i) {
    if (points_[i].t_s <= trial.elapsed_s || i == 0) {
      throughput_.append(points_[i].t_s, points_[i].throughput_per_s);
    }
  }
  const double served = trial.elapsed_s - begin;
  // Over a sliver of time a rate says nothing.
  if (served < 0.5 * plan_.sample_interval_s) return;
  throughput_.append(trial.elapsed_s, last.throughput_per_s * (last.t_s - begin) / served);
}

Figures TrialTrack::figures(const std::optional<plot::TimeRange>& range) const {
  if (range) return stretch(*range).figures;
  if (!blocks_.empty()) return middle_.figures;
  Figures figures = figures_of(sum(plan_.measured_from_s, std::max(end_s(), plan_.duration_s)));
  if (!response_.empty()) {
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      const double quantile = kPercentiles[i];
      figures.percentile_ns[i] = results::trustworthy(response_, 100 * quantile)
                                     ? static_cast<double>(response_.quantile(quantile).count())
                                     : NAN;
    }
    figures.max_ns = static_cast<double>(response_.max().count());
  }
  return figures;
}

const PercentileCurve& TrialTrack::curve(const std::optional<plot::TimeRange>& range) const {
  if (range) return stretch(*range).curve;
  return settled_ ? middle_.curve : curve_;
}

Standing TrialTrack::standing(const std::optional<plot::TimeRange>& range) const {
  if (!range && !blocks_.empty()) {
    if (!middle_.valid) return Standing::Invalid;
    return middle_.cut_short ? Standing::CutShort : Standing::Whole;
  }
  if (points_.empty()) return Standing::None;
  if (!valid_) return Standing::Invalid;
  const double end = range ? range->end : plan_.duration_s;
  // Where it ends early, a stretch that lies before is as whole as any.
  if (range && end_s() >= end) return Standing::Whole;
  if (cut_short_) return Standing::CutShort;
  return settled_ ? Standing::Whole : Standing::SoFar;
}

StretchCounts TrialTrack::counts(const plot::TimeRange& range) const {
  const Sum all = sum(range.begin, range.end);
  StretchCounts counts{std::round(all.submitted), std::round(all.settled), std::round(all.refused)};
  if (all.last != nullptr) {
    counts.waiting_at_end = all.last->queue_depth;
    counts.running_at_end = all.last->running;
  }
  return counts;
}

const TrialTrack::Stretch& TrialTrack::stretch(const plot::TimeRange& range) const {
  if (!stretch_ || stretch_->range != range) {
    const Sum all = sum(range.begin, range.end);
    stretch_ = Stretch{range, figures_of(all), curve_over(all.samples, [&](double fraction) {
                         return binned_quantile(all.bins, all.samples, fraction);
                       })};
  }
  return *stretch_;
}

TrialTrack::Sum TrialTrack::sum(double begin_s, double end_s) const {
  Sum all;
  double previous = 0;
  for (const results::TimelinePoint& point : points_) {
    const double span = point.t_s - previous;
    previous = point.t_s;
    // An interval counts where its middle lies.
    const double middle = point.t_s - span / 2;
    if (middle < begin_s || middle > end_s) continue;
    all.seconds += span;
    all.submitted += point.submitted_per_s * span;
    all.settled += point.throughput_per_s * span;
    all.refused += point.rejected_per_s * span;
    all.steals += point.steals_per_s * span;
    all.worker_s += point.workers * span;
    all.busy_s += point.utilisation * point.workers * span;
    if (std::isfinite(point.max_us)) all.max_us = std::max(all.max_us, point.max_us);
    for (std::size_t bin = 0; bin < all.bins.size(); ++bin) {
      all.bins[bin] += point.latency_bins[bin];
      all.samples += point.latency_bins[bin];
    }
    all.last = &point;
  }
  return all;
}

Figures TrialTrack::figures_of(const Sum& all) {
  Figures figures;
  if (all.seconds <= 0) return figures;
  figures.throughput_per_s = all.settled / all.seconds;
  if (all.submitted > 0) figures.refused_share = std::min(1.0, all.refused / all.submitted);
  figures.steals = std::round(all.steals);
  figures.workers = all.worker_s / all.seconds;
  if (all.worker_s > 0) figures.busy_share = all.busy_s / all.worker_s;
  if (all.samples > 0) {
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      if (!enough(all.samples, kPercentiles[i])) continue;
      figures.percentile_ns[i] = binned_quantile(all.bins, all.samples, kPercentiles[i]);
    }
    figures.max_ns = all.max_us * 1e3;
  }
  return figures;
}

}  // namespace lab::gui
