// The priority strategy's levels under the parking lot: no task waits while a worker sleeps, and
// none is lost or run twice.
#include <array>
#include <optional>

#include "pools/dispatch/priority_levels.h"
#include "pools/engine/parking_lot.h"
#include "pools/queues/task_list.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using pools::WorkerId;

std::optional<pools::Instant> never() { return std::nullopt; }

/// A pool in small, as dispatch/priority.cpp and the worker loop put it together.
struct LevelsScene : Scene {
  pools::BasicParkingLot<ModelSync> lot{2};
  pools::BasicPriorityLevels<pools::TaskList, ModelSync> levels{2, pools::Nanos{0}};
  std::array<pools::Task, 3> tasks;
  std::array<int, 3> runs{};
  std::size_t submitted = 0;
  Atomic<std::uint32_t> met{0};
  std::uint32_t meeting = 0;  // a task ends when so many have begun; 0: at once

  void submit(std::uint8_t level) {
    pools::Task& task = tasks[submitted];
    task.series = static_cast<std::uint16_t>(submitted++);
    task.level = level;
    levels.push(task);
    lot.notify_any();
  }
  void run(const pools::Task& task) {
    ++runs[task.series];
    if (meeting == 0) return;
    const std::uint32_t now = met.fetch_add(1, std::memory_order_acq_rel) + 1;
    ModelSync::futex_wake(met);
    for (std::uint32_t n = now; n < meeting; n = met.load(std::memory_order_acquire)) {
      ModelSync::futex_wait(met, n);
    }
  }
  bool has_work() const { return levels.total() != 0; }
  void worker(WorkerId id) {
    daemon(id == 0 ? "worker 0" : "worker 1", [this, id] {
      while (true) {
        pools::Task* task[1];
        if (levels.pop(task) == 0) {
          lot.rest(
              id, [] {}, [this] { return has_work(); }, never);
          continue;
        }
        lot.found_work(id, [this] { return has_work(); });
        run(*task[0]);
      }
    });
  }
  void finished() override {
    for (std::size_t i = 0; i < submitted; ++i) {
      require(runs[i] == 1, "a task waits while the workers sleep, or ran twice");
    }
    require(levels.total() == 0, "none is left");
  }
};

/// The publication against a sleeper's last look: the smallest scene in which both could be missed.
struct OneSleeper : LevelsScene {
  OneSleeper() {
    worker(0);
    thread("submitter", [this] {
      submit(1);
      submit(0);
    });
  }
};

struct TwoSubmitters : LevelsScene {
  TwoSubmitters() {
    worker(0);
    thread("submitter 1", [this] { submit(1); });
    thread("submitter 2", [this] { submit(0); });
  }
};

/// Two tasks that wait for each other, one of each level: both workers must run.
struct Meeting : LevelsScene {
  Meeting() {
    meeting = 2;
    worker(0);
    worker(1);
    thread("submitter", [this] {
      submit(0);
      submit(1);
    });
  }
};

}  // namespace

std::vector<SceneRow> levels_scenes() {
  return {scene<OneSleeper>("levels_one_sleeper"), scene<TwoSubmitters>("levels_two_submitters"),
          scene<Meeting>("levels_meeting")};
}

}  // namespace models
