#include "lab/gui/model/pool_track.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/gui/plot/format.h"

namespace lab::gui {

namespace {

constexpr double kHeatLowNs = 1e3;  // the timeline's bins: 1 us to 1 s
constexpr double kHeatHighNs = 1e9;
constexpr int kHeatColumns = 200;

double bin_edge_ns(std::size_t bin) {
  return kHeatLowNs * std::pow(10.0, static_cast<double>(bin) / 10.0);
}

plot::HeatMap::Shape heat_shape(const PoolTrack::Plan& plan) {
  plot::HeatMap::Shape shape;
  shape.columns = kHeatColumns;
  shape.rows = static_cast<int>(results::kLatencyBins);
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

int shade_of(double busy_share) {
  constexpr int kSteps = kWorkerShades - 2;
  if (busy_share < 0.02) return 1;
  return 2 + std::min(kSteps - 1, static_cast<int>(busy_share * kSteps));
}

}  // namespace

PoolTrack::PoolTrack(std::string pool_id, const Plan& plan)
    : id_(std::move(pool_id)), plan_(plan), heat_(heat_shape(plan)) {}

bool PoolTrack::absorb(const PoolView& view, double now_s) {
  if (!view.started) return false;
  const bool changed = !view.timeline.points.empty() || !view.timeline.scaling.empty() ||
                       view.finished != finished_ || !started_;
  started_ = true;
  finished_ = view.finished;
  for (const results::TimelinePoint& point : view.timeline.points) absorb_point(point);
  for (const results::ScalingMark& mark : view.timeline.scaling) {
    scaling_.push_back(mark);
    scaling_notes_.push_back(
        fmt::format("{} \u2192 {} workers, {}: {}", mark.from, mark.to, mark.policy, mark.reason));
  }
  ledger_ = view.ledger;
  absorb_workers(view.workers, now_s);
  if (changed) absorb_response(view.response);
  return changed;
}

void PoolTrack::absorb_point(const results::TimelinePoint& point) {
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

void PoolTrack::absorb_workers(const std::vector<pools::WorkerSnapshot>& workers, double now_s) {
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

void PoolTrack::absorb_response(const pools::LatencyHistogram& response) {
  response_ = response;
  if (end_s() <= plan_.measured_from_s) {
    at_measuring_start_ = response;
  } else {
    response_.subtract(at_measuring_start_);
  }
  draw_curve(response_);
}

void PoolTrack::draw_curve(const pools::LatencyHistogram& response) {
  constexpr double kLast = 4.0;  // p99.99
  constexpr double kStep = 0.04;
  curve_.nines.clear();
  curve_.response_ns.clear();
  for (double x = 0; x <= kLast + 1e-9; x += kStep) {
    const double fraction = plot::fraction_of_nines(x);
    // Beyond the last sample the curve would only repeat the maximum.
    if (response.empty() || (1 - fraction) * static_cast<double>(response.count()) < 1) break;
    curve_.nines.push_back(x);
    curve_.response_ns.push_back(static_cast<double>(response.quantile(fraction).count()));
  }
}

void PoolTrack::finish(const results::Trial& trial) {
  finished_ = true;
  ledger_ = trial.ledger;
  const pools::SeriesReport all = results::merged(trial);
  Figures figures = summed(plan_.measured_from_s, std::max(end_s(), plan_.duration_s));
  figures.throughput_per_s = trial.rates.throughput_per_s;
  if (!all.response.empty()) {
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      figures.percentile_ns[i] =
          static_cast<double>(all.response.quantile(kPercentiles[i]).count());
    }
    figures.max_ns = static_cast<double>(all.response.max().count());
    draw_curve(all.response);
  }
  exact_ = figures;
}

Figures PoolTrack::figures(const std::optional<plot::TimeRange>& range) const {
  if (range) return summed(range->begin, range->end);
  if (exact_) return *exact_;
  Figures figures = summed(plan_.measured_from_s, std::max(end_s(), plan_.duration_s));
  if (!response_.empty()) {
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      figures.percentile_ns[i] = static_cast<double>(response_.quantile(kPercentiles[i]).count());
    }
    figures.max_ns = static_cast<double>(response_.max().count());
  }
  return figures;
}

Figures PoolTrack::summed(double begin_s, double end_s) const {
  std::array<double, results::kLatencyBins> bins{};
  double seconds = 0, settled = 0, steals = 0, workers = 0, samples = 0, max_us = 0;
  double previous = 0;
  for (const results::TimelinePoint& point : points_) {
    const double span = point.t_s - previous;
    previous = point.t_s;
    // An interval counts where its middle lies.
    const double middle = point.t_s - span / 2;
    if (middle < begin_s || middle > end_s) continue;
    seconds += span;
    settled += point.throughput_per_s * span;
    steals += point.steals_per_s * span;
    workers += point.workers * span;
    if (std::isfinite(point.max_us)) max_us = std::max(max_us, point.max_us);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      bins[bin] += point.latency_bins[bin];
      samples += point.latency_bins[bin];
    }
  }
  Figures figures;
  if (seconds <= 0) return figures;
  figures.throughput_per_s = settled / seconds;
  figures.steals = std::round(steals);
  figures.workers = workers / seconds;
  if (samples > 0) {
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      figures.percentile_ns[i] = binned_quantile(bins, samples, kPercentiles[i]);
    }
    figures.max_ns = max_us * 1e3;
  }
  return figures;
}

}  // namespace lab::gui
