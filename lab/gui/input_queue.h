// An ordered queue between GLFW's callbacks and ImGui. Stock ImGui 1.86 keeps only the latest state
// of each key and button, so on slow frames (software rendering) a press and its release cancel out
// and a drag starts where the mouse is, not where it was pressed. This queue hands over at most one
// change per key or button a frame, in the order they happened. GUI thread only.
#pragma once

#include <imgui.h>

#include <array>
#include <cfloat>
#include <cstddef>
#include <deque>
#include <span>
#include <vector>

struct GLFWwindow;

namespace lab::gui {

class InputQueue {
 public:
  struct KeyPress {
    int key;  // GLFW_KEY_*
    bool shift, ctrl, alt;
  };

  // What happened, in order; `at` is in seconds on any steady clock.
  void move(float x, float y);
  void leave();
  void button(int index, bool down, double at);
  void wheel(float dx, float dy);
  void key(int key, bool down);
  void character(unsigned codepoint);
  void focus(bool gained);

  /// Hands one frame's share to ImGui; call between ImGui_ImplGlfw_NewFrame() and
  /// ImGui::NewFrame(). True: events are left, so draw another frame at once.
  bool apply(ImGuiIO& io);

  /// The keys that went down in this frame, for shortcuts (ImGui 1.86 has no key events).
  std::span<const KeyPress> presses() const { return presses_; }

  /// Events that wait for a later frame.
  std::size_t waiting() const { return events_.size(); }
  /// Somebody has pressed something: more than a mouse that moved.
  bool press_waiting() const;
  /// Drops what waits, as if nothing were held down any more; the mouse is where it is.
  void forget();

 private:
  enum class Kind { Move, Leave, Button, Wheel, Key, Character, Focus };
  struct Event {
    Kind kind;
    int code = 0;
    bool down = false;
    float x = 0, y = 0;
    double at = 0;
  };
  struct FrameShare;

  bool take(const Event& event, FrameShare& share, ImGuiIO& io);
  void press_mouse(const Event& event, ImGuiIO& io);
  void publish(ImGuiIO& io) const;

  static constexpr int kButtons = 5;
  static constexpr int kKeys = 512;
  std::deque<Event> events_;
  std::vector<KeyPress> presses_;
  ImVec2 mouse_{-FLT_MAX, -FLT_MAX};
  std::array<bool, kButtons> buttons_{};
  std::array<bool, kKeys> keys_{};
  std::array<double, kButtons> pressed_at_{};
};

/// Routes the window's input callbacks into the queue. Initialise ImGui's GLFW backend with
/// install_callbacks = false. The queue must outlive the window; the window's user pointer stays
/// free.
void attach_input(GLFWwindow* window, InputQueue& queue);

}  // namespace lab::gui
