// Pausing: a worker that is held goes on when the pool does or is shut down, takes what came
// meanwhile, and a shutdown is never undone by a pause.
#include <cstdint>

#include "pools/engine/parking_lot.h"
#include "pools/engine/pause_gate.h"
#include "pools/engine/shutdown_phase.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using pools::Phase;

enum class Bug : std::uint8_t {
  None,
  OpensBeforeChanging,  // wakes the held, then changes the phase
  SleepsAmongTheIdle,   // a worker goes to sleep without a look at what waits
};

std::optional<pools::Instant> never() { return std::nullopt; }

/// The worker loop in small, with a queue that is a count.
template <Bug bug>
struct PauseScene : Scene {
  pools::BasicShutdownPhase<ModelSync> phase;
  pools::BasicPauseGate<ModelSync> gate;
  pools::BasicParkingLot<ModelSync> lot{2};
  Atomic<int> queue{0};
  int submitted = 0;
  int ran = 0;

  void submit() {
    ++submitted;
    queue.fetch_add(1, std::memory_order_seq_cst);
    lot.notify_any();
  }
  bool take() {
    int waiting = queue.load(std::memory_order_seq_cst);
    while (waiting > 0) {
      if (queue.compare_exchange_weak(waiting, waiting - 1, std::memory_order_seq_cst,
                                      std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
  bool has_work() { return queue.load(std::memory_order_seq_cst) > 0; }

  void work(pools::WorkerId id) {
    while (true) {
      if (phase.now() >= Phase::Paused) {
        if (phase.now() >= Phase::Cancelling) return;
        lot.end_search(id);
        gate.hold(phase);
        lot.start_search(id);
        continue;
      }
      if (take()) {
        lot.found_work(id, [this] { return has_work(); });
        ++ran;
        continue;
      }
      lot.start_search(id);
      if (has_work()) continue;
      lot.rest(
          id, [] {},
          [this] {
            return bug != Bug::SleepsAmongTheIdle && (phase.now() >= Phase::Paused || has_work());
          },
          never);
    }
  }
  void resume() {
    if constexpr (bug == Bug::OpensBeforeChanging) gate.open();
    const bool was_paused = phase.resume();
    if constexpr (bug != Bug::OpensBeforeChanging) {
      if (was_paused) gate.open();
    }
  }
  void finished() override { require(ran == submitted, "every task is run"); }
};

/// Tasks come while the pool is paused and goes on.
template <Bug bug>
struct SubmitWhilePaused : PauseScene<bug> {
  SubmitWhilePaused() {
    this->daemon("worker", [this] { this->work(0); });
    this->thread("owner", [this] {
      this->phase.pause();
      this->submit();
      this->resume();
    });
    this->thread("submitter", [this] { this->submit(); });
  }
};

/// A shutdown that drains comes while somebody pauses the pool and lets it go on.
struct PauseAgainstShutdown : PauseScene<Bug::None> {
  bool paused_late = false;

  PauseAgainstShutdown() {
    submit();
    daemon("worker", [this] { work(0); });
    thread("owner", [this] {
      phase.pause();
      resume();
    });
    thread("shutdown", [this] {
      phase.raise(Phase::Draining);
      gate.open();
      lot.notify_any();
      require(phase.now() == Phase::Draining, "no pause undoes it");
    });
  }
  void finished() override {
    PauseScene::finished();
    require(phase.now() == Phase::Draining, "and it stays so");
  }
};

/// It comes while the pool is paused for good.
struct ShutdownWhilePaused : PauseScene<Bug::None> {
  ShutdownWhilePaused() {
    submit();
    require(phase.pause(), "it was open");
    daemon("worker", [this] { work(0); });
    thread("shutdown", [this] {
      phase.raise(Phase::Draining);
      gate.open();
      lot.notify_any();
      require(!phase.pause() && !phase.resume(), "too late");
    });
  }
};

}  // namespace

std::vector<SceneRow> pause_scenes() {
  return {scene<SubmitWhilePaused<Bug::None>>("pause_submit_meanwhile"),
          scene<PauseAgainstShutdown>("pause_against_shutdown"),
          scene<ShutdownWhilePaused>("pause_ended_by_shutdown")};
}

std::vector<SceneRow> broken_pause_scenes() {
  return {scene<SubmitWhilePaused<Bug::OpensBeforeChanging>>("pause_opens_before_changing"),
          scene<SubmitWhilePaused<Bug::SleepsAmongTheIdle>>("pause_sleeps_among_the_idle")};
}

}  // namespace models
