// Decides when the window draws: only when something asked for it, and never more often than the
// renderer can afford without disturbing the measurement. No clock of its own: times are seconds on
// any steady clock.
#pragma once

#include <algorithm>

namespace lab::gui {

class FramePacer {
 public:
  static constexpr double kGpuFrame = 1.0 / 60;
  static constexpr double kSoftwareFrame = 1.0 / 30;
  /// Software rendering takes the very cores that are measured: enough to see that it goes on.
  static constexpr double kSoftwareFrameMeasuring = 1.0 / 4;
  static constexpr double kIdleWait = 0.5;

  explicit FramePacer(bool software) : software_(software) {}

  void set_measuring(bool measuring) { measuring_ = measuring; }

  /// Draw at least this many more frames. Input wants a few: ImGui settles hovering, popups and
  /// sizes over two or three frames.
  void want(int frames) { wanted_ = std::max(wanted_, frames); }
  /// Draw once more at that time (a message fades, new data is due).
  void want_at(double when) { alarm_ = std::min(alarm_, when); }
  /// Nothing is wanted any more.
  void rest() {
    wanted_ = 0;
    alarm_ = kNever;
  }

  double frame_interval() const {
    if (!software_) return kGpuFrame;
    return measuring_ ? kSoftwareFrameMeasuring : kSoftwareFrame;
  }

  /// Whether to draw now; if so, counts the frame as drawn.
  bool due(double now) {
    if (now >= alarm_) {
      alarm_ = kNever;
      want(1);
    }
    if (wanted_ == 0 || now < last_ + frame_interval()) return false;
    --wanted_;
    last_ = now;
    return true;
  }

  /// How long to wait for events before asking due() again, 0: not at all.
  double wait(double now) const {
    if (wanted_ > 0) return std::max(0.0, last_ + frame_interval() - now);
    return std::clamp(alarm_ - now, 0.0, kIdleWait);
  }

 private:
  static constexpr double kNever = 1e300;

  bool software_;
  bool measuring_ = false;
  int wanted_ = 3;
  double last_ = -1e9;
  double alarm_ = kNever;
};

}  // namespace lab::gui
