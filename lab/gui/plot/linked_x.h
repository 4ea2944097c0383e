// One time axis shared by several plots: the visible range, following live data, the hovered time,
// the selection, and what the mouse gestures mean. Knows no drawing and no ImGui; gestures.cpp
// feeds it from the mouse, the window's keys call it too. GUI thread only.
//   drag selects | double-click in the selection zooms to it, elsewhere returns to live
//   (in one that is zoomed to already: returns to live as well; the selection stays until cleared)
//   wheel zooms (about the cursor; while live data comes in, the end stays) | right-drag pans
#pragma once

#include <optional>

namespace lab::gui::plot {

struct TimeRange {
  double begin = 0, end = 0;
  double span() const { return end - begin; }
  bool contains(double t) const { return begin <= t && t <= end; }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

class LinkedX {
 public:
  /// Once a frame before the plots: what data there is, in seconds. `planned_end` is where the run
  /// will end if that is known, else 0; it keeps "whole run" from rescaling while the run goes on.
  /// `growing`: there is more to come, so following means something.
  void begin_frame(double data_begin, double data_end, double planned_end = 0, bool growing = true);

  TimeRange range() const { return range_; }
  TimeRange data() const { return data_; }  // what begin_frame() was told

  // Following.
  bool live() const { return live_; }
  void follow(double window_seconds);  // live, the last so many seconds; 0 is the whole run
  void follow_all() { follow(0); }
  void set_live(bool live);  // live again with the window last followed, or held where it is
  double window() const { return asked_window_; }  // what follow() was last given

  // Moving about; all of these hold the range except zooming while live.
  void show(TimeRange range);
  void zoom(double factor, double about);  // factor < 1 shows less time
  void pan(double seconds);

  // Hover, from the plot under the mouse or set by a test; lasts until the next frame.
  std::optional<double> hover() const { return hover_; }
  void hover_at(double t) { hover_next_ = hover_ = t; }
  /// The hovered time moved after some plots of this frame were drawn: draw another frame.
  bool hover_moved() const { return hover_ != hover_at_start_ || hover_ != hover_next_; }

  // Selection, always begin < end.
  std::optional<TimeRange> selection() const { return selection_; }
  void select(double a, double b);
  void clear_selection() { selection_.reset(); }
  bool zoom_to_selection();  // false: there is none

  // Gestures, in the axis' own time.
  void drag_begin(double t);
  void drag_to(double t);
  void drag_end();
  bool dragging() const { return drag_from_.has_value(); }
  void double_click(double t);

 private:
  void update_live();
  /// At least as long as can be shown, about its middle.
  static TimeRange showable(TimeRange range);
  double whole_end() const;

  TimeRange range_{0, 60};
  TimeRange data_{0, 0};
  double planned_end_ = 0;
  bool growing_ = true;
  bool live_ = true;
  double asked_window_ = 0;  // seconds to follow, 0 is the whole run
  double window_ = 0;        // the same after zooming while live
  std::optional<double> hover_, hover_next_, hover_at_start_;
  std::optional<TimeRange> selection_;
  std::optional<double> drag_from_;  // while it is set the range stands still
};

}  // namespace lab::gui::plot
