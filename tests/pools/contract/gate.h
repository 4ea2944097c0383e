// How contract tests make things happen in order: a gate that tasks wait at, and polling with a
// deadline. Neither asserts how long anything takes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace contract {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// A count for release builds, a smaller one where every access is checked.
constexpr std::uint32_t scaled(std::uint32_t count) { return kSanitized ? count / 8 + 1 : count; }

/// After this a test gives up; nothing waits this long unless it hangs.
inline constexpr std::chrono::seconds kPatience{20};

/// Polls until `condition` holds; false when patience ends.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

/// Tasks made by blocker() wait until the gate opens. Declare it after the pool: its destructor
/// opens, so that a test that fails early does not leave the pool's destructor waiting for ever.
class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { open(); }

  auto blocker() const {
    return [state = state_] { state->pass(); };
  }

  void open() {
    const std::lock_guard lock(state_->mutex);
    state_->is_open = true;
    state_->changed.notify_all();
  }

  /// Waits until `count` tasks have come to the gate; false when patience ends.
  bool await_arrivals(std::uint32_t count) const {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, kPatience, [&] { return state_->arrived >= count; });
  }

  std::uint32_t arrived() const {
    const std::lock_guard lock(state_->mutex);
    return state_->arrived;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint32_t arrived = 0;
    bool is_open = false;

    void pass() {
      std::unique_lock lock(mutex);
      ++arrived;
      changed.notify_all();
      changed.wait(lock, [this] { return is_open; });
    }
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace contract
