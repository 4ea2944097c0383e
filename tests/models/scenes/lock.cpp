// FutexLock: one holder at a time, who sees what the last one did, and nobody sleeps for ever.
#include <mutex>

#include "pools/engine/futex_lock.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

struct LockScene : Scene {
  pools::BasicFutexLock<ModelSync> lock;
  Plain<int> counted{0};  // two holders that nothing orders race here
  int expected = 0;

  void holder(const char* name, int times) {
    expected += times;
    thread(name, [this, times] {
      for (int i = 0; i < times; ++i) {
        const std::lock_guard guard(lock);
        counted.set(counted.get() + 1);
      }
    });
  }
  void finished() override { require(counted.get() == expected, "every turn was counted"); }
};

struct TwoHolders : LockScene {
  TwoHolders() {
    holder("thread 1", 2);
    holder("thread 2", 2);
  }
};

/// The one who is woken must leave the lock marked for the one who still sleeps.
struct ThreeHolders : LockScene {
  ThreeHolders() {
    for (const char* name : {"thread 1", "thread 2", "thread 3"}) holder(name, 1);
  }
};

}  // namespace

std::vector<SceneRow> lock_scenes() {
  return {scene<TwoHolders>("lock_two_holders"), scene<ThreeHolders>("lock_three_holders")};
}

}  // namespace models
