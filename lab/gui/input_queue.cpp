#include "lab/gui/input_queue.h"

#include <GLFW/glfw3.h>

#include <algorithm>
#include <cfloat>
#include <unordered_map>

namespace lab::gui {

namespace {

constexpr double kDoubleClickSeconds = 0.30;

bool is_modifier(int key) { return key >= GLFW_KEY_LEFT_SHIFT && key <= GLFW_KEY_RIGHT_SUPER; }

std::unordered_map<GLFWwindow*, InputQueue*>& attached() {
  static std::unordered_map<GLFWwindow*, InputQueue*> queues;
  return queues;
}

InputQueue& queue_of(GLFWwindow* window) { return *attached().at(window); }

}  // namespace

// What this frame has been given so far; decides what must wait for the next one.
struct InputQueue::FrameShare {
  bool moved = false, button = false, wheel = false, text = false, key = false;
  std::array<bool, kKeys> keys{};
};

void InputQueue::move(float x, float y) {
  if (!events_.empty() && events_.back().kind == Kind::Move) {
    events_.back().x = x;  // only the last of a run of moves can be seen
    events_.back().y = y;
    return;
  }
  events_.push_back({.kind = Kind::Move, .x = x, .y = y});
}

void InputQueue::leave() { events_.push_back({.kind = Kind::Leave}); }

void InputQueue::button(int index, bool down, double at) {
  if (index < 0 || index >= kButtons) return;
  events_.push_back({.kind = Kind::Button, .code = index, .down = down, .at = at});
}

void InputQueue::wheel(float dx, float dy) {
  events_.push_back({.kind = Kind::Wheel, .x = dx, .y = dy});
}

void InputQueue::key(int key, bool down) {
  if (key < 0 || key >= kKeys) return;
  events_.push_back({.kind = Kind::Key, .code = key, .down = down});
}

void InputQueue::character(unsigned codepoint) {
  events_.push_back({.kind = Kind::Character, .code = static_cast<int>(codepoint)});
}

void InputQueue::focus(bool gained) { events_.push_back({.kind = Kind::Focus, .down = gained}); }

bool InputQueue::press_waiting() const {
  return std::any_of(events_.begin(), events_.end(), [](const Event& event) {
    return event.kind == Kind::Wheel ||
           (event.down && (event.kind == Kind::Button || event.kind == Kind::Key));
  });
}

void InputQueue::forget() {
  for (const Event& event : events_) {
    if (event.kind == Kind::Move) mouse_ = {event.x, event.y};
  }
  events_.clear();
  presses_.clear();
  buttons_.fill(false);
  keys_.fill(false);
}

// ImGui times clicks by its frames, which lag behind when frames are slow. The events know better,
// so the answer is put where ImGui asks: always within the time, or never.
void InputQueue::press_mouse(const Event& event, ImGuiIO& io) {
  double& last = pressed_at_[static_cast<std::size_t>(event.code)];
  const bool again = last > 0 && event.at - last < kDoubleClickSeconds;
  io.MouseDoubleClickTime = again ? FLT_MAX : 0.0f;
  last = again ? 0 : event.at;  // a third press starts anew
}

// False: the event would hide one already taken, or be hidden by it; it waits for the next frame.
bool InputQueue::take(const Event& event, FrameShare& share, ImGuiIO& io) {
  const bool acted = share.button || share.wheel || share.key || share.text;
  switch (event.kind) {
    case Kind::Move:
      if (acted) return false;  // what was done was done at the old place
      mouse_ = {event.x, event.y};
      share.moved = true;
      return true;
    case Kind::Leave:
      if (acted) return false;
      // A drag goes on outside the window: GLFW keeps reporting moves while a button is held.
      if (!buttons_[0] && !buttons_[1] && !buttons_[2]) mouse_ = {-FLT_MAX, -FLT_MAX};
      share.moved = true;
      return true;
    case Kind::Button:
      // After a move the press waits one frame, so that what is hovered has settled.
      if (acted || share.moved) return false;
      if (event.down) press_mouse(event, io);
      buttons_[static_cast<std::size_t>(event.code)] = event.down;
      share.button = true;
      return true;
    case Kind::Wheel:
      if (share.button) return false;
      io.MouseWheelH += event.x;
      io.MouseWheel += event.y;
      share.wheel = true;
      return true;
    case Kind::Key: {
      const auto code = static_cast<std::size_t>(event.code);
      if (share.button || share.text || share.keys[code]) return false;
      // Ctrl let go after S must not turn Ctrl+S into S; Ctrl pressed before S may come along.
      if (share.key && is_modifier(event.code)) return false;
      keys_[code] = event.down;
      share.keys[code] = share.key = true;
      if (event.down) {
        presses_.push_back({event.code, keys_[GLFW_KEY_LEFT_SHIFT] || keys_[GLFW_KEY_RIGHT_SHIFT],
                            keys_[GLFW_KEY_LEFT_CONTROL] || keys_[GLFW_KEY_RIGHT_CONTROL],
                            keys_[GLFW_KEY_LEFT_ALT] || keys_[GLFW_KEY_RIGHT_ALT]});
      }
      return true;
    }
    case Kind::Character:
      if (share.button) return false;
      io.AddInputCharacter(static_cast<unsigned>(event.code));
      share.text = true;
      return true;
    case Kind::Focus:
      if (acted || share.moved) return false;
      if (!event.down) {  // the releases will go to another window
        keys_.fill(false);
        buttons_.fill(false);
      }
      io.AddFocusEvent(event.down);
      return true;
  }
  return true;
}

void InputQueue::publish(ImGuiIO& io) const {
  io.MousePos = mouse_;
  for (std::size_t i = 0; i < kButtons; ++i) io.MouseDown[i] = buttons_[i];
  for (std::size_t i = 0; i < kKeys; ++i) io.KeysDown[i] = keys_[i];
  io.KeyShift = keys_[GLFW_KEY_LEFT_SHIFT] || keys_[GLFW_KEY_RIGHT_SHIFT];
  io.KeyCtrl = keys_[GLFW_KEY_LEFT_CONTROL] || keys_[GLFW_KEY_RIGHT_CONTROL];
  io.KeyAlt = keys_[GLFW_KEY_LEFT_ALT] || keys_[GLFW_KEY_RIGHT_ALT];
  io.KeySuper = keys_[GLFW_KEY_LEFT_SUPER] || keys_[GLFW_KEY_RIGHT_SUPER];
}

bool InputQueue::apply(ImGuiIO& io) {
  FrameShare share;
  presses_.clear();
  io.MouseWheel = io.MouseWheelH = 0;
  while (!events_.empty() && take(events_.front(), share, io)) events_.pop_front();
  publish(io);
  return !events_.empty();
}

void attach_input(GLFWwindow* window, InputQueue& queue) {
  attached()[window] = &queue;
  // No glfwGetCursorPos() at a press: it asks the server where the mouse is now.
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double x, double y) {
    queue_of(w).move(static_cast<float>(x), static_cast<float>(y));
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int) {
    queue_of(w).button(button, action == GLFW_PRESS, glfwGetTime());
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double dx, double dy) {
    queue_of(w).wheel(static_cast<float>(dx), static_cast<float>(dy));
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int action, int) {
    if (action != GLFW_REPEAT) queue_of(w).key(key, action == GLFW_PRESS);  // ImGui repeats itself
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned c) { queue_of(w).character(c); });
  glfwSetWindowFocusCallback(window,
                             [](GLFWwindow* w, int gained) { queue_of(w).focus(gained != 0); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    if (entered == 0) queue_of(w).leave();
  });
}

}  // namespace lab::gui
