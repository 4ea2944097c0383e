#include "lab/gui/window_app.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "lab/gui/frame_pacer.h"
#include "lab/gui/gl_window.h"
#include "lab/gui/screenshot.h"
#include "lab/gui/window_content.h"

namespace lab::gui {

namespace {

constexpr int kExitUnusable = 2;
constexpr int kExitNotWritten = 3;
constexpr double kPollGpu = 1.0 / 20;
constexpr double kPollSoftware = 1.0 / 10;
constexpr int kFramesPerInput = 3;
/// With a screenshot to take and nothing to wait for: long enough for eased axes to come to rest.
constexpr double kSettle = 1.0;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class App {
 public:
  explicit App(const WindowOptions& options)
      : options_(options),
        window_("poollab", options.width, options.height),
        pacer_(window_.software()),
        tags_(options.tags_path),
        content_({.scale = window_.desktop_scale(), .dark = !options.light}, tags_),
        started_(now_s()) {
    content_.cost().software = window_.software();
    if (!options.scenario_path.empty()) content_.open(options.scenario_path);
    if (options.autorun && bench().has_scenario()) content_.run();
  }

  int run() {
    while (!window_.close_requested() && !over_) {
      const double now = now_s();
      const double until_poll = bench().running() ? next_poll_ - now : FramePacer::kIdleWait;
      window_.wait_events(std::max(0.0, std::min(pacer_.wait(now), until_poll)));
      take_events();
      poll();
      if (pacer_.due(now_s())) draw_frame();
    }
    if (!options_.screenshot_path.empty() && !picture_written_) {
      std::fprintf(stderr, "poollab: cannot write the screenshot to %s\n",
                   options_.screenshot_path.c_str());
      return kExitNotWritten;
    }
    return 0;
  }

 private:
  Workbench& bench() { return content_.bench(); }

  void take_events() {
    if (window_.take_activity()) pacer_.want(kFramesPerInput);
    for (const std::string& path : window_.take_drops()) content_.open(path);
  }

  void poll() {
    const double now = now_s();
    if (!bench().running() || now < next_poll_) return;
    next_poll_ = now + (window_.software() ? kPollSoftware : kPollGpu);
    if (bench().poll()) pacer_.want(1);
    // The end of a run brings the exact figures; let everything settle on them.
    if (!bench().running()) pacer_.want(kFramesPerInput);
  }

  void draw_frame() {
    if (content_.follow_choices(window_.desktop_scale())) window_.reload_fonts();
    if (content_.restyled()) pacer_.want(kFramesPerInput);
    const double begin = now_s();
    pacer_.set_measuring(bench().running());
    const bool more = window_.begin_frame();
    content_.draw(window_.input(), begin);
    const double built = now_s();
    window_.render(content_.theme().background);
    check_exit(built);
    window_.present();
    const double shown = now_s();
    content_.report_state(shown);
    keep_cost(built - begin, shown - built, shown);
    const View& view = content_.view();
    if (more || content_.animating()) pacer_.want(1);
    if (view.wake_at > 0) pacer_.want_at(view.wake_at);
    if (view.toast.until > begin) pacer_.want_at(view.toast.until);
    if (options_.exit_after_s > 0) pacer_.want_at(started_ + options_.exit_after_s);
    if (waits_to_settle() && settled_since_) pacer_.want_at(*settled_since_ + kSettle);
  }

  bool waits_to_settle() const {
    return options_.exit_after_s <= 0 && !options_.screenshot_path.empty();
  }

  /// Takes the screenshot from the frame just rendered when it is time to leave.
  void check_exit(double now) {
    bool leave = options_.exit_after_s > 0 && now >= started_ + options_.exit_after_s;
    if (waits_to_settle()) {
      if (bench().running()) {
        settled_since_.reset();
      } else if (!settled_since_) {
        settled_since_ = now;
      }
      leave = settled_since_ && now >= *settled_since_ + kSettle;
    }
    if (!leave && !window_.close_requested()) return;
    over_ = true;
    if (!options_.screenshot_path.empty()) {
      picture_written_ =
          write_screenshot(options_.screenshot_path, window_.pixel_width(), window_.pixel_height());
    }
  }

  void keep_cost(double build, double draw, double now) {
    // A slow average: the figures are to be read, not to flicker.
    constexpr double kNew = 0.1;
    FrameCost& cost = content_.cost();
    cost.build_ms += (build * 1e3 - cost.build_ms) * (cost.build_ms > 0 ? kNew : 1);
    cost.draw_ms += (draw * 1e3 - cost.draw_ms) * (cost.draw_ms > 0 ? kNew : 1);
    frame_times_.push_back(now);
    const auto old = std::find_if(frame_times_.begin(), frame_times_.end(),
                                  [now](double t) { return t > now - 1; });
    frame_times_.erase(frame_times_.begin(), old);
    cost.frames_per_s = static_cast<double>(frame_times_.size());
  }

  const WindowOptions& options_;
  GlWindow window_;
  FramePacer pacer_;
  Tags tags_;
  WindowContent content_;
  std::vector<double> frame_times_;
  double started_;
  double next_poll_ = 0;
  std::optional<double> settled_since_;
  bool over_ = false;
  bool picture_written_ = false;
};

}  // namespace

int run_window(const WindowOptions& options) {
  try {
    return App(options).run();
  } catch (const WindowError& error) {
    std::fprintf(stderr, "poollab: %s\n", error.what());
    return kExitUnusable;
  }
}

}  // namespace lab::gui
