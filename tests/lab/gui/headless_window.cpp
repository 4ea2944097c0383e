#include "tests/lab/gui/headless_window.h"

#include <GLFW/glfw3.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "pools/catalog.h"

namespace lab::gui {

namespace {

constexpr float kFrame = 1.0f / 60;

// What ImGui_ImplGlfw_Init() does in the window.
void map_keys(ImGuiIO& io) {
  constexpr std::pair<ImGuiKey, int> kMap[] = {{ImGuiKey_Tab, GLFW_KEY_TAB},
                                               {ImGuiKey_LeftArrow, GLFW_KEY_LEFT},
                                               {ImGuiKey_RightArrow, GLFW_KEY_RIGHT},
                                               {ImGuiKey_UpArrow, GLFW_KEY_UP},
                                               {ImGuiKey_DownArrow, GLFW_KEY_DOWN},
                                               {ImGuiKey_Home, GLFW_KEY_HOME},
                                               {ImGuiKey_End, GLFW_KEY_END},
                                               {ImGuiKey_Delete, GLFW_KEY_DELETE},
                                               {ImGuiKey_Backspace, GLFW_KEY_BACKSPACE},
                                               {ImGuiKey_Enter, GLFW_KEY_ENTER},
                                               {ImGuiKey_Escape, GLFW_KEY_ESCAPE},
                                               {ImGuiKey_A, GLFW_KEY_A},
                                               {ImGuiKey_C, GLFW_KEY_C},
                                               {ImGuiKey_V, GLFW_KEY_V},
                                               {ImGuiKey_X, GLFW_KEY_X},
                                               {ImGuiKey_Y, GLFW_KEY_Y},
                                               {ImGuiKey_Z, GLFW_KEY_Z}};
  for (const auto& [key, code] : kMap) io.KeyMap[key] = code;
}

}  // namespace

HeadlessWindow::HeadlessWindow(Document::Planner planner) {
  std::filesystem::current_path(folder_.path());
  ::setenv("POOLLAB_SCENARIOS", folder_.path().c_str(), 1);
  ::setenv("XDG_CONFIG_HOME", folder_.path().c_str(), 1);
  folder_.write("two.json", scenario_text("two", 2));
  folder_.write("eight.json", scenario_text("eight", 8));
  folder_.write("broken.json", R"({"schema": "poollab.scenario/1", "nam": 3, "seed": "twelve"})");
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = {1280, 720};
  io.DeltaTime = kFrame;
  map_keys(io);
  content_ = std::make_unique<WindowContent>(
      WindowContent::Start{.opengl = false, .planner = planner}, tags_);
}

HeadlessWindow::~HeadlessWindow() {
  content_.reset();
  ImGui::DestroyContext();
  std::filesystem::current_path(std::filesystem::temp_directory_path());
}

TrialSource HeadlessWindow::two_of_each(const scenarios::Scenario& scenario) {
  std::vector<scenarios::TrialSpec> trials = scenarios::plan(scenario);
  const auto count = static_cast<std::uint32_t>(trials.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    scenarios::TrialSpec again = trials[count - 1 - i];
    again.block = 1;
    again.position = i;
    ++again.seed;
    trials.push_back(again);
  }
  return {trials, {}};
}

std::string HeadlessWindow::scenario_text(const std::string& name, int pools) {
  constexpr const char* kIds[] = {"pull",        "push-round",       "push-elastic",
                                  "stealing",    "stealing-elastic", "priority",
                                  "batch-of-32", "bounded-reject"};
  constexpr const char* kRest[] = {
      R"("dispatch": "pull", "workers": 2)",
      R"("dispatch": "push", "workers": 2)",
      R"("dispatch": "push", "workers": {"min": 1, "max": 4}, "sizing": "threshold")",
      R"("dispatch": "stealing", "workers": 2)",
      R"("dispatch": "stealing", "workers": {"min": 1, "max": 4}, "sizing": "threshold")",
      R"("dispatch": "priority", "workers": 2)",
      R"("dispatch": "batch", "workers": 2)",
      R"("dispatch": "pull", "workers": 1, "queue_capacity": 20, "on_full": "reject")"};
  std::string text = R"({"schema": "poollab.scenario/1", "name": ")" + name +
                     R"(", "description": "Short phases for the tests of the window.", "seed": 3,
 "run": {"warmup_s": 0.05, "sample_interval_s": 0.02},
 "classes": [{"name": "t", "service": {"dist": "exponential", "mean_us": 60}}],
 "phases": [
  {"name": "calm", "duration_s": 0.1, "arrival": {"process": "poisson", "rate_per_s": 1500}},
  {"name": "rush", "duration_s": 0.1, "arrival": {"process": "poisson", "rate_per_s": 30000}}],
 "pools": [)";
  for (int i = 0; i < pools; ++i) {
    text +=
        std::string(i > 0 ? ",\n  " : "\n  ") + R"({"id": ")" + kIds[i] + "\", " + kRest[i] + "}";
  }
  return text + R"(],
 "baseline": "pull",
 "expect": [{"metric": "failed", "op": "==", "value": 0},
            {"metric": "response_us", "stat": "p99", "op": "<", "value": 2000},
            {"metric": "response_us", "stat": "p50", "op": "<", "value": 2000, "phase": "calm"}]})";
}

bool HeadlessWindow::frame() {
  content_->poll();
  content_->follow_choices(1.0f);
  const bool more = queue_.apply(ImGui::GetIO());
  ImGui::NewFrame();
  content_->draw(queue_, now_);
  ImGui::Render();
  content_->report_state(now_);
  now_ += static_cast<double>(kFrame);
  return more;
}

void HeadlessWindow::settle() {
  while (frame()) {
  }
  for (int i = 0; i < 4 || (content_->animating() && i < 200); ++i) frame();
}

bool HeadlessWindow::run_to_the_end() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (content_->document().running() && std::chrono::steady_clock::now() < deadline) {
    content_->poll();
  }
  settle();
  return !content_->document().running();
}

void HeadlessWindow::click(const std::string& tag) {
  const auto box = tags_.boxes().find(tag);
  ASSERT_NE(box, tags_.boxes().end()) << "nothing is called " << tag;
  queue_.move((box->second.x + box->second.z) / 2, (box->second.y + box->second.w) / 2);
  queue_.button(0, true, now_);
  queue_.button(0, false, now_);
  now_ += 1;  // or two clicks would be one double-click
  settle();
}

void HeadlessWindow::press(int glfw_key) {
  queue_.key(glfw_key, true);
  queue_.key(glfw_key, false);
  settle();
}

std::string HeadlessWindow::state(const std::string& key) const {
  const auto found = tags_.states().find(key);
  return found != tags_.states().end() ? found->second : "";
}

}  // namespace lab::gui
