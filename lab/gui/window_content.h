// Everything inside the window: what it works on, what the user chose, and how a frame of it is
// drawn. Knows Dear ImGui but neither the operating system's window nor when to draw, so tests run
// it without a display. GUI thread only, with an ImGui context.
#pragma once

#include <string>
#include <vector>

#include "lab/gui/heat_images.h"
#include "lab/gui/input_queue.h"
#include "lab/gui/ui.h"

namespace lab::gui {

class WindowContent {
 public:
  struct Start {
    float scale = 1;     ///< pixels per logical pixel, as the desktop asks for
    bool dark = true;    ///< theme
    float zoom = 1;      ///< the user's scale on top
    bool opengl = true;  ///< false: no context, nothing may be uploaded
    bool still = false;  ///< see View::still
    Document::Planner planner = &trial_source;
    SessionHooks hooks{};
  };
  WindowContent(const Start& start, Tags& tags);

  /// Theme and scale follow the user's choice between frames only: plots and ImGui hold on to both
  /// within one. True: the fonts were rebuilt and must be uploaded anew.
  bool follow_choices(float desktop_scale);
  /// The theme or the scale differs from the last frame's.
  bool restyled() const { return restyled_; }

  /// Takes what is new from the session. True: something to show.
  bool poll();
  /// The user wants to close the window. True: nothing would be lost; else the user is asked.
  bool may_close();

  /// One frame, between ImGui::NewFrame() and ImGui::Render(); `now` in seconds on a steady clock.
  void draw(const InputQueue& input, double now);
  /// What tests may wait for, as the last frame showed it.
  void report_state(double now);

  /// The verbs that do not come from inside a frame.
  bool open(const std::string& path, const std::vector<scenarios::Override>& overrides = {}) {
    return ui().open_scenario(path, overrides);
  }
  void run() { ui().run_or_stop(); }
  /// The user has asked a window that stands still to draw.
  void draw_again(double now);
  void say(std::string text, bool bad = false) { ui().say(std::move(text), bad); }
  /// The user has thought better of leaving, or saving failed.
  void stay() { view_.close_box.leave = Leave::No; }

  Document& document() { return document_; }
  const View& view() const { return view_; }
  const Theme& theme() const { return theme_; }
  FrameCost& cost() { return cost_; }
  /// An eased range still moves: draw another frame even if nothing else happens.
  bool animating() const { return plots_.animating(); }

 private:
  Ui ui();
  double data_end() const;

  Tags& tags_;
  Theme theme_;
  Fonts fonts_;
  plot::Plots plots_;
  plot::LinkedX time_;
  Backdrop backdrop_;
  Document document_;
  View view_;
  std::vector<ScenarioCard> cards_;
  HeatImages heat_images_;
  FrameCost cost_;
  bool restyled_ = false;
};

}  // namespace lab::gui
