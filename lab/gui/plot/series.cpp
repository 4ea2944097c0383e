#include "lab/gui/plot/series.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>

namespace lab::gui::plot {

namespace {

constexpr std::uint64_t kBranch = 16;
constexpr std::uint64_t kFirstAllocation = 1024;

std::uint64_t next_identity() {
  static std::atomic<std::uint64_t> last{0};
  return 1 + last.fetch_add(1, std::memory_order_relaxed);
}

// Eight lanes, so that the compiler can use vector minimum and maximum.
Extremes scan_contiguous(const float* values, std::size_t count) {
  constexpr std::size_t kLanes = 8;
  float low[kLanes];
  float high[kLanes];
  std::fill_n(low, kLanes, std::numeric_limits<float>::infinity());
  std::fill_n(high, kLanes, -std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = values[i + lane];
      low[lane] = value < low[lane] ? value : low[lane];
      high[lane] = value > high[lane] ? value : high[lane];
    }
  }
  Extremes all;
  for (std::size_t lane = 0; lane < kLanes; ++lane) all.add(Extremes{low[lane], high[lane]});
  for (; i < count; ++i) all.add(values[i]);
  return all;
}

}  // namespace

Series::Series(std::size_t capacity)
    : capacity_(std::bit_ceil(std::max<std::uint64_t>(capacity, kBranch))),
      allocated_(std::min(capacity_, kFirstAllocation)),
      mask_(allocated_ - 1),
      identity_(next_identity()),
      times_(allocated_),
      values_(allocated_) {
  for (std::uint64_t blocks = allocated_ / kBranch; blocks >= 1; blocks /= kBranch) {
    levels_.emplace_back(blocks);
  }
}

void Series::clear() {
  end_ = 0;  // append() resets each block as it enters it
  identity_ = next_identity();
}

// Only ever called before the ring first wraps, when indices and slots are still the same.
void Series::grow() {
  allocated_ *= 2;
  mask_ = allocated_ - 1;
  times_.resize(allocated_);
  values_.resize(allocated_);
  std::uint64_t blocks = allocated_;
  for (auto& level : levels_) level.resize(blocks /= kBranch);
  if (blocks / kBranch >= 1) {  // a new top level: one block over all there is so far
    Extremes all;
    for (const Extremes& block : levels_.back()) all.add(block);
    levels_.emplace_back(blocks / kBranch, all);
  }
}

void Series::append(double seconds, float value) {
  assert(end_ == 0 || seconds >= latest_time());
  if (end_ == allocated_ && allocated_ < capacity_) grow();
  times_[end_ & mask_] = seconds;
  values_[end_ & mask_] = value;
  std::uint64_t block = end_;
  std::uint64_t block_size = 1;
  for (auto& level : levels_) {
    block /= kBranch;
    block_size *= kBranch;
    Extremes& extremes = level[block & (level.size() - 1)];
    if (end_ % block_size == 0) extremes = Extremes{};
    extremes.add(value);
  }
  ++end_;
}

std::uint64_t Series::lower_bound(double seconds, std::uint64_t hint) const {
  std::uint64_t low = first();
  std::uint64_t high = end_;
  hint = std::clamp(hint, low, high);
  std::uint64_t stride = 1;
  if (hint < high && time(hint) < seconds) {
    low = hint + 1;
    while (low - 1 + stride < high && time(low - 1 + stride) < seconds) {
      low += stride;
      stride *= 2;
    }
    high = std::min(high, low - 1 + stride);
  } else {
    high = hint;
    while (high - low >= stride && time(high - stride) >= seconds) {
      high -= stride;
      stride *= 2;
    }
    if (high - low >= stride) low = high - stride + 1;
  }
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (time(middle) < seconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

float Series::value_at(double seconds) const {
  std::uint64_t index = lower_bound(seconds);
  if (index < end_ && time(index) == seconds) return value(index);
  return index > first() ? value(index - 1) : std::numeric_limits<float>::quiet_NaN();
}

Extremes Series::scan(std::uint64_t begin, std::uint64_t end) const {
  Extremes all;
  while (begin < end) {
    const std::uint64_t slot = begin & mask_;
    const std::uint64_t count = std::min(end - begin, allocated_ - slot);
    all.add(scan_contiguous(&values_[slot], count));
    begin += count;
  }
  return all;
}

// Blocks are used only when they lie wholly within the range, so neither a block that is still
// being filled nor one the ring has begun to overwrite is ever read.
Extremes Series::extremes(std::uint64_t begin, std::uint64_t end) const {
  assert(first() <= begin && end <= end_);
  constexpr std::uint64_t kShort = 4 * kBranch;  // guess: below this a scan beats the tree
  if (end <= begin) return {};
  if (end - begin <= kShort) return scan(begin, end);
  const std::uint64_t aligned = (begin + kBranch - 1) / kBranch * kBranch;
  const std::uint64_t tail = end / kBranch * kBranch;
  Extremes all = scan(begin, aligned);
  all.add(scan(tail, end));
  for (std::uint64_t at = aligned; at < tail;) {
    std::size_t level = 0;
    std::uint64_t size = kBranch;
    while (level + 1 < levels_.size() && at % (size * kBranch) == 0 &&
           at + size * kBranch <= tail) {
      size *= kBranch;
      ++level;
    }
    all.add(levels_[level][(at / size) & (levels_[level].size() - 1)]);
    at += size;
  }
  return all;
}

}  // namespace lab::gui::plot
