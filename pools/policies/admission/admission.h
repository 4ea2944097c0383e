// An admission policy decides whether a task that comes from outside is let in, and whether one
// that waited is still worth beginning. It has no thread, lock or clock of its own: the engine's
// guard (engine/guard.h) hands it plain values, one at a time, and acts on the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/pool_event.h"
#include "pools/task_context.h"

namespace pools {

/// A task at the door.
struct Arriving {
  Instant at{};
  std::uint16_t task_class = 0;
};

/// Whether it is let in. `marked`: the policy will know it again by that when it ends.
struct Entry {
  bool admitted = true;
  bool marked = false;
};

/// What came of one that was let in, perhaps only to be refused by another policy or for lack of
/// room.
struct Ended {
  Instant at{};
  Instant accepted{};
  std::uint16_t task_class = 0;
  bool marked = false;
  Outcome outcome = Outcome::Completed;
  Nanos service{0};  ///< how long it ran; zero where it did not
};

class AdmissionPolicy {
 public:
  virtual ~AdmissionPolicy() = default;

  virtual Entry admit(const Arriving& task) {
    static_cast<void>(task);
    return {};
  }
  /// Called once for each task that admit() let in, where wants_ends().
  virtual void ended(const Ended& task) { static_cast<void>(task); }
  virtual bool wants_ends() const noexcept { return false; }

  /// Whether a task that has waited so long is given up instead of begun. Only where may_give_up().
  virtual bool gives_up(Nanos waited, Instant now) {
    static_cast<void>(waited);
    static_cast<void>(now);
    return false;
  }
  virtual bool may_give_up() const noexcept { return false; }

  /// What has happened since the last call, for people.
  std::vector<PoolEvent> take_news() noexcept { return std::exchange(news_, {}); }
  bool has_news() const noexcept { return !news_.empty(); }

 protected:
  std::vector<PoolEvent> news_;
};

}  // namespace pools
