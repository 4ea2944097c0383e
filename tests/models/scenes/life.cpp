// WorkerLife: a worker asked to leave goes or is taken back, never both; its slot is used again
// only when it is done with it; and a request wakes a sleeper.
#include <optional>

#include "pools/engine/parking_lot.h"
#include "pools/engine/worker_life.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Life = pools::BasicWorkerLife<ModelSync>;

enum class Bug : std::uint8_t {
  None,
  LeavesWithoutCommitting,
  EndsBeforeFlushing,  // gives the slot away and then still writes to it
  AsksWithoutWaking,
};

std::optional<pools::Instant> never() { return std::nullopt; }

template <Bug bug>
struct LifeScene : Scene {
  Life life;
  pools::BasicParkingLot<ModelSync> lot{1};
  Plain<int> slot{0};
  bool left = false;

  void work() {
    slot.set(slot.get() + 1);
    while (true) {
      if (life.asked_to_leave()) {
        if (bug == Bug::LeavesWithoutCommitting || life.commit_to_leave()) break;
        continue;
      }
      lot.rest(
          0, [] {}, [this] { return life.asked_to_leave(); }, never);
    }
    left = true;
    if constexpr (bug == Bug::EndsBeforeFlushing) life.end();
    slot.set(slot.get() + 1);
    if constexpr (bug != Bug::EndsBeforeFlushing) life.end();
  }
  bool ask() {
    if (!life.ask_to_leave()) return false;
    if constexpr (bug != Bug::AsksWithoutWaking) lot.notify(0);
    return true;
  }
};

template <Bug bug>
struct AskedAsleep : LifeScene<bug> {
  AskedAsleep() {
    this->life.begin();
    this->thread("worker", [this] { this->work(); });
    this->thread("pool", [this] { require(this->ask(), "it was live"); });
  }
};

/// Shrink, then grow at once: the request is taken back, or the worker goes and the slot is used
/// again.
template <Bug bug>
struct TakenBack : LifeScene<bug> {
  bool taken_back = false;
  bool restarted = false;

  TakenBack() {
    this->life.begin();
    this->daemon("worker", [this] { this->work(); });
    this->thread("pool", [this] {
      this->ask();
      taken_back = this->life.take_back();
      if (!taken_back) {
        while (!this->life.absent()) Execution::current().yield();
        this->slot.set(this->slot.get() + 1);
        this->life.begin();
        restarted = true;
      }
      require(this->life.live(), "there is a worker again");
    });
  }
  void finished() override {
    require(this->left != taken_back, "it left, or it was taken back");
    require(restarted == this->left, "a new worker only for one that left");
  }
};

/// Asked, taken back, asked again, while the worker is about to commit.
template <Bug bug>
struct AskedTwice : LifeScene<bug> {
  AskedTwice() {
    this->life.begin();
    this->thread("worker", [this] { this->work(); });
    this->thread("pool", [this] {
      this->ask();
      if (this->life.take_back()) require(this->ask(), "live again, so it can be asked");
    });
  }
  void finished() override { require(this->life.absent(), "it left in the end"); }
};

/// A thread that could not be started leaves the slot as it was.
struct NeverBegan : Scene {
  Life life;
  NeverBegan() {
    thread("pool", [this] {
      require(life.absent(), "free");
      life.begin();
      life.never_began();
      require(life.absent() && !life.live() && !life.ask_to_leave(), "free again");
    });
  }
};

}  // namespace

std::vector<SceneRow> life_scenes() {
  constexpr Bug kNone = Bug::None;
  return {scene<AskedAsleep<kNone>>("life_asked_asleep"),
          scene<TakenBack<kNone>>("life_taken_back"), scene<AskedTwice<kNone>>("life_asked_twice"),
          scene<NeverBegan>("life_never_began")};
}

std::vector<SceneRow> broken_life_scenes() {
  return {scene<TakenBack<Bug::LeavesWithoutCommitting>>("leaves_without_committing"),
          scene<TakenBack<Bug::EndsBeforeFlushing>>("ends_before_flushing"),
          scene<AskedAsleep<Bug::AsksWithoutWaking>>("asks_without_waking")};
}

}  // namespace models
