// GroupCount: the owner goes on when every task is finished, not before, and is always woken.
#include <array>

#include "pools/group_count.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

struct GroupScene : Scene {
  pools::BasicGroupCount<ModelSync> count;
  std::array<Plain<int>, 4> written;      // by the tasks; the owner reads them in the end
  std::array<Atomic<bool>, 4> waiting{};  // the tasks that anybody may take
  std::array<bool, 4> started{};

  void start(std::size_t task, bool owner) {
    started[task] = true;
    count.started(owner);
    waiting[task].store(true, std::memory_order_release);
  }
  bool take(std::size_t task) { return waiting[task].exchange(false, std::memory_order_acquire); }
  void finish(std::size_t task, bool owner) {
    written[task].set(1);
    count.finished(owner);
  }
  /// A worker that runs what it finds of these.
  void worker(const char* name, std::vector<std::size_t> tasks) {
    thread(name, [this, tasks] {
      for (const std::size_t task : tasks) {
        if (take(task)) finish(task, false);
      }
    });
  }
  /// What TaskGroup does, but it sleeps without a limit: a lost wake-up shows.
  void wait(const std::vector<std::size_t>& help) {
    while (!count.none()) {
      bool helped = false;
      for (const std::size_t task : help) {
        if (helped || !take(task)) continue;
        finish(task, true);
        helped = true;
      }
      if (!helped) count.sleep(pools::Nanos{-1});
    }
    for (std::size_t task = 0; task < started.size(); ++task) {
      if (started[task]) require(written[task].get() == 1, "the owner sees what the tasks wrote");
    }
  }
};

/// Two others finish the owner's tasks while it falls asleep.
struct OthersFinish : GroupScene {
  OthersFinish() {
    start(0, true);
    start(1, true);
    worker("worker 1", {0});
    worker("worker 2", {1});
    thread("owner", [this] { wait({}); });
  }
};

/// Another thread's task starts a further one, which the owner may run: then the owner has finished
/// one more than it started itself.
struct OwnerFinishesAnothers : GroupScene {
  OwnerFinishesAnothers() {
    start(0, true);
    thread("worker 1", [this] {
      (void)take(0);
      start(1, false);
      finish(0, false);
      if (take(1)) finish(1, false);
    });
    thread("owner", [this] { wait({1}); });
  }
};

/// The owner sleeps, helps, and sleeps again; then starts more.
struct SleepsTwice : GroupScene {
  SleepsTwice() {
    start(0, true);
    start(1, true);
    start(2, true);
    worker("worker 1", {0, 2});
    worker("worker 2", {1, 2});
    thread("owner", [this] {
      count.sleep(pools::Nanos{1});
      wait({2});
      start(3, true);
      if (take(3)) finish(3, true);
      wait({});
    });
  }
};

}  // namespace

std::vector<SceneRow> group_scenes() {
  return {scene<OthersFinish>("group_others_finish"),
          scene<OwnerFinishesAnothers>("group_owner_finishes_anothers"),
          scene<SleepsTwice>("group_sleeps_twice")};
}

}  // namespace models
