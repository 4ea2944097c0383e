// Fibers: stacks that are switched by hand, so that thousands of interleavings of a few threads run
// in one thread, deterministically and without system calls.
#pragma once

#include <cstddef>
#include <memory>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace models {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Prepares the fiber to call `entry` when it is switched to. What ran on it before is forgotten
  /// without being unwound. `entry` must never return.
  void prepare(void (*entry)());

  /// Leaves `from`, which may be a fresh object that stands for the thread's own stack, for `to`.
  static void swap(Fiber& from, Fiber& to);

 private:
  static constexpr std::size_t kStackBytes = std::size_t{128} * 1024;
  void* stack_ = nullptr;
#if defined(__x86_64__)
  void* top_ = nullptr;  // where its registers are saved
#else
  ucontext_t context_{};
#endif
};

}  // namespace models
