// Quiescence: the counts say "quiet" only when everything is settled, and whoever waits for that is
// told.
#include <array>
#include <optional>

#include "pools/engine/outside_counts.h"
#include "pools/engine/parking_lot.h"
#include "pools/engine/quiescence.h"
#include "pools/metrics/worker_counters.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Counter = pools::BasicOwnedCounter<Atomic>;
using Outside = pools::BasicOutsideCounts<ModelSync>;

enum class Bug : std::uint8_t {
  None,
  ReadsSubmittedFirst,
  SettlesBeforeCounting,  // a nested submit is counted after its parent has settled
  TellsBeforeSettling,
  TellsOncePerTwo,  // a thread that counts strictly tells of two tasks once
};

std::optional<pools::Instant> never() { return std::nullopt; }

/// The pool's counts in small: one outside thread, two workers.
template <Bug bug>
struct Counts : Scene {
  Outside outside;
  std::array<Counter, 2> submitted;  // by tasks
  std::array<Counter, 2> settled;
  Counter rejected;

  std::uint64_t done() const {
    return outside.rejected() + rejected.read() + settled[0].read() + settled[1].read();
  }
  std::uint64_t asked() const {
    return outside.submitted() + submitted[0].read() + submitted[1].read();
  }
  /// As Accounts::unsettled().
  std::uint64_t unsettled() const {
    if constexpr (bug == Bug::ReadsSubmittedFirst) {
      const std::uint64_t all = asked();
      return all - done();
    }
    return pools::unsettled([this] { return done(); }, [this] { return asked(); });
  }
  bool quiet() const { return unsettled() == 0; }
};

/// A task submits another one, which runs on the other worker. When the pool looks quiet, what both
/// wrote is visible.
template <Bug bug>
struct NestedSubmit : Counts<bug> {
  Atomic<int> queue{0};
  Atomic<int> nested{0};
  Plain<int> first{0};
  Plain<int> second{0};

  NestedSubmit() {
    this->thread("submitter", [this] {
      this->outside.count_submitted();
      queue.store(1, std::memory_order_release);
    });
    this->thread("worker 0", [this] {
      if (queue.load(std::memory_order_acquire) == 0) return;
      first.set(1);
      if constexpr (bug == Bug::SettlesBeforeCounting) {
        this->settled[0].add();
        this->submitted[0].add();
      } else {
        this->submitted[0].add();
      }
      nested.store(1, std::memory_order_release);
      if constexpr (bug != Bug::SettlesBeforeCounting) this->settled[0].add();
    });
    this->thread("worker 1", [this] {
      if (nested.load(std::memory_order_acquire) == 0) return;
      second.set(1);
      this->settled[1].add();
    });
    this->thread("watcher", [this] {
      if (!this->quiet() || this->outside.submitted() == 0) return;
      // Quiet after the first submit: both tasks are done, or one had not been submitted yet when
      // the counts were read; then nothing was settled either.
      if (this->settled[0].read() == 0) return;
      require(first.get() == 1, "the settled task's work is visible");
      if (this->done() == 2) require(second.get() == 1, "and the nested one's");
    });
  }
};

/// The instant when the pool is quiet exists: settled tasks never look unsubmitted.
template <Bug bug>
struct NeverQuietBetween : Counts<bug> {
  Atomic<int> nested{0};
  bool first_done = false;
  bool second_done = false;

  NeverQuietBetween() {
    this->outside.count_submitted();
    this->thread("worker 0", [this] {
      if constexpr (bug == Bug::SettlesBeforeCounting) {
        this->settled[0].add();
        this->submitted[0].add();
      } else {
        this->submitted[0].add();
        nested.store(1, std::memory_order_release);
        this->settled[0].add();
      }
      if constexpr (bug == Bug::SettlesBeforeCounting) nested.store(1, std::memory_order_release);
    });
    this->thread("worker 1", [this] {
      while (nested.load(std::memory_order_acquire) == 0) Execution::current().yield();
      second_done = true;
      this->settled[1].add();
    });
    this->thread("watcher", [this] {
      if (this->quiet()) require(second_done, "quiet although a nested task had not run");
    });
  }
};

/// One who waits for quiet, while the worker settles and goes to sleep.
template <Bug bug>
struct WatcherIsTold : Counts<bug> {
  pools::BasicQuiescence<ModelSync> watch;
  pools::BasicParkingLot<ModelSync> lot{2};

  WatcherIsTold() {
    this->outside.count_submitted();
    this->outside.count_submitted();
    for (pools::WorkerId id = 0; id < 2; ++id) {
      this->daemon(id == 0 ? "worker 0" : "worker 1", [this, id] {
        if constexpr (bug == Bug::TellsBeforeSettling) {
          watch.tell();
          this->settled[id].add();
          lot.rest(
              id, [] {}, [] { return false; }, never);
        } else {
          this->settled[id].add();
          lot.rest(
              id, [this] { watch.tell(); }, [] { return false; }, never);
        }
      });
    }
    this->thread("watcher", [this] { wait(); });
  }
  void wait() {
    const bool is_quiet = watch.wait(pools::Instant::max(), [this] { return this->unsettled(); });
    require(is_quiet, "told, and quiet");
  }
};

/// One task is out, and there are those who wait for it.
struct OneTaskWatched : Counts<Bug::None> {
  pools::BasicQuiescence<ModelSync> watch;

  OneTaskWatched() { outside.count_submitted(); }
  void settle() {
    settled[0].add();
    watch.tell();
  }
  bool wait(pools::Instant until = pools::Instant::max()) {
    return watch.wait(until, [this] { return unsettled(); });
  }
};

/// A worker that leaves the pool: it settles, ends, and never sleeps.
struct LeaverTells : OneTaskWatched {
  LeaverTells() {
    thread("leaver", [this] { settle(); });
    thread("watcher 1", [this] { wait(); });
    thread("watcher 2", [this] { wait(); });
  }
};

/// A submitter that runs or is refused a task itself tells the watcher, too.
struct RefusalTells : OneTaskWatched {
  RefusalTells() {
    thread("submitter", [this] {
      outside.count_rejected();
      watch.tell();
    });
    thread("watcher", [this] { wait(); });
  }
};

/// Threads of a foreign pool settle task after task; they count strictly and only look whether
/// anybody waits. The last they do is to say that they have left.
template <Bug bug>
struct ForeignThreadTells : Scene {
  std::array<Outside, 2> outside;
  pools::BasicQuiescence<ModelSync> watch;
  Plain<int> first{0};

  ForeignThreadTells() {
    outside[0].count_submitted();
    outside[0].count_submitted();
    for (std::size_t id = 0; id < 2; ++id) {
      thread(id == 0 ? "foreign 0" : "foreign 1", [this, id] {
        if (id == 0) first.set(1);
        if constexpr (bug == Bug::TellsBeforeSettling) watch.tell_of_strict_count();
        outside[id].count_done();
        if constexpr (bug != Bug::TellsBeforeSettling) watch.tell_of_strict_count();
        outside[id].count_returned();
      });
    }
    thread("watcher", [this] {
      const bool is_quiet = watch.wait(pools::Instant::max(), [this] {
        const auto done = [this] { return outside[0].done() + outside[1].done(); };
        return pools::unsettled(done, [this] { return outside[0].submitted(); });
      });
      require(is_quiet && first.get() == 1, "told, and what the tasks wrote is visible");
    });
  }
};

/// Two wait while each of two threads settles a task of its own; one also counts a refusal, of
/// which it tells as anybody does.
template <Bug bug>
struct ForeignThreadsTellTwo : Scene {
  std::array<Outside, 2> outside;
  Counter rejected;
  pools::BasicQuiescence<ModelSync> watch;

  ForeignThreadsTellTwo() {
    outside[0].count_submitted();
    outside[0].count_submitted();
    outside[0].count_submitted();
    thread("foreign 0", [this] {
      rejected.add();
      if constexpr (bug != Bug::TellsOncePerTwo) watch.tell();
      outside[0].count_done();
      watch.tell_of_strict_count();
    });
    thread("foreign 1", [this] {
      outside[1].count_done();
      watch.tell_of_strict_count();
    });
    for (const char* name : {"watcher 1", "watcher 2"}) {
      thread(name, [this] {
        const auto done = [this] {
          return outside[0].done() + outside[1].done() + rejected.read();
        };
        const bool is_quiet = watch.wait(pools::Instant::max(), [&] {
          return pools::unsettled(done, [this] { return outside[0].submitted(); });
        });
        require(is_quiet, "told, and quiet");
      });
    }
  }
};

/// With a limit the wait ends by itself, told or not.
struct WatcherGivesUp : OneTaskWatched {
  WatcherGivesUp() {
    thread("worker", [this] { settle(); });
    thread("watcher", [this] {
      const bool is_quiet = wait(ModelSync::now() + pools::Nanos{1000});
      if (is_quiet) require(settled[0].read() == 1, "quiet is quiet");
    });
  }
};

}  // namespace

std::vector<SceneRow> quiet_scenes() {
  constexpr Bug kNone = Bug::None;
  return {scene<NestedSubmit<kNone>>("quiet_nested_submit"),
          scene<NeverQuietBetween<kNone>>("quiet_never_between"),
          scene<WatcherIsTold<kNone>>("quiet_watcher_is_told"),
          scene<LeaverTells>("quiet_leaver_tells"),
          scene<RefusalTells>("quiet_refusal_tells"),
          scene<ForeignThreadTells<kNone>>("quiet_foreign_thread_tells"),
          scene<ForeignThreadsTellTwo<kNone>>("quiet_foreign_threads_tell_two"),
          scene<WatcherGivesUp>("quiet_watcher_gives_up")};
}

std::vector<SceneRow> broken_quiet_scenes() {
  return {scene<NeverQuietBetween<Bug::ReadsSubmittedFirst>>("reads_submitted_first"),
          scene<NeverQuietBetween<Bug::SettlesBeforeCounting>>("settles_before_counting"),
          scene<WatcherIsTold<Bug::TellsBeforeSettling>>("tells_before_settling"),
          scene<ForeignThreadTells<Bug::TellsBeforeSettling>>("foreign_tells_before_settling"),
          scene<ForeignThreadsTellTwo<Bug::TellsOncePerTwo>>("tells_once_per_two")};
}

}  // namespace models
