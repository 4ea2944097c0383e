// A worker slot's life: Absent -> Live <-> AskedToLeave -> Leaving -> Absent. The pool asks, the
// worker commits itself; until then growth may take the request back, which is the cheapest new
// worker there is. The pool's side is called by one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>

#include "pools/engine/sync.h"

namespace pools {

template <typename Sync>
class BasicWorkerLife {
 public:
  // The pool's side.
  bool absent() const noexcept {
    // acquire: pairs with the release in end(); all that the slot's last worker wrote is visible.
    return life_.load(std::memory_order_acquire) == Life::Absent;
  }
  bool live() const noexcept { return life_.load(std::memory_order_relaxed) == Life::Live; }
  /// Before the thread is started, which publishes it.
  void begin() noexcept { life_.store(Life::Live, std::memory_order_relaxed); }
  /// The thread could not be started after all.
  void never_began() noexcept { life_.store(Life::Absent, std::memory_order_relaxed); }
  /// False if it is not live. Then wake the worker.
  bool ask_to_leave() noexcept {
    Life live = Life::Live;
    // seq_cst: asked first, then the sleepers are looked at; the worker announces its sleep first
    // and then looks at this. So either it is woken or it sees the request.
    return life_.compare_exchange_strong(live, Life::AskedToLeave, std::memory_order_seq_cst,
                                         std::memory_order_relaxed);
  }
  /// True if the worker had been asked to leave and now stays.
  bool take_back() noexcept {
    Life asked = Life::AskedToLeave;
    // relaxed, as is the commitment: who wins is all that counts, nothing is handed over.
    return life_.compare_exchange_strong(asked, Life::Live, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }

  // The worker's side.
  bool asked_to_leave() const noexcept {
    // seq_cst: a sleeper's last look, see ask_to_leave().
    return life_.load(std::memory_order_seq_cst) == Life::AskedToLeave;
  }
  /// False if the request was taken back: go on working.
  bool commit_to_leave() noexcept {
    Life asked = Life::AskedToLeave;
    return life_.compare_exchange_strong(asked, Life::Leaving, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }
  void end() noexcept {
    // release: the slot, with all that this worker wrote in it, may be taken again.
    life_.store(Life::Absent, std::memory_order_release);
  }

 private:
  enum class Life : std::uint8_t { Absent, Live, AskedToLeave, Leaving };
  typename Sync::template Atomic<Life> life_{Life::Absent};
};

using WorkerLife = BasicWorkerLife<RealSync>;

}  // namespace pools
