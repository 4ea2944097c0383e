// One measured quantity over time, as plots read it: (time, value) pairs in order of time, in a
// ring that grows to its capacity and then forgets the oldest. A 16-way pyramid of minima and
// maxima is kept up to date on append, so the exact extremes of any index range cost O(log n). One
// thread appends and reads (the GUI thread).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace lab::gui::plot {

/// The least and the greatest of some values; starts empty. NaN is not a value.
struct Extremes {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();

  bool empty() const { return high < low; }
  void add(float value) {
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  void add(const Extremes& other) {
    low = other.low < low ? other.low : low;
    high = other.high > high ? other.high : high;
  }
  friend bool operator==(const Extremes&, const Extremes&) = default;
};

class Series {
 public:
  static constexpr std::size_t kDefaultCapacity = std::size_t{1} << 20;

  /// Rounds the capacity up to a power of two (at least 16). Memory follows use, 13 bytes a sample.
  explicit Series(std::size_t capacity = kDefaultCapacity);

  /// `seconds` must not go backwards. A NaN value is a gap in the line.
  void append(double seconds, float value);
  void append(double seconds, double value) { append(seconds, static_cast<float>(value)); }
  void clear();

  bool empty() const { return end_ == 0; }
  /// Samples have absolute indices [first(), last()); a forgotten one is never reused.
  std::uint64_t first() const { return end_ > capacity_ ? end_ - capacity_ : 0; }
  std::uint64_t last() const { return end_; }
  std::size_t size() const { return static_cast<std::size_t>(last() - first()); }
  double time(std::uint64_t index) const { return times_[index & mask_]; }
  float value(std::uint64_t index) const { return values_[index & mask_]; }
  double latest_time() const { return time(end_ - 1); }   // Requires: not empty.
  float latest_value() const { return value(end_ - 1); }  // Requires: not empty.

  /// First index whose time is >= seconds, or last(). Gallops from `hint`: O(log distance).
  std::uint64_t lower_bound(double seconds, std::uint64_t hint) const;
  std::uint64_t lower_bound(double seconds) const { return lower_bound(seconds, first()); }

  /// The value in force at that time, as a step line draws it; NaN before the first sample.
  float value_at(double seconds) const;

  /// Exact extremes of the samples [begin, end). Requires: first() <= begin, end <= last().
  Extremes extremes(std::uint64_t begin, std::uint64_t end) const;

  /// Differs between any two series ever made and changes on clear(): caches of what was computed
  /// from a series are filed under it, so a reused address cannot serve a dead series' columns.
  std::uint64_t identity() const { return identity_; }

 private:
  void grow();
  Extremes scan(std::uint64_t begin, std::uint64_t end) const;

  std::uint64_t capacity_;   // the limit
  std::uint64_t allocated_;  // power of two <= capacity_
  std::uint64_t mask_;
  std::uint64_t end_ = 0;
  std::uint64_t identity_;
  std::vector<double> times_;
  std::vector<float> values_;
  std::vector<std::vector<Extremes>> levels_;  // levels_[k]: blocks of 16^(k+1) samples
};

}  // namespace lab::gui::plot
