// The window of the operating system with its OpenGL context and Dear ImGui on top. Main thread
// only, one at a time.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "lab/gui/input_queue.h"

struct GLFWwindow;

namespace lab::gui {

/// The window cannot be had; what() is for the user and says what to do instead.
struct WindowError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class GlWindow {
 public:
  /// OpenGL 3.3 core, or 3.2 where that is all there is. Throws WindowError.
  GlWindow(const char* title, int width, int height);
  ~GlWindow();
  GlWindow(const GlWindow&) = delete;
  GlWindow& operator=(const GlWindow&) = delete;

  bool close_requested() const;
  void request_close();
  /// The user was asked and may think better of it.
  void withdraw_close();

  /// Handles what has happened, waiting at most that long for something to; 0: not at all.
  void wait_events(double seconds);
  /// True once after anything came in that may change the picture.
  bool take_activity();
  /// True once after the window was uncovered or resized: its picture must be drawn again.
  bool take_exposure();
  void set_title(const std::string& title);
  /// Files dropped on the window since the last call.
  std::vector<std::string> take_drops();

  /// True: input is left that must go into a frame of its own, so draw another at once.
  bool begin_frame();
  /// Renders what ImGui drew over `background`; present() then shows it. Between them the picture
  /// can be read back.
  void render(unsigned background);
  void present();

  InputQueue& input() { return input_; }
  /// Pixels of the frame last rendered.
  int pixel_width() const { return pixel_width_; }
  int pixel_height() const { return pixel_height_; }
  /// Pixels per logical pixel, as the desktop asks for.
  float desktop_scale() const;
  const std::string& renderer() const { return renderer_; }
  /// OpenGL runs on the CPU, on the cores that are being measured.
  bool software() const { return software_; }

  /// Fonts were rebuilt: upload them anew.
  void reload_fonts();

 private:
  void open(const char* title, int width, int height);
  void start_imgui();

  /// What GLFW's callbacks leave here; the window's user pointer.
  struct Incoming {
    bool activity = true;
    std::vector<std::string> drops;
  };

  GLFWwindow* window_ = nullptr;
  InputQueue input_;
  Incoming incoming_;
  std::string renderer_;
  const char* glsl_version_ = nullptr;
  bool software_ = false;
  int pixel_width_ = 0, pixel_height_ = 0;
};

}  // namespace lab::gui
