// Dormancy: the supervisor never dozes while a task waits behind a worker that is stuck.
#include <optional>

#include "pools/engine/dormancy.h"
#include "pools/engine/parking_lot.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Lot = pools::BasicParkingLot<ModelSync>;

/// Steps left out on purpose.
enum class Bug : std::uint8_t {
  None,
  RousesOnlyAfterSleep,  // a worker that retracts its announcement rouses nobody
  LooksOnce,             // the supervisor does not look again once it is dormant
};

std::optional<pools::Instant> never() { return std::nullopt; }

/// One worker, a supervisor, and two tasks that wait for each other: the first holds the worker
/// until the supervisor finds the second waiting and helps out.
template <Bug bug>
struct Supervised : Scene {
  Lot lot{1};
  pools::BasicDormancy<ModelSync> dormancy;
  Atomic<int> queued{0};
  Atomic<int> running{0};
  Atomic<std::uint32_t> helped{0};

  Supervised() {
    daemon("worker", [this] {
      while (true) {
        if (queued.load(std::memory_order_seq_cst) == 0) {
          const pools::Rest rest = lot.rest(
              0, [] {}, [this] { return queued.load(std::memory_order_seq_cst) != 0; }, never);
          if (bug != Bug::RousesOnlyAfterSleep || rest != pools::Rest::Retracted) dormancy.rouse();
          continue;
        }
        queued.fetch_sub(1, std::memory_order_seq_cst);
        lot.found_work(0, [] { return false; });
        running.store(1, std::memory_order_seq_cst);
        while (helped.load(std::memory_order_acquire) == 0) ModelSync::futex_wait(helped, 0);
        running.store(0, std::memory_order_seq_cst);
      }
    });
    daemon("supervisor", [this] {
      while (helped.load(std::memory_order_relaxed) == 0) {
        if (running.load(std::memory_order_seq_cst) != 0 &&
            queued.load(std::memory_order_seq_cst) != 0) {
          helped.store(1, std::memory_order_release);
          ModelSync::futex_wake(helped);
        } else if (nothing_to_decide()) {
          dormancy.doze([this] { return bug == Bug::LooksOnce || nothing_to_decide(); });
        } else {
          dormancy.pause(pools::Nanos{1000});
        }
      }
    });
    thread("submitter", [this] {
      for (int i = 0; i < 2; ++i) {
        queued.fetch_add(1, std::memory_order_seq_cst);
        lot.notify_any();
      }
    });
  }
  bool nothing_to_decide() {
    return queued.load(std::memory_order_seq_cst) == 0 &&
           running.load(std::memory_order_seq_cst) == 0 && lot.sleepers() == 1;
  }
  void finished() override {
    require(helped.load(std::memory_order_relaxed) != 0,
            "the supervisor dozes beside a stuck task");
  }
};

/// Stopped while it dozes, pauses, or is about to.
struct Stopped : Scene {
  pools::BasicDormancy<ModelSync> dormancy;

  Stopped() {
    thread("supervisor", [this] {
      while (!dormancy.stopping()) dormancy.doze([] { return true; });
    });
    thread("owner", [this] { dormancy.stop(); });
  }
};

}  // namespace

std::vector<SceneRow> dormancy_scenes() {
  return {scene<Supervised<Bug::None>>("dormancy_supervised"), scene<Stopped>("dormancy_stopped")};
}

std::vector<SceneRow> broken_dormancy_scenes() {
  return {scene<Supervised<Bug::RousesOnlyAfterSleep>>("rouses_only_after_sleep"),
          scene<Supervised<Bug::LooksOnce>>("looks_once")};
}

}  // namespace models
