#include "lab/gui/gl_window.h"

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <imgui.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace lab::gui {

namespace {

constexpr const char* kInstead =
    "To measure without a window:\n"
    "  poollab run scenarios/library/burst.json --out result.json";

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : "not set";
}

std::string last_glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text != nullptr ? text : "no reason given";
}

[[noreturn]] void fail_without_display() {
  throw WindowError(fmt::format(
      "no display to open the window on: {} (DISPLAY {}, WAYLAND_DISPLAY {}).\n{}",
      last_glfw_error(), environment("DISPLAY"), environment("WAYLAND_DISPLAY"), kInstead));
}

}  // namespace

GlWindow::GlWindow(const char* title, int width, int height) {
  // Errors are read where they matter; GLFW must not print by itself.
  glfwSetErrorCallback(nullptr);
  if (glfwInit() == GLFW_FALSE) fail_without_display();
  try {
    open(title, width, height);
  } catch (...) {
    glfwTerminate();
    throw;
  }
  start_imgui();
}

GlWindow::~GlWindow() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void GlWindow::open(const char* title, int width, int height) {
  struct Version {
    int minor;
    const char* glsl;
  };
  constexpr std::array<Version, 2> kVersions{{{3, "#version 330"}, {2, "#version 150"}}};
  std::string reason;
  for (const Version& version : kVersions) {
    glfwDefaultWindowHints();
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, version.minor);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    // ImGui and the plots smooth their own edges; multisampling only costs.
    glfwWindowHint(GLFW_SAMPLES, 0);
    glfwWindowHint(GLFW_DEPTH_BITS, 0);
    glfwWindowHint(GLFW_STENCIL_BITS, 0);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    window_ = glfwCreateWindow(width, height, title, nullptr, nullptr);
    if (window_ != nullptr) {
      glsl_version_ = version.glsl;
      break;
    }
    reason = last_glfw_error();
  }
  if (window_ == nullptr) {
    throw WindowError(
        fmt::format("the display is there, but it offers no OpenGL 3.2 or later: {}.\n"
                    "On Debian, software rendering comes with: apt install libgl1-mesa-dri\n{}",
                    reason, kInstead));
  }
  glfwMakeContextCurrent(window_);
  const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  renderer_ = name != nullptr ? name : "unknown";
  for (const char* word : {"llvmpipe", "softpipe", "SWR", "Software", "SwiftShader"}) {
    software_ = software_ || renderer_.find(word) != std::string::npos;
  }
  // The pacer limits frames; waiting for the screen's refresh as well would only delay input.
  glfwSwapInterval(software_ ? 0 : 1);
  glfwSetWindowSizeLimits(window_, 640, 480, GLFW_DONT_CARE, GLFW_DONT_CARE);
}

void GlWindow::start_imgui() {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  attach_input(window_, input_);
  glfwSetWindowUserPointer(window_, &incoming_);
  glfwSetDropCallback(window_, [](GLFWwindow* window, int count, const char** paths) {
    auto& in = *static_cast<Incoming*>(glfwGetWindowUserPointer(window));
    in.drops.insert(in.drops.end(), paths, paths + count);
    in.activity = true;
  });
  static constexpr auto kChanged = [](GLFWwindow* window) {
    static_cast<Incoming*>(glfwGetWindowUserPointer(window))->activity = true;
  };
  glfwSetWindowRefreshCallback(window_, kChanged);
  glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* w, int, int) { kChanged(w); });
  glfwSetWindowContentScaleCallback(window_, [](GLFWwindow* w, float, float) { kChanged(w); });
  ImGui_ImplGlfw_InitForOpenGL(window_, false);
  ImGui_ImplOpenGL3_Init(glsl_version_);
}

bool GlWindow::close_requested() const { return glfwWindowShouldClose(window_) != 0; }

void GlWindow::request_close() { glfwSetWindowShouldClose(window_, GLFW_TRUE); }

void GlWindow::withdraw_close() { glfwSetWindowShouldClose(window_, GLFW_FALSE); }

void GlWindow::wait_events(double seconds) {
  if (seconds > 0) {
    glfwWaitEventsTimeout(seconds);
  } else {
    glfwPollEvents();
  }
}

bool GlWindow::take_activity() {
  return std::exchange(incoming_.activity, false) || input_.waiting() > 0;
}

bool GlWindow::take_exposure() { return std::exchange(incoming_.activity, false); }

void GlWindow::set_title(const std::string& title) { glfwSetWindowTitle(window_, title.c_str()); }

std::vector<std::string> GlWindow::take_drops() { return std::exchange(incoming_.drops, {}); }

bool GlWindow::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  const bool more = input_.apply(ImGui::GetIO());
  ImGui::NewFrame();
  return more;
}

void GlWindow::render(unsigned background) {
  ImGui::Render();
  glfwGetFramebufferSize(window_, &pixel_width_, &pixel_height_);
  glViewport(0, 0, pixel_width_, pixel_height_);
  const ImVec4 color = ImGui::ColorConvertU32ToFloat4(background);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(color.x, color.y, color.z, 1.0f);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

void GlWindow::present() { glfwSwapBuffers(window_); }

float GlWindow::desktop_scale() const {
  float x = 1, y = 1;
  glfwGetWindowContentScale(window_, &x, &y);
  return x > 0 ? x : 1.0f;
}

void GlWindow::reload_fonts() {
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

}  // namespace lab::gui
