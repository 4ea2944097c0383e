#include "lab/gui/panels/pool_matrix.h"

#include <algorithm>
#include <utility>

#include "lab/gui/text.h"
#include "results/comparable.h"
#include "results/sign_test.h"
#include "scenarios/trial_plan.h"

namespace lab::gui {

std::size_t slot_of(const Ui& ui, const std::string& pool) {
  const std::vector<pools::PoolConfig>& pools = ui.document.scenario().pools;
  const auto found = std::find_if(pools.begin(), pools.end(),
                                  [&pool](const auto& config) { return config.id == pool; });
  return static_cast<std::size_t>(found - pools.begin());
}

std::vector<MatrixColumn> trial_columns(const Ui& ui, const results::RunResult& result) {
  std::vector<MatrixColumn> columns;
  const bool blocks = results::in_blocks(result.trials);
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const results::Trial& trial = result.trials[i];
    if (blocks && trial.arm == scenarios::kControlArm) continue;
    std::string title = blocks ? scenarios::TrialTitles().next(trial) : titles[i];
    auto column = std::ranges::find(columns, title, &MatrixColumn::title);
    if (column == columns.end()) {
      column = columns.insert(column, {std::move(title), slot_of(ui, trial.pool), {}});
    }
    column->trials.push_back(&trial);
  }
  return columns;
}

std::vector<MatrixColumn> pool_columns(const Ui& ui, const results::RunResult& result) {
  std::vector<MatrixColumn> columns;
  for (const results::Trial& trial : result.trials) {
    const bool known = std::any_of(columns.begin(), columns.end(),
                                   [&trial](const auto& c) { return c.title == trial.pool; });
    if (!known) columns.push_back({trial.pool, slot_of(ui, trial.pool), {}});
  }
  return columns;
}

double MatrixColumn::median(
    const std::function<double(const results::Trial& trial)>& figure) const {
  std::vector<double> counted, all;
  for (const results::Trial* trial : trials) {
    const double one = figure(*trial);
    if (!std::isfinite(one)) continue;
    all.push_back(one);
    if (results::may_compare(*trial)) counted.push_back(one);
  }
  return results::median(counted.empty() ? std::move(all) : std::move(counted));
}

WideMatrix::WideMatrix(const Ui& ui, const Box& box, std::size_t columns) : inner_(box) {
  const float wanted = std::max(box.width(), PoolMatrix::least_width(ui, columns));
  ImGui::SetCursorScreenPos(box.min);
  ImGui::BeginChild("matrix", box.size(), false,
                    wanted > box.width()
                        ? ImGuiWindowFlags_HorizontalScrollbar
                        : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  inner_ = {origin, {origin.x + wanted, origin.y + box.height()}};
  if (wanted > box.width()) inner_.max.y -= ImGui::GetStyle().ScrollbarSize;
}

WideMatrix::~WideMatrix() {
  ImGui::SetCursorScreenPos(inner_.min);
  ImGui::Dummy({inner_.width(), 1});
  ImGui::EndChild();
}

PoolMatrix::PoolMatrix(Ui& ui, const Box& box, float names_width,
                       const std::vector<MatrixColumn>& columns)
    : ui_(ui), rest_(box), row_(box), names_width_(names_width), column_width_(0) {
  const std::size_t count = std::max<std::size_t>(columns.size(), 1);
  column_width_ = (box.width() - names_width) / static_cast<float>(count);
  row_ = rest_.cut_top(row_height(ui));
  const ImFont* font = ui.fonts.small;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Box cell = cell_box(i);
    const std::string& title = columns[i].title;
    const float width = std::min(text_width(font, title), cell.width() - ui.px(20));
    const float x = cell.max.x - width;
    draw_text_fitted(font, ui.theme.text_soft, {x, centred_y(font, cell.min.y, cell.max.y)},
                     width + 1, title);
    draw_marker(*ImGui::GetWindowDrawList(), {x - ui.px(10), cell.centre().y}, ui.px(4),
                pool_marker(columns[i].slot), ui.pool_color(columns[i].slot));
  }
}

bool PoolMatrix::row(std::string_view name, ImU32 name_color) {
  if (rest_.height() < row_height(ui_)) return false;
  row_ = rest_.cut_top(row_height(ui_));
  ImGui::GetWindowDrawList()->AddRectFilled(row_.min, {row_.max.x, row_.min.y + 1}, ui_.theme.line);
  draw_text_fitted(ui_.fonts.small, name_color,
                   {row_.min.x, centred_y(ui_.fonts.small, row_.min.y, row_.max.y)},
                   names_width_ - ui_.px(8), name);
  return true;
}

Box PoolMatrix::cell_box(std::size_t column) const {
  const float x = row_.min.x + names_width_;
  return {{std::floor(x + column_width_ * static_cast<float>(column)), row_.min.y},
          {std::floor(x + column_width_ * static_cast<float>(column + 1)), row_.max.y}};
}

void PoolMatrix::cell(std::size_t column, std::string_view text, ImU32 color) {
  const Box box = cell_box(column);
  draw_text_right(ui_.fonts.mono, color,
                  {box.max.x, centred_y(ui_.fonts.mono, box.min.y, box.max.y)}, text);
}

}  // namespace lab::gui
