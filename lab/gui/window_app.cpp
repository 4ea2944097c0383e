#include "lab/gui/window_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "lab/gui/frame_pacer.h"
#include "lab/gui/gl_window.h"
#include "lab/gui/layout.h"
#include "lab/gui/screenshot.h"
#include "lab/gui/shortcuts.h"
#include "lab/gui/ui.h"

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
        theme_(options.light ? light_theme() : dark_theme()),
        fonts_(load_fonts(window_.desktop_scale())),
        plots_(theme_, fonts_),
        started_(now_s()) {
    view_.dark = !options.light;
    cost_.software = window_.software();
    apply_style(theme_, fonts_.scale);
    if (tags_.on()) {
      plots_.report_rectangles(
          [this](std::string_view name, ImVec2 min, ImVec2 max) { tags_.box(name, min, max); });
    }
    shelf_ = read_shelf();
    Ui ui = make_ui();
    if (!options.scenario_path.empty()) ui.open_scenario(options.scenario_path);
    if (options.autorun && bench_.has_scenario()) ui.run_or_stop();
  }

  int run() {
    while (!window_.close_requested() && !over_) {
      const double now = now_s();
      const double until_poll = bench_.running() ? next_poll_ - now : FramePacer::kIdleWait;
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
  Ui make_ui() {
    return {theme_, fonts_, plots_, time_,          backdrop_, tags_,
            bench_, view_,  shelf_, heat_textures_, cost_};
  }

  void take_events() {
    if (window_.take_activity()) pacer_.want(kFramesPerInput);
    for (const std::string& path : window_.take_drops()) make_ui().open_scenario(path);
  }

  void poll() {
    const double now = now_s();
    if (!bench_.running() || now < next_poll_) return;
    next_poll_ = now + (window_.software() ? kPollSoftware : kPollGpu);
    if (bench_.poll()) pacer_.want(1);
    // The end of a run brings the exact figures; let everything settle on them.
    if (!bench_.running()) pacer_.want(kFramesPerInput);
  }

  /// Theme and scale change between frames only: plots and ImGui hold on to both within one.
  void follow_view() {
    const float scale = window_.desktop_scale() * view_.zoom;
    const bool rescaled = scale != fonts_.scale;
    if (rescaled) {
      fonts_ = load_fonts(scale);
      window_.reload_fonts();
    }
    if (rescaled || view_.dark != theme_.dark) {
      theme_ = view_.dark ? dark_theme() : light_theme();
      apply_style(theme_, fonts_.scale);
      pacer_.want(kFramesPerInput);
    }
  }

  void draw_frame() {
    follow_view();
    const double begin = now_s();
    view_.seconds = begin;
    view_.wake_at = 0;
    pacer_.set_measuring(bench_.running());
    const bool more = window_.begin_frame();
    tags_.begin_frame();
    plots_.begin_frame();
    time_.begin_frame(0, data_end(), bench_.planned_s());
    Ui ui = make_ui();
    apply_shortcuts(ui, window_.input());
    draw_window(ui);
    const double built = now_s();
    window_.render(theme_.background);
    check_exit(built);
    window_.present();
    const double shown = now_s();
    report_state();
    keep_cost(built - begin, shown - built, shown);
    if (more || plots_.animating()) pacer_.want(1);
    if (view_.wake_at > 0) pacer_.want_at(view_.wake_at);
    if (view_.toast.until > begin) pacer_.want_at(view_.toast.until);
    if (options_.exit_after_s > 0) pacer_.want_at(started_ + options_.exit_after_s);
    if (waits_to_settle() && settled_since_) pacer_.want_at(*settled_since_ + kSettle);
  }

  double data_end() const {
    // A window of some seconds follows the pool being served, not the longest that ever ran.
    if (const auto serving = bench_.serving(); serving && kWindowSeconds[view_.window] > 0) {
      return bench_.tracks()[*serving].end_s();
    }
    double end = 0;
    for (const PoolTrack& track : bench_.tracks()) end = std::max(end, track.end_s());
    return end;
  }

  bool waits_to_settle() const {
    return options_.exit_after_s <= 0 && !options_.screenshot_path.empty();
  }

  /// Takes the screenshot from the frame just rendered when it is time to leave.
  void check_exit(double now) {
    bool leave = options_.exit_after_s > 0 && now >= started_ + options_.exit_after_s;
    if (waits_to_settle()) {
      if (bench_.running()) {
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

  void report_state() {
    if (!tags_.on()) return;
    const SessionProgress& progress = bench_.progress();
    tags_.state("run", run_state_name(bench_.state()));
    tags_.state("scenario", bench_.has_scenario() ? bench_.scenario().name : "");
    tags_.state("welcome", view_.welcome ? "yes" : "no");
    tags_.state("tab", kTabNames[static_cast<std::size_t>(view_.tab)]);
    tags_.state("theme", theme_.dark ? "dark" : "light");
    tags_.state("live", time_.live() ? "yes" : "no");
    tags_.state("window", kWindowNames[view_.window]);
    tags_.state("percentile", kPercentileNames[view_.percentile]);
    tags_.state("problems", fmt::format("{}", bench_.problems().size()));
    tags_.state("help", view_.help ? "yes" : "no");
    tags_.state("selection", time_.selection() ? "yes" : "no");
    tags_.state("pool", fmt::format("{}/{}", progress.pool, bench_.run_order().size()));
    tags_.state("result", bench_.result() != nullptr ? "yes" : "no");
    tags_.state("exported", view_.exported);
    tags_.state("toast", now_s() < view_.toast.until ? view_.toast.text : "");
    if (view_.selected < bench_.tracks().size()) {
      tags_.state("selected", bench_.tracks()[view_.selected].id());
      tags_.state("baseline", bench_.tracks()[view_.baseline].id());
    }
    tags_.write();
  }

  void keep_cost(double build, double draw, double now) {
    // A slow average: the figures are to be read, not to flicker.
    constexpr double kNew = 0.1;
    cost_.build_ms += (build * 1e3 - cost_.build_ms) * (cost_.build_ms > 0 ? kNew : 1);
    cost_.draw_ms += (draw * 1e3 - cost_.draw_ms) * (cost_.draw_ms > 0 ? kNew : 1);
    frame_times_.push_back(now);
    const auto old = std::find_if(frame_times_.begin(), frame_times_.end(),
                                  [now](double t) { return t > now - 1; });
    frame_times_.erase(frame_times_.begin(), old);
    cost_.frames_per_s = static_cast<double>(frame_times_.size());
  }

  const WindowOptions& options_;
  GlWindow window_;
  FramePacer pacer_;
  Tags tags_;
  Theme theme_;
  Fonts fonts_;
  plot::Plots plots_;
  plot::LinkedX time_;
  Backdrop backdrop_;
  Workbench bench_;
  View view_;
  std::vector<ShelfEntry> shelf_;
  std::vector<std::unique_ptr<plot::HeatTexture>> heat_textures_;
  FrameCost cost_;
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
