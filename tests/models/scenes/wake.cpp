// ParkingLot: no wake-up is lost, and a worker that takes one task of several passes the search on.
// The queues are the shipping ones too, for the protocol rests on how they publish.
#include <array>
#include <optional>
#include <span>

#include "pools/engine/claim_buffer.h"
#include "pools/engine/parking_lot.h"
#include "pools/queues/central_queue.h"
#include "pools/queues/ring_queue.h"
#include "pools/queues/stealing_deque.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Lot = pools::BasicParkingLot<ModelSync>;
using pools::WorkerId;

/// Steps left out on purpose.
enum class Bug : std::uint8_t {
  None,
  SkipsLastLook,          // sleeps without looking once more
  LooksBeforeAnnouncing,  // the last look comes too early
  KeepsTheSearch,         // finds work and does not pass the search on
  NeverStopsSearching,    // finds work and stays counted as a searcher
  NotifiesBeforeStoring,
  StaysOnTheList,       // does not take itself off the sleepers when it retracts
  LeavesWithTheWakeUp,  // leaves the pool and hands nothing on
  KeepsToItself,        // moves tasks from one place to another and tells nobody
};

std::optional<pools::Instant> never() { return std::nullopt; }

/// A pool in small: one ring, workers that take, rest, and meet.
template <Bug bug>
struct WakeScene : Scene {
  Lot lot{3};
  pools::RingQueue<int, Atomic> ring{4};
  Atomic<std::uint32_t> met{0};
  std::uint32_t meeting = 0;  // a task ends when so many have begun; 0: at once
  int ran = 0;
  int submitted = 0;

  void submit() {
    ++submitted;
    if constexpr (bug == Bug::NotifiesBeforeStoring) {
      lot.notify_any();
      require(ring.push(1), "room");
      return;
    }
    require(ring.push(1), "room");
    lot.notify_any();
  }
  void run_task() {
    ++ran;
    if (meeting == 0) return;
    const std::uint32_t now = met.fetch_add(1, std::memory_order_acq_rel) + 1;
    ModelSync::futex_wake(met);
    for (std::uint32_t n = now; n < meeting; n = met.load(std::memory_order_acquire)) {
      ModelSync::futex_wait(met, n);
    }
  }
  void rest(WorkerId id) {
    const auto look = [this] { return bug != Bug::SkipsLastLook && ring.ready(); };
    lot.start_search(id);  // as every worker does that found nothing: it looks on for a while
    if (ring.ready()) return;
    if constexpr (bug == Bug::LooksBeforeAnnouncing) {
      if (ring.ready()) return;
      lot.rest(
          id, [] {}, [] { return false; }, never);
    } else if constexpr (bug == Bug::StaysOnTheList) {
      lot.announce(id);
      if (look()) {
        lot.start_search(id);
      } else {
        lot.sleep(id, pools::Nanos{-1});
      }
    } else {
      lot.rest(
          id, [] {}, look, never);
    }
  }
  void work(WorkerId id) {
    while (true) {
      int out[1];
      if (ring.pop(out) == 0) {
        rest(id);
        continue;
      }
      if constexpr (bug == Bug::KeepsTheSearch) {
        lot.end_search(id);
      } else if constexpr (bug != Bug::NeverStopsSearching) {
        lot.found_work(id, [this] { return ring.ready(); });
      }
      run_task();
    }
  }
  void worker(WorkerId id) {
    static const char* const kNames[] = {"worker 0", "worker 1", "worker 2"};
    daemon(kNames[id], [this, id] { work(id); });
  }
  void finished() override {
    require(ran == submitted, "a task waits while workers sleep: a lost wake-up");
    require(meeting == 0 || met.load(std::memory_order_relaxed) == meeting, "all tasks met");
    require(lot.longest_sleeper().id != pools::kNobody, "who has nothing to do sleeps");
  }
};

template <Bug bug>
struct OneWorker : WakeScene<bug> {
  OneWorker() {
    this->worker(0);
    this->thread("submitter", [this] {
      this->submit();
      this->submit();
    });
  }
};

template <Bug bug>
struct TwoSubmitters : WakeScene<bug> {
  TwoSubmitters() {
    this->worker(0);
    this->thread("submitter 1", [this] { this->submit(); });
    this->thread("submitter 2", [this] { this->submit(); });
  }
};

/// Two tasks that wait for each other: both workers must run. So a task must not wait while a
/// worker sleeps, whoever was searching when it came.
template <Bug bug>
struct Meeting : WakeScene<bug> {
  Meeting() {
    this->meeting = 2;
    this->worker(0);
    this->worker(1);
    this->thread("submitter", [this] {
      this->submit();
      this->submit();
    });
  }
};

template <Bug bug>
struct MeetingOfTwoSubmitters : WakeScene<bug> {
  MeetingOfTwoSubmitters() {
    this->meeting = 2;
    this->worker(0);
    this->worker(1);
    this->thread("submitter 1", [this] { this->submit(); });
    this->thread("submitter 2", [this] { this->submit(); });
  }
};

/// The ring with the list behind it: the last look sees a task in either.
struct ThroughTheOverflow : Scene {
  Lot lot{2};
  pools::BasicCentralQueue<ModelSync> queue{2};
  std::array<pools::Task, 4> tasks;
  int ran = 0;

  ThroughTheOverflow() {
    for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
      thread(i == 0 ? "submitter 1" : "submitter 2", [this, i] {
        for (const std::size_t task : {i, i + 1}) {
          queue.push(tasks[task]);
          lot.notify_any();
        }
      });
    }
    daemon("worker", [this] {
      while (true) {
        pools::Task* out[1];
        if (queue.pop(out) == 0) {
          lot.rest(
              0, [] {}, [this] { return queue.has_work(); }, never);
          continue;
        }
        lot.found_work(0, [this] { return queue.has_work(); });
        ++ran;
      }
    });
  }
  void finished() override { require(ran == 4, "a task waits while the worker sleeps"); }
};

/// What a worker pushes into its own deque must wake a thief.
struct ThiefIsWoken : Scene {
  Lot lot{2};
  pools::StealingDeque<int, Atomic> deque{2};
  Atomic<std::uint32_t> stolen{0};

  ThiefIsWoken() {
    thread("owner", [this] {
      require(deque.push(1), "room");
      lot.notify_any();
      // Its task waits for the other one, which only a thief can run.
      while (stolen.load(std::memory_order_acquire) == 0) ModelSync::futex_wait(stolen, 0);
    });
    daemon("thief", [this] {
      while (true) {
        int value = 0;
        if (!deque.steal(value)) {
          lot.rest(
              1, [] {}, [this] { return deque.size() != 0; }, never);
          continue;
        }
        lot.found_work(1, [this] { return deque.size() != 0; });
        stolen.store(1, std::memory_order_release);
        ModelSync::futex_wake(stolen);
      }
    });
  }
};

/// A worker takes two tasks from the shared queue and puts one into its deque; on their way nobody
/// saw them, so whoever has looked meanwhile and sleeps must be told. The first task waits for the
/// other one.
template <Bug bug>
struct MovedTasks : Scene {
  Lot lot{2};
  pools::RingQueue<int, Atomic> ring{2};
  pools::StealingDeque<int, Atomic> deque{2};
  Atomic<std::uint32_t> ran{0};

  MovedTasks() {
    daemon("worker", [this] {
      while (true) {
        int out[2] = {};
        const std::size_t n = ring.pop(out);
        if (n == 2) {
          require(deque.push(out[1]), "room");
          if constexpr (bug != Bug::KeepsToItself) lot.notify_any();
        }
        if (n == 0) {
          rest(0);
          continue;
        }
        lot.found_work(0, [this] { return has_work(); });
        for (std::uint32_t r = run(); n == 2 && r < 2; r = ran.load(std::memory_order_acquire)) {
          ModelSync::futex_wait(ran, r);
        }
      }
    });
    daemon("thief", [this] {
      while (true) {
        int out[1] = {};
        if (deque.steal(out[0]) || ring.pop(out) != 0) {
          lot.found_work(1, [this] { return has_work(); });
          run();
        } else {
          rest(1);
        }
      }
    });
    thread("submitter", [this] {
      for (int i = 0; i < 2; ++i) {
        require(ring.push(1), "room");
        lot.notify_any();
      }
    });
  }
  std::uint32_t run() {
    const std::uint32_t now = ran.fetch_add(1, std::memory_order_acq_rel) + 1;
    ModelSync::futex_wake(ran);
    return now;
  }
  bool has_work() const { return ring.ready() || deque.size() != 0; }
  void rest(WorkerId id) {
    lot.rest(
        id, [] {}, [this] { return has_work(); }, never);
  }
  void finished() override {
    require(ran.load(std::memory_order_relaxed) == 2, "a worker sleeps beside a moved task");
  }
};

/// What a worker has taken stays within reach of the others, and they are told.
struct TakenIsWithinReach : Scene {
  struct Item {};
  Lot lot{2};
  pools::ClaimBuffer<Item, 2, Atomic> taken;
  Item item;
  Atomic<std::uint32_t> claimed{0};

  TakenIsWithinReach() {
    thread("owner", [this] {
      Item* const tasks[] = {&item};
      taken.fill(tasks);
      lot.notify_any();
      while (claimed.load(std::memory_order_acquire) == 0) ModelSync::futex_wait(claimed, 0);
    });
    daemon("other", [this] {
      while (true) {
        if (taken.claim() == nullptr) {
          lot.rest(
              1, [] {}, [this] { return taken.size() != 0; }, never);
          continue;
        }
        lot.found_work(1, [this] { return taken.size() != 0; });
        claimed.store(1, std::memory_order_release);
        ModelSync::futex_wake(claimed);
      }
    });
  }
};

/// A worker leaves that may have been woken for a task: another one gets to know.
template <Bug bug>
struct Leaving : WakeScene<bug> {
  Leaving() {
    this->worker(0);
    this->daemon("leaver", [this] {
      this->lot.rest(
          1, [] {}, [this] { return this->ring.ready(); }, never);
      if constexpr (bug == Bug::LeavesWithTheWakeUp) {
        this->lot.end_search(1);
      } else {
        this->lot.leave(1, [this] { return this->ring.ready(); });
      }
    });
    this->thread("submitter", [this] { this->submit(); });
  }
};

}  // namespace

std::vector<SceneRow> wake_scenes() {
  constexpr Bug kNone = Bug::None;
  return {scene<OneWorker<kNone>>("wake_one_worker"),
          scene<TwoSubmitters<kNone>>("wake_two_submitters"),
          scene<Meeting<kNone>>("wake_meeting"),
          scene<MeetingOfTwoSubmitters<kNone>>("wake_meeting_of_two_submitters"),
          scene<ThroughTheOverflow>("wake_through_the_overflow"),
          scene<ThiefIsWoken>("wake_thief"),
          scene<MovedTasks<kNone>>("wake_moved_tasks"),
          scene<TakenIsWithinReach>("wake_taken_within_reach"),
          scene<Leaving<kNone>>("wake_leaving")};
}

std::vector<SceneRow> broken_wake_scenes() {
  return {scene<OneWorker<Bug::SkipsLastLook>>("skips_last_look"),
          scene<OneWorker<Bug::LooksBeforeAnnouncing>>("looks_before_announcing"),
          scene<OneWorker<Bug::NotifiesBeforeStoring>>("notifies_before_storing"),
          scene<MeetingOfTwoSubmitters<Bug::KeepsTheSearch>>("keeps_the_search"),
          scene<Meeting<Bug::NeverStopsSearching>>("never_stops_searching"),
          scene<Meeting<Bug::StaysOnTheList>>("stays_on_the_list"),
          scene<Leaving<Bug::LeavesWithTheWakeUp>>("leaves_with_the_wake_up"),
          scene<MovedTasks<Bug::KeepsToItself>>("keeps_to_itself")};
}

}  // namespace models
