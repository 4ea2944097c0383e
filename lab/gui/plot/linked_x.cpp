#include "lab/gui/plot/linked_x.h"

#include <algorithm>

#include "lab/gui/plot/ticks.h"

namespace lab::gui::plot {

namespace {

constexpr double kLeastSpan = 0.05;   // seconds; a guess at the finest sampling step
constexpr double kLeastWhole = 10.0;  // a run that has just begun shows this much
constexpr double kKeepInView = 0.1;   // of the span, when panning past the ends

}  // namespace

// Where "the whole run" ends. While nobody knows how long it will be, the end moves in wide steps,
// so that the plots do not rescale on every sample.
double LinkedX::whole_end() const {
  if (planned_end_ > data_.begin) return std::max(planned_end_, data_.end);
  const double span = data_.span();
  if (span <= kLeastWhole) return data_.begin + kLeastWhole;
  return data_.begin + std::max(span, nice_step(Unit::Seconds, span / 6) * 6);
}

void LinkedX::begin_frame(double data_begin, double data_end, double planned_end, bool growing) {
  growing_ = growing;
  data_ = {data_begin, std::max(data_begin, data_end)};
  planned_end_ = planned_end;
  hover_ = hover_at_start_ = hover_next_;
  hover_next_.reset();
  update_live();
}

void LinkedX::update_live() {
  if (!live_ || drag_from_) return;
  if (window_ <= 0) {
    range_ = {data_.begin, whole_end()};
  } else {
    const double end = std::max(data_.end, data_.begin + window_);
    range_ = {end - window_, end};
  }
}

void LinkedX::follow(double window_seconds) {
  asked_window_ = window_ = std::max(0.0, window_seconds);
  live_ = true;
  update_live();
}

void LinkedX::set_live(bool live) {
  if (live && !live_) window_ = asked_window_;
  live_ = live;
  update_live();
}

TimeRange LinkedX::showable(TimeRange range) {
  if (range.end < range.begin) std::swap(range.begin, range.end);
  if (range.span() >= kLeastSpan) return range;
  const double middle = (range.begin + range.end) / 2;
  return {middle - kLeastSpan / 2, middle + kLeastSpan / 2};
}

void LinkedX::show(TimeRange range) {
  live_ = false;
  range_ = showable(range);
}

void LinkedX::zoom(double factor, double about) {
  const double whole = whole_end() - data_.begin;
  const double span = std::clamp(range_.span() * factor, kLeastSpan, whole * 1.2);
  if (live_ && growing_) {
    window_ = span >= whole ? 0 : span;
    update_live();
    return;
  }
  if (!growing_ && span >= whole) {
    // All of it again: nothing lies beyond.
    live_ = true;
    window_ = 0;
    update_live();
    return;
  }
  const double part = (about - range_.begin) / range_.span();
  const double begin = about - part * span;
  live_ = false;
  range_ = {begin, begin + span};
}

void LinkedX::pan(double seconds) {
  if (seconds == 0) return;
  const double span = range_.span();
  const double least = data_.begin - span * (1 - kKeepInView);
  const double most = std::max(least, whole_end() - span * kKeepInView);
  const double begin = std::clamp(range_.begin + seconds, least, most);
  live_ = false;
  range_ = {begin, begin + span};
}

void LinkedX::select(double a, double b) {
  if (a == b) {
    selection_.reset();
  } else {
    selection_ = TimeRange{std::min(a, b), std::max(a, b)};
  }
}

bool LinkedX::zoom_to_selection() {
  if (!selection_) return false;
  show(*selection_);
  return true;
}

void LinkedX::drag_begin(double t) { drag_from_ = t; }

void LinkedX::drag_to(double t) {
  if (drag_from_) select(*drag_from_, std::clamp(t, range_.begin, range_.end));
}

void LinkedX::drag_end() {
  drag_from_.reset();
  update_live();
}

void LinkedX::double_click(double t) {
  drag_from_.reset();
  if (selection_ && selection_->contains(t)) {
    if (live_ || range_ != showable(*selection_)) {
      zoom_to_selection();
      return;
    }
  } else {
    selection_.reset();
  }
  window_ = asked_window_;
  live_ = true;
  update_live();
}

}  // namespace lab::gui::plot
