// The Scenario tab: the file as it is run at the left, what it means at the right.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "lab/gui/describe.h"
#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// One line of JSON: keys, words, numbers and punctuation in their colours. A JSON string never
/// spans lines, so a line can be coloured by itself.
void draw_json_line(const Ui& ui, ImVec2 at, std::string_view line) {
  const Theme& t = ui.theme;
  const ImFont* mono = ui.fonts.mono;
  std::size_t i = 0;
  const auto put = [&](std::size_t end, ImU32 color) {
    at.x += draw_text(mono, color, at, line.substr(i, end - i));
    i = end;
  };
  while (i < line.size()) {
    const char c = line[i];
    std::size_t end = i + 1;
    if (c == '"') {
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, line.size());
      const std::size_t next = line.find_first_not_of(' ', end);
      const bool key = next != std::string_view::npos && line[next] == ':';
      put(end, key ? t.accent : t.good);
    } else if ((c >= '0' && c <= '9') || c == '-' || (c >= 'a' && c <= 'z')) {
      end = std::min(line.find_first_of(" ,]}", i), line.size());
      put(end, t.warning);
    } else if (c == ' ') {
      end = std::min(line.find_first_not_of(' ', i), line.size());
      put(end, t.text_faint);
    } else {
      put(end, t.text_faint);
    }
  }
}

void draw_source(Ui& ui, const Box& box) {
  const scenarios::Scenario& scenario = ui.document.scenario();
  Panel panel(ui, "source", box, "FILE", ui.document.path());
  ImGui::SetCursorScreenPos(panel.body().min);
  ImGui::BeginChild("text", panel.body().size(), false, ImGuiWindowFlags_HorizontalScrollbar);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float line_height = ui.px(18);
  const std::vector<std::string_view> lines = lines_of(scenario.text);
  const float top = ImGui::GetScrollY();
  const auto first = static_cast<std::size_t>(top / line_height);
  const std::size_t shown = static_cast<std::size_t>(panel.body().height() / line_height) + 2;
  float widest = 0;
  for (std::size_t i = first; i < std::min(lines.size(), first + shown); ++i) {
    const float y = origin.y + line_height * static_cast<float>(i);
    draw_text_right(ui.fonts.mono, ui.theme.text_faint, {origin.x + ui.px(34), y},
                    fmt::format("{}", i + 1));
    draw_json_line(ui, {origin.x + ui.px(50), y}, lines[i]);
    widest = std::max(widest, text_width(ui.fonts.mono, lines[i]));
  }
  ImGui::Dummy({widest + ui.px(70), line_height * static_cast<float>(lines.size())});
  ImGui::EndChild();
}

/// Lines with a name at the left and words beside it, under captions.
class Sheet {
 public:
  Sheet(Ui& ui, const Box& box) : ui_(ui), left_(box.min.x), right_(box.max.x), y_(box.min.y) {}

  void caption(std::string_view text) {
    if (!first_) y_ += ui_.px(12);
    first_ = false;
    draw_text(ui_.fonts.caption, ui_.theme.text_soft, {left_, y_}, text);
    y_ += ui_.px(21);
  }
  void paragraph(std::string_view text) {
    const int lines = draw_text_wrapped(ui_.fonts.ui, ui_.theme.text_soft, {left_, y_},
                                        right_ - left_, 4, ui_.px(20), text);
    y_ += ui_.px(20) * static_cast<float>(lines);
    first_ = false;
  }
  void line(std::string_view name, std::string_view words, std::string_view more = {}) {
    const float column = std::min(ui_.px(150), (right_ - left_) * 0.3f);
    const float x = left_ + column;
    draw_text_fitted(ui_.fonts.ui, ui_.theme.text, {left_, y_}, column - ui_.px(10), name);
    const float width = draw_text_fitted(ui_.fonts.mono, ui_.theme.text_soft, {x, y_ + ui_.px(2)},
                                         right_ - x, words);
    if (!more.empty()) {
      const float beside = x + width + ui_.px(18);
      const bool fits = beside + text_width(ui_.fonts.small, more) <= right_;
      if (!fits) y_ += ui_.px(19);
      draw_text_fitted(ui_.fonts.small, ui_.theme.text_faint, {fits ? beside : x, y_ + ui_.px(2)},
                       right_ - (fits ? beside : x), more);
    }
    y_ += ui_.px(22);
  }
  void marker(std::size_t slot) {
    draw_marker(*ImGui::GetWindowDrawList(), {left_ - ui_.px(12), y_ + ui_.px(9)}, ui_.px(4.5f),
                pool_marker(slot), ui_.pool_color(slot));
  }
  float y() const { return y_; }

 private:
  Ui& ui_;
  float left_, right_, y_;
  bool first_ = true;
};

void draw_load(Ui& ui, const Box& box) {
  Panel panel(ui, "load", box, "OFFERED LOAD", "tasks per second over one trial");
  plot::PlotOptions options;
  options.unit = plot::Unit::PerSecond;
  options.x_unit = plot::Unit::Seconds;
  options.x_high = std::max(ui.document.planned_s(), 1e-3);
  plot::LinkedX whole;
  whole.begin_frame(0, ui.document.planned_s(), ui.document.planned_s());
  whole.follow_all();
  ImGui::SetCursorScreenPos(panel.body().min);
  if (plot::Plot plot = ui.plots.begin("load", panel.body().size(), options, &whole)) {
    draw_phases(ui, plot, true);
    plot::LineStyle style;
    style.color = ui.theme.accent;
    style.width = 1.8f;
    plot.line("offered", ui.document.offered_load(), style);
    plot.end();  // while the axis lives
  }
}

void draw_meaning(Ui& ui, const Box& box) {
  const scenarios::Scenario& s = ui.document.scenario();
  Panel panel(ui, "meaning", box, "WHAT IT MEANS", s.name);
  ImGui::SetCursorScreenPos(panel.body().min);
  ImGui::BeginChild("sheet", panel.body().size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const Box inner{{origin.x + ui.px(22), origin.y + ui.px(2)},
                  {origin.x + ImGui::GetContentRegionAvail().x - ui.px(8), origin.y}};
  Sheet sheet(ui, inner);
  if (!s.description.empty()) sheet.paragraph(s.description);
  sheet.caption("PHASES");
  const scenarios::Seconds warm_up = scenarios::longest_warm_up(s.run);
  if (warm_up.count() > 0) {
    sheet.line("warm-up", format_length(warm_up.count()),
               s.run.steady_state ? "at most, until steady; not measured" : "served, not measured");
  }
  for (const scenarios::Phase& phase : s.phases) {
    sheet.line(phase.name, format_length(phase.duration.count()), describe(phase.arrival));
  }
  if (!s.matrix.empty()) {
    sheet.caption("SWEEP");
    for (const scenarios::SweepAxis& axis : s.matrix.axes) {
      std::string values;
      for (const std::string& value : axis.values) values += (values.empty() ? "" : ", ") + value;
      sheet.line(axis.knob, fmt::format("{}", axis.values.size()), values);
    }
  }
  if (s.capacity) {
    sheet.caption("SEARCH");
    sheet.line("capacity", format_length(s.capacity->below_us / 1e6),
               fmt::format("the highest rate with a response {} below it", s.capacity->stat));
  }
  sheet.caption("TASKS");
  double weights = 0;
  for (const scenarios::TaskClass& c : s.classes) weights += c.weight;
  for (const scenarios::TaskClass& c : s.classes) {
    sheet.line(c.name, fmt::format("{:.0f} %", 100 * c.weight / std::max(weights, 1e-12)),
               fmt::format("{},  {}", describe(c.work), describe(c.service)));
  }
  sheet.caption("POOLS");
  for (std::size_t i = 0; i < s.pools.size(); ++i) {
    sheet.marker(i);
    sheet.line(s.pools[i].id, describe(s.pools[i].dispatch),
               fmt::format("{};  {}", describe_workers(s.pools[i]), describe_queue(s.pools[i])));
    if (const std::string policies = describe_admission(s.pools[i]); !policies.empty()) {
      sheet.line("", policies);
    }
  }
  sheet.caption("EXPECTED");
  for (const scenarios::Expectation& gate : s.expect) {
    sheet.line(gate.pool.empty() ? "every pool" : gate.pool, describe(gate));
  }
  if (s.expect.empty()) sheet.line("nothing", "", "");
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, sheet.y() - origin.y + ui.px(8)});
  ImGui::EndChild();
}

}  // namespace

void draw_scenario_tab(Ui& ui, const Box& box) {
  Box right = box;
  const float gap = ui.px(8);
  const bool wide = box.width() >= ui.px(680);
  draw_source(ui, wide ? right.cut_left(std::round(box.width() * 0.46f), gap)
                       : right.cut_bottom(std::round(box.height() * 0.36f), gap));
  draw_load(ui, right.cut_top(std::round(std::max(right.height() * 0.34f, ui.px(118))), gap));
  draw_meaning(ui, right);
}

}  // namespace lab::gui
