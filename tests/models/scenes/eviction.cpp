// on_full drop_oldest: every task is taken by a worker or given up by a submitter, once; the bound
// holds; what a place is worth is never lost or doubled.
#include <array>

#include "pools/engine/capacity_gate.h"
#include "pools/engine/eviction.h"
#include "pools/queues/locked_fifo.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

enum class Bug { None, LeavesWithTheEvicted, EvictsBeforeItTries };

/// A pool in small: the door of threaded_pool.cpp, a queue, and a worker that takes.
struct EvictionScene : Scene {
  pools::BasicCapacityGate<ModelSync> gate;
  pools::BasicLockedFifo<ModelSync> queue;
  std::array<pools::Task, 4> tasks;
  std::array<int, 4> ends{};  // counted at the instant of the fibers, not in the model's memory
  int capacity;
  int stored = 0;
  Bug bug;

  explicit EvictionScene(int places, Bug with = Bug::None)
      : gate(static_cast<std::uint64_t>(places)), capacity(places), bug(with) {
    for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].series = static_cast<std::uint16_t>(i);
  }
  void ended(const pools::Task& task) { ++ends[task.series]; }
  pools::Task* evict() {
    pools::Task* oldest[1];
    if (queue.pop(oldest) == 0) return nullptr;
    --stored;
    return oldest[0];
  }
  void submit(std::size_t number) {
    pools::Room<pools::Task> room;
    if (bug == Bug::EvictsBeforeItTries) {
      room = {true, evict()};
    } else {
      room = pools::room_by_eviction<pools::Task>(gate, [this] { return evict(); });
    }
    if (!room.found) return ended(tasks[number]);
    queue.push(tasks[number]);
    require(++stored <= capacity, "the bound is never exceeded");
    if (room.evicted == nullptr) return;
    if (bug == Bug::LeavesWithTheEvicted) gate.leave(1);
    ended(*room.evicted);
  }
  void take_one() {
    pools::Task* task[1];
    if (queue.pop(task) == 0) return;
    --stored;
    gate.leave(1);
    ended(*task[0]);
  }
  void finished() override {
    for (pools::Task* task[1]; queue.pop(task) != 0; ended(*task[0])) gate.leave(1);
    for (const pools::Task& task : tasks) require(ends[task.series] == 1, "each ends once");
    for (int i = 0; i < capacity; ++i) require(gate.try_enter(), "every place came back");
    require(!gate.try_enter(), "and none came twice");
  }
};

/// Two submitters and a worker over one place.
template <Bug bug>
struct OnePlace : EvictionScene {
  OnePlace() : EvictionScene(1, bug) {
    submit(0);
    thread("submitter 1", [this] {
      submit(1);
      submit(2);
    });
    thread("submitter 2", [this] { submit(3); });
    thread("worker", [this] { take_one(); });
  }
};

/// A worker empties the queue while a submitter looks for something to give up.
template <Bug bug>
struct TwoPlaces : EvictionScene {
  TwoPlaces() : EvictionScene(2, bug) {
    submit(0);
    submit(1);
    thread("submitter 1", [this] { submit(2); });
    thread("submitter 2", [this] { submit(3); });
    thread("worker", [this] {
      take_one();
      take_one();
    });
  }
};

}  // namespace

std::vector<SceneRow> eviction_scenes() {
  return {scene<OnePlace<Bug::None>>("eviction_one_place"),
          scene<TwoPlaces<Bug::None>>("eviction_two_places")};
}

std::vector<SceneRow> broken_eviction_scenes() {
  return {scene<OnePlace<Bug::LeavesWithTheEvicted>>("leaves_with_the_evicted"),
          scene<TwoPlaces<Bug::EvictsBeforeItTries>>("evicts_before_it_tries")};
}

}  // namespace models
