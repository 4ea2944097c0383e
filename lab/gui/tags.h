// Where everything on the screen is, by name, and the window's state in words: written as JSON for
// tests, which then click names and wait for states instead of knowing coordinates and times.
//   {"state": {"run": "running", "tab": "Live", ...}, "boxes": {"run": [x0, y0, x1, y1], ...}}
// Costs nothing when nobody wants them. GUI thread only.
#pragma once

#include <imgui.h>

#include <map>
#include <string>
#include <string_view>

namespace lab::gui {

class Tags {
 public:
  /// `path` empty: not written. `keep`: collected all the same, for tests in the same process.
  explicit Tags(std::string path, bool keep = false) : path_(std::move(path)), keep_(keep) {}

  bool on() const { return keep_ || !path_.empty(); }
  /// What the frame has named so far: min x, min y, max x, max y.
  const std::map<std::string, ImVec4, std::less<>>& boxes() const { return boxes_; }
  const std::map<std::string, std::string, std::less<>>& states() const { return state_; }
  void begin_frame() {
    boxes_.clear();
    state_.clear();
  }
  void box(std::string_view name, ImVec2 min, ImVec2 max);
  /// The last ImGui item under this name.
  void item(std::string_view name);
  void state(std::string_view key, std::string_view value);

  /// Replaces the file in one step if anything differs from what it says. The file may be gone or
  /// unwritable: tests then wait in vain and say so, the window goes on.
  void write();

 private:
  std::string path_;
  bool keep_;
  std::map<std::string, ImVec4, std::less<>> boxes_;
  std::map<std::string, std::string, std::less<>> state_;
  std::string written_;
};

}  // namespace lab::gui
