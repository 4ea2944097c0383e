#include "results/censored.h"

#include <cmath>

namespace results {
namespace {

double micros(pools::Nanos t) { return static_cast<double>(t.count()) / 1e3; }

}  // namespace

CensoredLatency::CensoredLatency(const pools::LatencyHistogram& finished,
                                 const pools::LatencyHistogram& unserved)
    : finished_(finished) {
  if (unserved.empty()) return;
  both_ = finished;
  both_->merge(unserved);
}

Bounds CensoredLatency::open_above(double low_us) const noexcept {
  if (lower().empty()) return {NAN, NAN};
  return {low_us, censored() ? INFINITY : low_us};
}

Bounds CensoredLatency::percentile(double percent) const noexcept {
  const double q = percent / 100;
  Bounds bounds = open_above(micros(lower().quantile(q)));
  const std::uint64_t rank = lower().rank_of(q);
  if (censored() && rank <= finished_.count()) bounds.high = micros(finished_.at_rank(rank));
  return bounds;
}

Bounds CensoredLatency::mean() const noexcept { return open_above(lower().mean_ns() / 1e3); }

Bounds CensoredLatency::max() const noexcept { return open_above(micros(lower().max())); }

Bounds CensoredLatency::min() const noexcept {
  Bounds bounds = open_above(micros(lower().min()));
  if (censored() && !finished_.empty()) bounds.high = micros(finished_.min());
  return bounds;
}

}  // namespace results
