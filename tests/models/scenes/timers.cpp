// Timers, and what rests on them: a task that its time limit ends and one that ends by itself is
// settled once; a failed task that backs off is run, given back or refused, whatever a shutdown
// does meanwhile.
#include <memory>
#include <optional>

#include "pools/retry/back_offs.h"
#include "pools/timers/timers.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using ModelTimers = pools::BasicTimers<ModelSync>;

enum class Bug : std::uint8_t {
  None,
  IgnoresTheAnswer,   // the worker settles whether or not the time limit has
  ForgetsTheTimer,    // the worker is done without cancelling
  NeverCloses,        // the shutdown takes what waits, and lets more come
  ClosesTooLate,      // the shutdown takes what waits first
  SettlesWhatIsHeld,  // who backs off settles as well
};

pools::Instant later() { return ModelSync::now() + pools::Nanos{1'000'000}; }

struct Timed : Scene {
  ModelTimers timers;
  Timed() {
    daemon("timers", [this] { timers.run(); });
  }
};

/// A worker runs a task that has a time limit; both may end it.
template <Bug bug>
struct TimeLimit : Timed {
  struct Limit final : pools::Timer {
    explicit Limit(TimeLimit& its) noexcept : scene(its) {}
    void fire() noexcept override {
      require(scene.frame.get() == 1, "fires into a frame that is gone");
      scene.settled.set(scene.settled.get() + 1);
    }
    TimeLimit& scene;
  };
  Plain<int> settled{0};
  Plain<int> frame{0};

  TimeLimit() {
    thread("worker", [this] {
      for (int task = 0; task < 2; ++task) {
        Limit limit(*this);
        frame.set(1);
        const int before = settled.get();
        timers.start(limit, later());
        Execution::current().point();
        if constexpr (bug == Bug::ForgetsTheTimer) {
          settled.set(settled.get() + 1);
          frame.set(0);
          static_cast<void>(timers.cancel(limit));
          continue;
        }
        const bool first = timers.cancel(limit);
        if (first || bug == Bug::IgnoresTheAnswer) settled.set(settled.get() + 1);
        frame.set(0);
        require(settled.get() == before + 1, "a task is settled once");
      }
    });
  }
};

/// Two timers of two threads, the later one started first: the thread sleeps too long for neither.
struct Sooner : Timed {
  struct Flag final : pools::Timer {
    void fire() noexcept override { fired.store(1, std::memory_order_release); }
    Atomic<std::uint32_t> fired{0};
  };
  Flag never;
  Flag soon;

  Sooner() {
    thread("later", [this] { timers.start(never, pools::Instant::max()); });
    thread("sooner", [this] { timers.start(soon, later()); });
  }
  void finished() override {
    require(soon.fired.load(std::memory_order_acquire) == 1, "it sleeps beyond what is due");
    require(timers.cancel(never), "it fires before its time");
  }
};

struct Item {
  Plain<int> runs{0};
};
using ModelBackOffs = pools::BasicBackOffs<ModelSync, Item>;

/// A task fails and backs off while the pool shuts down. `far`: its time never comes by itself.
template <Bug bug, bool far>
struct RetryShutdown : Timed {
  Atomic<int> settled{0};
  Item item;
  ModelBackOffs waiting{timers, [this](Item& one) {
                          one.runs.set(one.runs.get() + 1);
                          settle();
                        }};

  RetryShutdown() {
    thread("worker", [this] {
      item.runs.set(1);
      const bool held = waiting.hold(item, far ? pools::Instant::max() : later());
      if (!held || bug == Bug::SettlesWhatIsHeld) settle();
    });
    thread("shutdown", [this] {
      const auto take = [this] {
        waiting.take_all([this](Item& one) {
          one.runs.set(one.runs.get() + 1);
          settle();
        });
      };
      if constexpr (bug == Bug::ClosesTooLate) take();
      if constexpr (bug != Bug::NeverCloses) waiting.close();
      if constexpr (bug != Bug::ClosesTooLate) take();
    });
  }
  void settle() { settled.fetch_add(1, std::memory_order_acq_rel); }
  void finished() override {
    require(settled.load(std::memory_order_acquire) == 1, "a task is settled once");
    require(waiting.size() == 0, "nothing waits");
  }
};

/// Two that back off at the same time; the one whose time comes takes only itself.
struct TwoBackOff : Timed {
  Atomic<int> resumed{0};
  Item first;
  Item second;
  ModelBackOffs waiting{timers, [this](Item& one) {
                          one.runs.set(one.runs.get() + 1);
                          resumed.fetch_add(1, std::memory_order_acq_rel);
                        }};

  TwoBackOff() {
    thread("worker 0", [this] { require(waiting.hold(first, later()), "not closed"); });
    thread("worker 1", [this] { require(waiting.hold(second, later()), "not closed"); });
  }
  void finished() override {
    require(resumed.load(std::memory_order_acquire) == 2, "each comes back");
    require(first.runs.get() == 1 && second.runs.get() == 1, "each once");
    require(waiting.size() == 0, "nothing waits");
  }
};

/// The owner stops the thread while it sleeps, fires, or is about to.
struct TimersStop : Scene {
  ModelTimers timers;
  TimersStop() {
    thread("timers", [this] { timers.run(); });
    thread("owner", [this] { timers.stop(); });
  }
};

}  // namespace

std::vector<SceneRow> timer_scenes() {
  return {scene<TimeLimit<Bug::None>>("timers_time_limit"),
          scene<Sooner>("timers_sooner"),
          scene<RetryShutdown<Bug::None, false>>("timers_retry_shutdown"),
          scene<RetryShutdown<Bug::None, true>>("timers_retry_far_shutdown"),
          scene<TwoBackOff>("timers_two_back_off"),
          scene<TimersStop>("timers_stop")};
}

std::vector<SceneRow> broken_timer_scenes() {
  return {scene<TimeLimit<Bug::IgnoresTheAnswer>>("ignores_the_answer"),
          scene<TimeLimit<Bug::ForgetsTheTimer>>("forgets_the_timer"),
          scene<RetryShutdown<Bug::NeverCloses, true>>("never_closes"),
          scene<RetryShutdown<Bug::ClosesTooLate, true>>("closes_too_late"),
          scene<RetryShutdown<Bug::SettlesWhatIsHeld, false>>("settles_what_is_held")};
}

}  // namespace models
