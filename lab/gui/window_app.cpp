#include "lab/gui/window_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lab/gui/drawing_threads.h"
#include "lab/gui/frame_pacer.h"
#include "lab/gui/gl_window.h"
#include "lab/gui/intermission.h"
#include "lab/gui/kept_results.h"
#include "lab/gui/lost_display.h"
#include "lab/gui/screenshot.h"
#include "lab/gui/settings.h"
#include "lab/gui/window_content.h"
#include "pools/thread_name.h"

namespace lab::gui {

namespace {

constexpr int kExitUnusable = 2;
constexpr int kExitNotWritten = 3;
constexpr double kPollGpu = 1.0 / 20;
constexpr double kPollSoftware = FramePacer::kSoftwareFrameMeasuring;
/// How often a window that stands still looks how far the run is, for its title; and where a trial
/// is about to begin or to end.
constexpr double kPollStill = 1.0;
constexpr double kPollBetweenTrials = 0.1;
/// Before each trial of a window that will stand still: eased ranges come to rest in the second.
constexpr int kFramesBeforeTrial = 2;
constexpr int kFramesPerInput = 3;
constexpr const char* kTitle = "poollab";
/// With a screenshot to take and nothing to wait for: long enough for eased axes to come to rest.
constexpr double kSettle = 1.0;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What is left to do when the display goes away in the midst of a call into it.
std::function<void()> on_display_lost;

class App {
 public:
  explicit App(const WindowOptions& options)
      : options_(options),
        settings_path_(settings_path()),
        settings_(read_settings(settings_path_)),
        window_(kTitle, options.width, options.height),
        pacer_(window_.software()),
        tags_(options.tags_path),
        content_({.scale = window_.desktop_scale(),
                  .dark = dark(),
                  .zoom = settings_.zoom,
                  .still = options.still,
                  .hooks = hooks()},
                 tags_),
        started_(now_s()) {
    content_.cost().software = window_.software();
    if (!options.scenario_path.empty()) content_.open(options.scenario_path, options.overrides);
    document().include_only(options.pools);
    if (options.autorun && document().has_scenario() && !document().load_failed()) content_.run();
    on_display_lost = [this] { leave_without_display(); };
    watch_for_lost_display([] { on_display_lost(); });
  }
  ~App() {
    on_display_lost = [] { std::_Exit(kExitNotWritten); };
  }
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  int run() {
    while (!over_) {
      const double now = now_s();
      const double until_poll = document().running() ? next_poll_ - now : FramePacer::kIdleWait;
      pacer_.set_measuring(document().running() && !intermission_.waited_for());
      window_.wait_events(std::max(0.0, std::min(pacer_.wait(now), until_poll)));
      if (stands_still()) {
        rest();
      } else {
        take_events();
        poll();
      }
      follow_wishes_to_leave();
      if (!over_ && pacer_.due(now_s())) draw_frame();
    }
    remember();
    if (takes_picture() && !picture_written_ && status_ == 0) {
      std::fprintf(stderr, "poollab: cannot write the screenshot to %s\n",
                   options_.screenshot_path.c_str());
      status_ = kExitNotWritten;
    }
    // A pool that hangs still uses what would now be destroyed.
    if (document().progress().failure == Failure::Hang) std::_Exit(status_);
    return status_;
  }

 private:
  Document& document() { return content_.document(); }

  SessionHooks hooks() {
    return {.start =
                [this](Session& session) {
                  intermission_.set_open(content_.view().still);
                  next_poll_ = 0;
                  threads_.stand_back();
                  try {
                    threads_.run_ordinary([&session] { session.start(); });
                  } catch (...) {  // no thread to be had: nothing is measured
                    threads_.come_forward();
                    throw;
                  }
                },
            .before_trial =
                [this](const std::stop_token& stop) { intermission_.wait_for_frame(stop); }};
  }

  /// A trial is measured, and nothing is to be drawn meanwhile.
  bool stands_still() {
    return document().running() && content_.view().still && !intermission_.waited_for() &&
           !leaving_ && !time_is_up(now_s());
  }

  /// One turn of a window that stands still.
  void rest() {
    const double now = now_s();
    const bool exposed = window_.take_exposure();
    pacer_.rest();
    if (window_.input().press_waiting() || window_.close_requested()) {
      content_.draw_again(now);
      window_.set_title(kTitle);
      pacer_.want(kFramesPerInput);
    } else {
      if (exposed) pacer_.want(1);  // or there would be no picture
      if (options_.exit_after_s > 0) pacer_.want_at(started_ + options_.exit_after_s);
    }
    // It was meant for a picture that is old by now.
    window_.input().forget();
    if (now < next_poll_) return;
    const SessionProgress seen = document().look();
    const double left = seen.trial_s > 0 ? seen.trial_total_s - seen.trial_s : 0;
    next_poll_ = now + std::clamp(left, kPollBetweenTrials, kPollStill);
    if (seen.state > SessionState::Running) {
      content_.poll();
      take_end();
    } else if (content_.view().still) {
      window_.set_title(
          fmt::format("{:.0f} % measured: {} \u2013 {}", 100 * seen.share, seen.title, kTitle));
    }
  }

  bool dark() const {
    if (options_.theme == WindowOptions::Theme::AsLeft) return settings_.dark;
    return options_.theme == WindowOptions::Theme::Dark;
  }

  /// Stores what the user changed; what the command line asked for is not remembered.
  void remember() {
    const View& view = content_.view();
    Settings now = settings_;
    if (view.look.dark != dark()) now.dark = view.look.dark;
    now.zoom = view.look.zoom;
    if (now != settings_) write_settings(settings_path_, now);
  }

  void take_events() {
    if (window_.take_activity()) pacer_.want(kFramesPerInput);
    for (const std::string& path : window_.take_drops()) content_.open(path);
  }

  void poll() {
    const double now = now_s();
    if (!document().running() || (now < next_poll_ && !intermission_.waited_for())) return;
    next_poll_ = now + (window_.software() ? kPollSoftware : kPollGpu);
    if (!intermission_.waited_for()) {
      frames_before_trial_ = 0;
    } else if (frames_before_trial_ == 0) {
      frames_before_trial_ = kFramesBeforeTrial;
    }
    pacer_.want(frames_before_trial_);
    if (content_.poll()) pacer_.want(1);
    if (!document().running()) take_end();
  }

  void take_end() {
    window_.set_title(kTitle);
    threads_.come_forward();
    // The end of a run brings the exact figures; let everything settle on them.
    pacer_.want(kFramesPerInput);
    if (options_.keep && !save_with(options_.keep)) status_ = kExitNotWritten;
  }

  /// Writes what is not saved yet. False, and the reason is shown: it could not be written.
  bool save_with(const std::function<std::string(const results::RunResult&)>& write) {
    std::string wrote;
    try {
      document().save_unsaved(
          [&](const results::RunResult& result) { return wrote = write(result); });
    } catch (const std::exception& error) {
      std::fprintf(stderr, "poollab: %s\n", error.what());
      content_.say(error.what(), true);
      return false;
    }
    if (!wrote.empty()) content_.say("Kept in " + wrote);
    return true;
  }

  /// The same where nobody looks any more.
  void rescue() {
    try {
      document().save_unsaved([](const results::RunResult& result) {
        std::string path = keep_in(rescue_folder(), result);
        std::fprintf(stderr, "poollab: kept what was measured in %s\n", path.c_str());
        return path;
      });
    } catch (const std::exception& error) {
      std::fprintf(stderr, "poollab: %s\n", error.what());
      status_ = kExitNotWritten;
    }
  }

  void follow_wishes_to_leave() {
    if (const int signal = options_.signal(); signal != 0) {
      status_ = 128 + signal;
      end_run_and([this] { rescue(); });
      return;
    }
    if (window_.close_requested()) {
      if (content_.may_close()) {
        over_ = !takes_picture() || picture_written_;
        leaving_ = true;
        pacer_.want(1);
      } else {
        window_.withdraw_close();
        pacer_.want(kFramesPerInput);
      }
    }
    switch (content_.view().close_box.leave) {
      case Leave::No:
        break;
      case Leave::Now:
        over_ = true;
        break;
      case Leave::AfterSaving:
        end_run_and([this] {
          if (save_with([](const results::RunResult& result) { return keep_in("", result); }))
            return;
          over_ = false;
          content_.stay();
          pacer_.want(kFramesPerInput);
        });
        break;
    }
  }

  /// Stops what runs; when it has stopped, keeps it and leaves.
  template <typename Keep>
  void end_run_and(Keep keep) {
    if (document().running()) {
      document().stop();
      return;
    }
    over_ = true;
    keep();
  }

  [[noreturn]] void leave_without_display() {
    status_ = kExitNotWritten;
    std::fprintf(stderr, "poollab: the display went away\n");
    document().finish_now();
    if (options_.keep) save_with(options_.keep);
    rescue();
    remember();
    // Nothing that belongs to the display may be touched any more.
    std::_Exit(status_);
  }

  void draw_frame() {
    if (content_.follow_choices(window_.desktop_scale())) window_.reload_fonts();
    if (content_.restyled()) pacer_.want(kFramesPerInput);
    const double begin = now_s();
    const bool more = window_.begin_frame();
    content_.draw(window_.input(), begin);
    intermission_.set_open(content_.view().still);
    const double built = now_s();
    window_.render(content_.theme().background);
    check_exit(built);
    window_.present();
    document().note_frame();
    if (frames_before_trial_ > 0 && --frames_before_trial_ == 0) intermission_.close();
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

  bool time_is_up(double now) const {
    return options_.exit_after_s > 0 && now >= started_ + options_.exit_after_s;
  }

  bool takes_picture() const { return !options_.screenshot_path.empty(); }
  bool waits_to_settle() const {
    return options_.exit_after_s <= 0 && !options_.screenshot_path.empty();
  }

  /// Takes the screenshot from the frame just rendered when it is time to leave.
  void check_exit(double now) {
    bool leave = time_is_up(now);
    if (waits_to_settle()) {
      if (document().running()) {
        settled_since_.reset();
      } else if (!settled_since_) {
        settled_since_ = now;
      }
      leave = settled_since_ && now >= *settled_since_ + kSettle;
    }
    if (!leave && !leaving_) return;
    // Leaving by itself: nobody is there to be asked, and what was wanted was asked for.
    if (leave && document().running()) {
      document().finish_now();
      if (options_.keep && !save_with(options_.keep)) status_ = kExitNotWritten;
    }
    over_ = true;
    if (takes_picture()) {
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
  const std::string settings_path_;
  const Settings settings_;
  DrawingThreads threads_;  // before the window: it starts some
  GlWindow window_;
  FramePacer pacer_;
  Tags tags_;
  Intermission intermission_;  // before the content, whose session may wait in it
  WindowContent content_;
  std::vector<double> frame_times_;
  double started_;
  double next_poll_ = 0;
  std::optional<double> settled_since_;
  int status_ = 0;
  int frames_before_trial_ = 0;  // still to be drawn, then it begins
  bool over_ = false;
  bool leaving_ = false;  // after the next frame, which is the picture
  bool picture_written_ = false;
};

}  // namespace

int run_window(const WindowOptions& options) {
  // The process's main thread: GLFW wants no other. So `top` and `ps` call the process so as well.
  pools::name_this_thread("pl-draw");
  try {
    return App(options).run();
  } catch (const WindowError& error) {
    std::fprintf(stderr, "poollab: %s\n", error.what());
    return kExitUnusable;
  }
}

}  // namespace lab::gui
