// The thread that asks the sizing policy, every few milliseconds while there is anything to decide.
// A pool that is idle at its smallest size needs no supervision: then it sleeps until poked, so
// that an idle pool burns nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "pools/engine/dormancy.h"
#include "pools/policies/sizing/oldest_wait.h"
#include "pools/policies/sizing/sizing.h"
#include "pools/pool_config.h"

namespace pools {

class Supervisor {
 public:
  /// A sample without its oldest_wait, and the counts from which that is told.
  struct Seen {
    LoadSample load;
    std::uint64_t arrived = 0;
    std::uint64_t started = 0;
    bool paused = false;  ///< nothing is begun, so more or fewer workers change nothing
  };
  using Sample = std::function<Seen()>;
  using Apply = std::function<void(const SizingDecision&)>;

  Supervisor(std::unique_ptr<SizingPolicy> policy, Sample sample, Apply apply,
             const ThreadFactory& start_thread);
  ~Supervisor() { stop(); }

  /// Joins the thread; no decision is made or applied afterwards. poke() stays harmless.
  void stop();

  /// A worker has come awake, or has not slept after all: cheap unless the supervisor dozes. Any
  /// thread, after it stopped counting as a sleeper.
  void poke() noexcept { dormancy_.rouse(); }

 private:
  void run();
  /// Decides once, then waits until it is time to decide again.
  void look();
  /// Asks the policy once, and has its answer applied. Returns what it went by.
  Seen decide();
  static bool nothing_to_decide(const Seen& seen) noexcept;

  const std::unique_ptr<SizingPolicy> policy_;
  const Sample sample_;
  const Apply apply_;
  OldestWait oldest_wait_;  // its thread's own
  Dormancy dormancy_;
  std::thread thread_;
};

}  // namespace pools
