// Tells a pool that its process was forked. The child has a copy of the pool's memory but none of
// its threads, and the mutexes that those held at that moment stay locked for ever.
//
// The pool is told in the child, by the one thread that there is, before fork() returns. A forked
// watch stays listed for ever, so that what it belongs to, which nobody can take apart any more,
// counts as reachable. Any thread. Not seen: children made by vfork() or a raw clone().
#pragma once

#include <atomic>

namespace pools {

class ForkWatch {
 public:
  /// `pool.forked()` is called in the child. Requires: the pool outlives this.
  template <typename Pool>
  explicit ForkWatch(Pool& pool)
      : ForkWatch(&pool, [](void* whom) noexcept { static_cast<Pool*>(whom)->forked(); }) {}
  ~ForkWatch();
  ForkWatch(const ForkWatch&) = delete;
  ForkWatch& operator=(const ForkWatch&) = delete;

  /// This process is a child of the one that made it.
  bool forked() const noexcept { return forked_.load(std::memory_order_relaxed); }

 private:
  using Tell = void (*)(void* whom) noexcept;
  struct Registry;
  ForkWatch(void* whom, Tell tell);

  void* const whom_;
  const Tell tell_;
  std::atomic<bool> forked_{false};
  // Guarded by the registry's mutex:
  ForkWatch* previous_ = nullptr;
  ForkWatch* next_ = nullptr;
};

}  // namespace pools
