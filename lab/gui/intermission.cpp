#include "lab/gui/intermission.h"

#include <chrono>

namespace lab::gui {

namespace {

constexpr std::chrono::seconds kLongest{3};

}  // namespace

void Intermission::set_open(bool open) {
  {
    const std::lock_guard lock(mutex_);
    open_ = open;
    if (!open) waited_for_ = false;
  }
  changed_.notify_all();
}

bool Intermission::waited_for() const {
  const std::lock_guard lock(mutex_);
  return waited_for_;
}

void Intermission::close() {
  {
    const std::lock_guard lock(mutex_);
    waited_for_ = false;
  }
  changed_.notify_all();
}

void Intermission::wait_for_frame(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!open_) return;
  waited_for_ = true;
  changed_.wait_for(lock, stop, kLongest, [this] { return !waited_for_; });
  waited_for_ = false;
}

}  // namespace lab::gui
