// Into which foreign pool the calling thread is just submitting: a pool that then runs a task on
// the spot does so in a submitter, not in a worker.
#pragma once

#include <utility>

namespace pools {

class Pool;

/// While it lives, the thread submits into `pool`. Scopes nest: a submit may run the task on the
/// spot, which submits.
class Submitting {
 public:
  explicit Submitting(const Pool* pool) noexcept : before_(std::exchange(current(), pool)) {}
  ~Submitting() { current() = before_; }
  Submitting(const Submitting&) = delete;
  Submitting& operator=(const Submitting&) = delete;

  static const Pool* into() noexcept { return current(); }

 private:
  static const Pool*& current() noexcept {
    thread_local constinit const Pool* pool = nullptr;
    return pool;
  }
  const Pool* const before_;
};

}  // namespace pools
