#include "lab/gui/plot/columns.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lab::gui::plot {

namespace {

// A live window's span is computed anew each frame and differs in its last bits.
constexpr double kSameWidth = 1e-9;

double edge(double width, std::int64_t column) { return width * static_cast<double>(column); }

}  // namespace

void ColumnCache::start(const Series& series, double column_seconds, std::int64_t begin,
                        std::int64_t count) {
  width_ = column_seconds;
  identity_ = series.identity();
  begin_ = end_ = begin;
  next_ = series.lower_bound(edge(width_, begin));
  // Room to pan a screen to either side before anything is computed again.
  const auto room = std::bit_ceil(static_cast<std::size_t>(std::max<std::int64_t>(count, 1)) * 2);
  if (columns_.size() < room) columns_.assign(room, {});
}

void ColumnCache::extend_left(const Series& series, std::int64_t begin) {
  std::uint64_t from = series.lower_bound(edge(width_, begin));
  for (std::int64_t k = begin; k < begin_; ++k) {
    const std::uint64_t to = series.lower_bound(edge(width_, k + 1), from);
    columns_[slot(k)] = series.extremes(from, to);
    from = to;
    ++computed_;
  }
  begin_ = begin;
  const auto room = static_cast<std::int64_t>(columns_.size());
  if (end_ - begin_ > room) {
    end_ = begin_ + room;
    next_ = series.lower_bound(edge(width_, end_));
  }
}

void ColumnCache::extend_right(const Series& series, std::int64_t end) {
  std::uint64_t from = std::max(next_, series.first());
  std::uint64_t stride = 0;
  bool finished = true;
  for (std::int64_t k = end_; k < end; ++k) {
    if (from >= series.last()) {
      // Nothing yet from here on; but an empty column followed by samples is finished already.
      columns_[slot(k)] = {};
      finished = false;
      continue;
    }
    const std::uint64_t to = series.lower_bound(edge(width_, k + 1), from + stride);
    columns_[slot(k)] = series.extremes(from, to);
    ++computed_;
    // Samples may still arrive for the last column that has any.
    finished = finished && to < series.last();
    if (finished) {
      end_ = k + 1;
      next_ = to;
    }
    stride = to - from;
    from = to;
  }
  const auto room = static_cast<std::int64_t>(columns_.size());
  begin_ = std::max(begin_, end - room);
}

void ColumnCache::update(const Series& series, double column_seconds, std::int64_t begin,
                         std::int64_t end) {
  computed_ = 0;
  const bool same = identity_ == series.identity() &&
                    std::abs(width_ - column_seconds) <= kSameWidth * column_seconds;
  const bool fits = end - begin <= static_cast<std::int64_t>(columns_.size());
  // Left of a finished column all are finished; left of none there is nothing to build on.
  const bool apart = end < begin_ || begin > end_ || (begin < begin_ && begin_ == end_);
  if (!same || !fits || apart) {
    start(series, column_seconds, begin, end - begin);
  }
  if (series.first() > 0) {
    // The ring has forgotten samples: the column it stands in holds fewer than when it was made.
    const auto oldest =
        static_cast<std::int64_t>(std::floor(series.time(series.first()) / width_)) + 1;
    if (oldest > begin_) {
      begin_ = oldest;
      if (begin_ >= end_) start(series, width_, begin, end - begin);
    }
  }
  if (begin < begin_) extend_left(series, begin);
  extend_right(series, end);
}

}  // namespace lab::gui::plot
