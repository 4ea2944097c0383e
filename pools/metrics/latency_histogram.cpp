#include "pools/metrics/latency_histogram.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <new>

namespace pools {

void LatencyHistogram::record(Nanos value, std::uint64_t count) {
  if (count == 0) return;
  const auto ns = static_cast<std::uint64_t>(std::max<Nanos::rep>(value.count(), 0));
  const std::size_t bucket = scale_.index(ns);
  make_room(bucket + 1);
  counts_[bucket] += count;
  count_ += count;
  sum_ns_ += static_cast<double>(ns) * static_cast<double>(count);
  max_ns_ = std::max(max_ns_, ns);
}

LatencyHistogram LatencyHistogram::restored(
    int sub_bits, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& buckets,
    double sum_ns, Nanos max) {
  LatencyHistogram histogram(sub_bits);
  for (const auto& [lower_ns, count] : buckets) {
    histogram.record(Nanos{static_cast<Nanos::rep>(lower_ns)}, count);
  }
  histogram.sum_ns_ = sum_ns;
  histogram.max_ns_ = std::max(histogram.max_ns_, static_cast<std::uint64_t>(max.count()));
  return histogram;
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (other.count_ == 0) return;
  if (other.sub_bits() == sub_bits()) {
    make_room(other.counts_.size());
    for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  } else {
    other.for_each_bucket([this](std::uint64_t lower, std::uint64_t upper, std::uint64_t n) {
      const std::size_t bucket = scale_.index(lower + (upper - lower) / 2);
      make_room(bucket + 1);
      counts_[bucket] += n;
    });
  }
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void LatencyHistogram::subtract(const LatencyHistogram& earlier) {
  if (earlier.count_ == 0 || counts_.empty()) return;
  std::size_t top = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (i < earlier.counts_.size()) counts_[i] -= std::min(counts_[i], earlier.counts_[i]);
    if (counts_[i] != 0) top = i;
  }
  count_ -= std::min(count_, earlier.count_);
  sum_ns_ = std::max(0.0, sum_ns_ - earlier.sum_ns_);
  if (max_ns_ == earlier.max_ns_) {
    max_ns_ = count_ == 0 ? 0 : std::min(max_ns_, scale_.lower(top + 1) - 1);
  }
}

Nanos LatencyHistogram::min() const noexcept {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) return Nanos{static_cast<Nanos::rep>(scale_.lower(i))};
  }
  return Nanos{0};
}

std::uint64_t LatencyHistogram::rank_of(double q) const noexcept {
  const double clamped = std::clamp(q, 0.0, 1.0);
  // The tiny slack keeps 0.9 * 10 from becoming rank 10 through rounding.
  return static_cast<std::uint64_t>(
      std::max(1.0, std::ceil(clamped * static_cast<double>(count_) - 1e-9)));
}

Nanos LatencyHistogram::at_rank(std::uint64_t rank) const noexcept {
  if (rank >= count_) return max();
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) {
      const std::uint64_t lower = scale_.lower(i);
      const std::uint64_t width = scale_.lower(i + 1) - lower;
      return Nanos{static_cast<Nanos::rep>(std::min(lower + width / 2, max_ns_))};
    }
  }
  return max();
}

std::uint64_t LatencyHistogram::beyond(double q) const noexcept {
  const double n = static_cast<double>(count_) * (1.0 - std::clamp(q, 0.0, 1.0));
  return static_cast<std::uint64_t>(std::floor(n + 1e-9));
}

void LatencyHistogram::for_each_bucket(
    const std::function<void(std::uint64_t, std::uint64_t, std::uint64_t)>& visit) const {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) visit(scale_.lower(i), scale_.lower(i + 1), counts_[i]);
  }
}

LazyCounts::LazyCounts(std::size_t buckets) : bytes_(buckets * sizeof(std::atomic<std::uint64_t>)) {
  void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  counts_ = static_cast<std::atomic<std::uint64_t>*>(memory);
}

LazyCounts::~LazyCounts() { ::munmap(counts_, bytes_); }

namespace {

/// The sum that is `sum` modulo 2^64 and nearest to `about`.
double unwrapped(std::uint64_t sum, double about) noexcept {
  const double exact = static_cast<double>(sum);
  return exact + 0x1p64 * std::max(0.0, std::round((about - exact) / 0x1p64));
}

}  // namespace

template <int SubBits>
void LatencyRecorder<SubBits>::add_to(LatencyHistogram& out) const {
  // No further than there are samples: pages that were never written are better not read either.
  const std::uint64_t max_ns = max_ns_.load(std::memory_order_relaxed);
  const std::size_t buckets = kScale.index(max_ns) + 1;
  out.make_room(buckets);
  std::uint64_t added = 0;
  double about = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    const std::uint64_t n = counts_[i].load(std::memory_order_relaxed);
    if (n == 0) continue;
    out.counts_[i] += n;
    added += n;
    about += static_cast<double>(n) * static_cast<double>(kScale.lower(i));
  }
  if (added == 0) return;
  out.count_ += added;
  out.sum_ns_ += unwrapped(sum_ns_.load(std::memory_order_relaxed), about);
  out.max_ns_ = std::max(out.max_ns_, max_ns);
}

template class LatencyRecorder<LatencyHistogram::kExactBits>;
template class LatencyRecorder<LatencyHistogram::kLiveBits>;

}  // namespace pools
