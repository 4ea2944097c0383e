#include "pools/engine/fork_watch.h"

#include <pthread.h>

#include <mutex>
#include <new>
#include <type_traits>

namespace pools {

struct ForkWatch::Registry {
  std::mutex mutex;
  ForkWatch* first = nullptr;  // guarded by mutex, as is the rest
  bool listening = false;

  /// Never destroyed: static pools may outlive any other static object.
  static Registry& get() noexcept {
    static_assert(std::is_trivially_destructible_v<Registry>);
    static constinit Registry registry;
    return registry;
  }

  /// Held over the fork, so that the child finds the list whole.
  static void before_fork() noexcept { get().mutex.lock(); }
  static void in_parent() noexcept { get().mutex.unlock(); }
  static void in_child() noexcept {
    for (ForkWatch* watch = get().first; watch != nullptr; watch = watch->next_) {
      if (watch->forked_.exchange(true, std::memory_order_relaxed)) continue;
      watch->tell_(watch->whom_);
    }
    get().mutex.unlock();
  }
};

ForkWatch::ForkWatch(void* whom, Tell tell) : whom_(whom), tell_(tell) {
  Registry& registry = Registry::get();
  const std::lock_guard lock(registry.mutex);
  if (!registry.listening &&
      ::pthread_atfork(&Registry::before_fork, &Registry::in_parent, &Registry::in_child) != 0) {
    throw std::bad_alloc();
  }
  registry.listening = true;
  next_ = registry.first;
  if (next_ != nullptr) next_->previous_ = this;
  registry.first = this;
}

ForkWatch::~ForkWatch() {
  Registry& registry = Registry::get();
  const std::lock_guard lock(registry.mutex);
  (previous_ != nullptr ? previous_->next_ : registry.first) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

}  // namespace pools
