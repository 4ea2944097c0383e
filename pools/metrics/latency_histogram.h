// Log-linear latency histograms, in two halves: LatencyHistogram is a plain value that merges,
// subtracts and answers quantiles; LatencyRecorder is what one thread writes while others read.
//
// Summary: a bucket is 2^-sub_bits of its value wide, a quantile is reported as the middle of its
// bucket, so the error is at most 2^-(sub_bits+1): 0.049 % at 10 bits (kept per trial), 1.6 % at 5
// bits (kept for the live view). Buckets reach as far as Nanos do (2^63 ns) and count in 64 bits:
// no latency and no number of samples is beyond them. That costs address space (432 kB, 15 kB),
// not memory: a page, or a value's storage, is there only as far up as samples have come.
// Detail: value v with e = bit_width(v) - 1 - sub_bits. e <= 0: bucket v. Else bucket
// (e << sub_bits) + (v >> e); v >> e keeps the top sub_bits + 1 bits, so octaves join without a
// gap.
#pragma once

#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "pools/clock.h"

namespace pools {

/// The bucket layout for one precision. Pure functions.
class HistogramScale {
 public:
  static constexpr int kRangeBits = 63;  ///< every Nanos that is not negative

  constexpr explicit HistogramScale(int sub_bits) noexcept : sub_bits_(sub_bits) {}
  constexpr int sub_bits() const noexcept { return sub_bits_; }
  constexpr std::size_t buckets() const noexcept {
    return (static_cast<std::size_t>(kRangeBits - 1 - sub_bits_) << sub_bits_) +
           (std::size_t{2} << sub_bits_);
  }
  constexpr std::size_t index(std::uint64_t ns) const noexcept {
    const std::uint64_t v = ns < kLimit ? ns : kLimit - 1;
    const int e = static_cast<int>(std::bit_width(v)) - 1 - sub_bits_;
    if (e <= 0) return static_cast<std::size_t>(v);
    return (static_cast<std::size_t>(e) << sub_bits_) + static_cast<std::size_t>(v >> e);
  }
  /// Smallest value that falls into bucket `i`; lower(i + 1) ends it.
  constexpr std::uint64_t lower(std::size_t i) const noexcept {
    const std::size_t octave = i >> sub_bits_;
    if (octave <= 1) return i;
    const std::size_t e = octave - 1;
    return static_cast<std::uint64_t>(i - (e << sub_bits_)) << e;
  }

 private:
  static constexpr std::uint64_t kLimit = std::uint64_t{1} << kRangeBits;
  int sub_bits_;
};

/// A histogram as a value. Not thread safe.
class LatencyHistogram {
 public:
  static constexpr int kExactBits = 10;  ///< for results: at most 0.05 % error
  static constexpr int kLiveBits = 5;    ///< for the window: at most 1.6 % error

  explicit LatencyHistogram(int sub_bits = kExactBits) : scale_(sub_bits) {}
  /// Rebuilds a histogram from what for_each_bucket, sum_ns and max gave: (lower_ns, count) pairs.
  static LatencyHistogram restored(
      int sub_bits, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& buckets,
      double sum_ns, Nanos max);

  void record(Nanos value, std::uint64_t count = 1);
  /// Adds `other`, which may be finer or coarser: its buckets are re-binned by their middle.
  void merge(const LatencyHistogram& other);
  /// Removes an earlier reading of the same recorder, to get what came since. Keeps max() as an
  /// upper bound: the highest non-empty bucket's end.
  void subtract(const LatencyHistogram& earlier);

  std::uint64_t count() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  double mean_ns() const noexcept {
    return count_ == 0 ? 0.0 : sum_ns_ / static_cast<double>(count_);
  }
  double sum_ns() const noexcept { return sum_ns_; }
  Nanos min() const noexcept;
  Nanos max() const noexcept { return Nanos{static_cast<Nanos::rep>(max_ns_)}; }

  /// The value at or below which a share `q` (0..1) of the samples lies; 0 when empty.
  Nanos quantile(double q) const noexcept { return at_rank(rank_of(q)); }
  /// Which sample in ascending order, counted from 1, is that quantile.
  std::uint64_t rank_of(double q) const noexcept;
  /// The sample of that rank; max() from count() on.
  Nanos at_rank(std::uint64_t rank) const noexcept;
  /// How many samples lie beyond quantile `q`: fewer than 10 make the quantile untrustworthy.
  std::uint64_t beyond(double q) const noexcept;

  int sub_bits() const noexcept { return scale_.sub_bits(); }
  /// Calls `visit(lower_ns, upper_ns, count)` for each non-empty bucket, ascending.
  void for_each_bucket(
      const std::function<void(std::uint64_t, std::uint64_t, std::uint64_t)>& visit) const;

 private:
  template <int SubBits>
  friend class LatencyRecorder;
  void make_room(std::size_t buckets) {
    if (counts_.size() < buckets) counts_.resize(buckets);
  }

  HistogramScale scale_;
  std::vector<std::uint64_t> counts_;  // as far as the highest bucket that was ever hit
  std::uint64_t count_ = 0;
  double sum_ns_ = 0;
  std::uint64_t max_ns_ = 0;
};

/// Zeroed memory straight from the kernel: a page costs nothing until its octave is first hit.
class LazyCounts {
 public:
  explicit LazyCounts(std::size_t buckets);
  ~LazyCounts();
  LazyCounts(const LazyCounts&) = delete;
  LazyCounts& operator=(const LazyCounts&) = delete;
  std::atomic<std::uint64_t>& operator[](std::size_t i) noexcept { return counts_[i]; }
  const std::atomic<std::uint64_t>& operator[](std::size_t i) const noexcept { return counts_[i]; }

 private:
  std::size_t bytes_;
  std::atomic<std::uint64_t>* counts_;
};

/// Written by one thread (record), read by any (add_to). A reading taken while the writer runs may
/// miss its last sample or two, never tears one.
template <int SubBits>
class LatencyRecorder {
 public:
  LatencyRecorder() : counts_(kScale.buckets()) {}

  void record(Nanos value, std::uint64_t count = 1) noexcept {
    const auto ns = static_cast<std::uint64_t>(value.count() < 0 ? 0 : value.count());
    bump(counts_[kScale.index(ns)], count);
    bump(sum_ns_, ns * count);
    if (ns > max_ns_.load(std::memory_order_relaxed)) max_ns_.store(ns, std::memory_order_relaxed);
  }

  /// Adds the present counts to `out`, which must have the same precision.
  void add_to(LatencyHistogram& out) const;

 private:
  static constexpr HistogramScale kScale{SubBits};
  // A single writer needs no read-modify-write instruction: a plain load and store suffice.
  static void bump(std::atomic<std::uint64_t>& cell, std::uint64_t by) noexcept {
    cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  LazyCounts counts_;
  std::atomic<std::uint64_t> sum_ns_{0};  // modulo 2^64; add_to() knows from the buckets how often
  std::atomic<std::uint64_t> max_ns_{0};
};

using ExactRecorder = LatencyRecorder<LatencyHistogram::kExactBits>;
using LiveRecorder = LatencyRecorder<LatencyHistogram::kLiveBits>;

}  // namespace pools
