// ParkingLot: who sleeps and is woken by name, by time, or with all the others.
#include <array>
#include <optional>

#include "pools/engine/parking_lot.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Lot = pools::BasicParkingLot<ModelSync>;
using pools::WorkerId;

/// Steps left out on purpose.
enum class Bug : std::uint8_t { None, NobodyKeepsTime, WakesWhileAnyoneSleeps };

std::optional<pools::Instant> never() { return std::nullopt; }

/// Push: each worker has an inbox and is notified by name.
struct Targeted : Scene {
  Lot lot{2};
  std::array<Atomic<int>, 2> inbox{};
  int ran = 0;

  Targeted() {
    for (WorkerId id = 0; id < 2; ++id) {
      daemon(id == 0 ? "worker 0" : "worker 1", [this, id] {
        while (true) {
          if (inbox[id].load(std::memory_order_relaxed) == 0) {
            lot.rest(
                id, [] {}, [this, id] { return has_work(id); }, never);
            if (inbox[id].load(std::memory_order_acquire) == 0) continue;
          }
          ran += inbox[id].exchange(0, std::memory_order_acq_rel);
          lot.found_work(id, [this, id] { return has_work(id); });
        }
      });
    }
    thread("submitter 1", [this] {
      submit(0);
      submit(1);
    });
    thread("submitter 2", [this] { submit(0); });
  }
  bool has_work(WorkerId id) { return inbox[id].load(std::memory_order_seq_cst) != 0; }
  void submit(WorkerId to) {
    inbox[to].fetch_add(1, std::memory_order_seq_cst);
    lot.notify(to);
  }
  void finished() override { require(ran == 3, "a task waits at a worker that sleeps"); }
};

/// A sleeper whose time runs out against notifiers: it is counted exactly once, and what was sent
/// to it is not lost.
struct TimeOut : Scene {
  Lot lot{2};
  Atomic<int> queue{0};
  int ran = 0;

  TimeOut() {
    daemon("worker", [this] {
      while (true) {
        if (queue.load(std::memory_order_acquire) == 0) {
          lot.announce(0);
          if (queue.load(std::memory_order_seq_cst) != 0) {
            lot.retract(0);
          } else if (!lot.sleep(0, pools::Nanos{1000})) {
            // Nothing came in time: for good now.
            lot.rest(
                0, [] {}, [this] { return queue.load(std::memory_order_seq_cst) != 0; }, never);
          }
          continue;
        }
        ran += queue.exchange(0, std::memory_order_acq_rel);
        lot.found_work(0, [] { return false; });
      }
    });
    thread("submitter 1", [this] { submit(); });
    thread("submitter 2", [this] {
      submit();
      lot.notify(0);
    });
  }
  void submit() {
    queue.fetch_add(1, std::memory_order_seq_cst);
    lot.notify_any();
  }
  void finished() override {
    require(ran == 2, "a task waits while the worker sleeps");
    require(lot.sleepers() == 1, "counted as asleep once");
  }
};

/// Notify all reaches every sleeper: a stop is seen.
struct Stop : Scene {
  Lot lot{2};
  Atomic<bool> stop{false};

  Stop() {
    for (WorkerId id = 0; id < 2; ++id) {
      thread(id == 0 ? "worker 0" : "worker 1", [this, id] {
        while (!stop.load(std::memory_order_seq_cst)) {
          lot.rest(
              id, [] {}, [this] { return stop.load(std::memory_order_seq_cst); }, never);
        }
      });
    }
    thread("shutdown", [this] {
      stop.store(true, std::memory_order_seq_cst);
      lot.notify_all();
    });
  }
};

/// Notify all against workers that have no reason to stay awake and go back to sleep at once: it
/// ends, and wakes each at most once.
template <Bug bug>
struct BackToSleep : Scene {
  Lot lot{3};
  bool told = false;

  BackToSleep() {
    for (WorkerId id = 0; id < 3; ++id) {
      static const char* const kNames[] = {"worker 0", "worker 1", "worker 2"};
      daemon(kNames[id], [this, id] {
        while (true) {
          lot.rest(
              id, [] {}, [] { return false; }, never);
          lot.found_work(id, [] { return false; });
        }
      });
    }
    thread("notifier", [this] {
      if constexpr (bug == Bug::WakesWhileAnyoneSleeps) {
        for (WorkerId id; (id = lot.longest_sleeper().id) != pools::kNobody;) lot.notify(id);
      } else {
        lot.notify_all();
      }
      told = true;
    });
  }
  void finished() override {
    require(told, "notify_all ends");
    require(lot.wakes_sent() <= 3, "nobody is woken twice");
    require(lot.sleepers() == 3, "all sleep again");
  }
};

/// More sleepers than notices: each of two tasks wakes one worker of three, by whatever way, and
/// neither is left over. Each takes its task and blocks in it until both are taken.
struct MoreSleepersThanNotices : Scene {
  Lot lot{3};
  Atomic<int> queue{0};
  Atomic<std::uint32_t> running{0};

  MoreSleepersThanNotices() {
    for (WorkerId id = 0; id < 3; ++id) {
      static const char* const kNames[] = {"worker 0", "worker 1", "worker 2"};
      daemon(kNames[id], [this, id] { work(id); });
    }
    for (const char* name : {"submitter 1", "submitter 2"}) {
      thread(name, [this] {
        queue.fetch_add(1, std::memory_order_seq_cst);
        lot.notify_any();
      });
    }
  }
  void work(WorkerId id) {
    while (true) {
      int waiting = queue.load(std::memory_order_seq_cst);
      if (waiting == 0) {
        lot.rest(
            id, [] {}, [this] { return queue.load(std::memory_order_seq_cst) != 0; }, never);
        continue;
      }
      if (!queue.compare_exchange_strong(waiting, waiting - 1, std::memory_order_seq_cst,
                                         std::memory_order_relaxed)) {
        continue;
      }
      lot.found_work(id, [this] { return queue.load(std::memory_order_seq_cst) != 0; });
      std::uint32_t now = running.fetch_add(1, std::memory_order_acq_rel) + 1;
      ModelSync::futex_wake(running);
      for (; now < 2; now = running.load(std::memory_order_acquire)) {
        ModelSync::futex_wait(running, now);
      }
    }
  }
  void finished() override {
    require(running.load(std::memory_order_relaxed) == 2, "a task waits while workers sleep");
  }
};

/// Batch: tasks ripen; one sleeper keeps the time for all, and when it is woken for something else
/// the time is still kept. `work` are tasks that can be taken at once, `unripe` those that cannot.
template <Bug bug>
struct Timekeeper : Scene {
  Lot lot{2};
  Mutex mutex;
  Atomic<int> work{0};
  Atomic<int> unripe{0};
  Atomic<std::int64_t> ripe_at{0};  // 0: nothing ripens
  int ran = 0;

  Timekeeper() {
    for (WorkerId id = 0; id < 2; ++id) {
      daemon(id == 0 ? "worker 0" : "worker 1", [this, id] { run(id); });
    }
    thread("submitter 1", [this] {
      {
        const std::lock_guard lock(mutex);
        unripe.fetch_add(1, std::memory_order_seq_cst);
        ripe_at.store(500, std::memory_order_seq_cst);
      }
      lot.notify_any();
    });
    thread("submitter 2", [this] {
      work.fetch_add(1, std::memory_order_seq_cst);
      lot.notify_any();
    });
  }
  bool ripe() {
    const std::int64_t at = ripe_at.load(std::memory_order_seq_cst);
    return at != 0 && ModelSync::now().time_since_epoch().count() >= at;
  }
  bool has_work() { return work.load(std::memory_order_seq_cst) != 0 || ripe(); }
  std::optional<pools::Instant> ripens_at() {
    const std::int64_t at = ripe_at.load(std::memory_order_seq_cst);
    if (at == 0 || bug == Bug::NobodyKeepsTime) return std::nullopt;
    return pools::Instant{pools::Nanos{at}};
  }
  int take_batch() {
    const std::lock_guard lock(mutex);
    const int n = unripe.exchange(0, std::memory_order_acq_rel);
    ripe_at.store(0, std::memory_order_seq_cst);
    return n;
  }
  void run(WorkerId id) {
    while (true) {
      int n = work.exchange(0, std::memory_order_acq_rel);
      if (n == 0 && ripe()) n = take_batch();
      if (n == 0) {
        lot.rest(
            id, [] {}, [this] { return has_work(); }, [this] { return ripens_at(); });
        continue;
      }
      lot.found_work(id, [this] { return has_work() || ripens_at(); });
      ran += n;
    }
  }
  void finished() override { require(ran == 2, "a batch ripened and nobody was awake for it"); }
};

}  // namespace

std::vector<SceneRow> sleeper_scenes() {
  return {scene<Targeted>("wake_targeted"),
          scene<TimeOut>("wake_time_out"),
          scene<Stop>("wake_stop"),
          scene<BackToSleep<Bug::None>>("wake_back_to_sleep"),
          scene<MoreSleepersThanNotices>("wake_more_sleepers_than_notices"),
          scene<Timekeeper<Bug::None>>("wake_timekeeper")};
}

std::vector<SceneRow> broken_sleeper_scenes() {
  return {scene<Timekeeper<Bug::NobodyKeepsTime>>("nobody_keeps_time"),
          scene<BackToSleep<Bug::WakesWhileAnyoneSleeps>>("wakes_while_anyone_sleeps")};
}

}  // namespace models
