// Settling: the counts say "quiet" only when everything is settled, whoever waits for that is told,
// and a submitter that races with a shutdown is either refused or waited for.
#include <array>
#include <optional>

#include "pools/engine/outside_counts.h"
#include "pools/engine/parking_lot.h"
#include "pools/engine/per_thread.h"
#include "pools/engine/quiescence.h"
#include "pools/engine/shutdown_phase.h"
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
  LooksBeforeCounting,    // the submitter looks at the phase, then counts
  TellsBeforeSettling,
  ReturnsTooEarly,  // the submitter says that it has left, then wakes somebody
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
  /// As ThreadedPool::quiet().
  bool quiet() const {
    if constexpr (bug == Bug::ReadsSubmittedFirst) {
      const std::uint64_t all = asked();
      return done() == all;
    }
    return pools::all_settled([this] { return done(); }, [this] { return asked(); });
  }
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
    const bool is_quiet = watch.wait(pools::Instant::max(), [this] { return this->quiet(); });
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
    return watch.wait(until, [this] { return quiet(); });
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
        return pools::all_settled(done, [this] { return outside[0].submitted(); });
      });
      require(is_quiet && first.get() == 1, "told, and what the tasks wrote is visible");
    });
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

/// Submit against shutdown. The submitter's cell may be new in the list, or taken over from a
/// thread that ended.
template <Bug bug, bool new_cell>
struct SubmitAgainstShutdown : Scene {
  using Cells = pools::CellList<Outside, Atomic>;
  Cells cells;
  pools::BasicShutdownPhase<ModelSync> phase;
  Atomic<int> settled{0};
  bool accepted = false;
  bool stopped = false;

  SubmitAgainstShutdown() {
    if constexpr (!new_cell) cells.claim()->give_back();
    thread("submitter", [this] {
      Outside& own = cells.claim()->value;
      if constexpr (bug == Bug::LooksBeforeCounting) {
        const bool open = phase.now() == pools::Phase::Open;
        own.count_submitted();
        submit(own, open);
      } else {
        own.count_submitted();
        submit(own, phase.now() == pools::Phase::Open);
      }
    });
    thread("shutdown", [this] {
      phase.raise(pools::Phase::Draining);
      std::uint64_t done = static_cast<std::uint64_t>(settled.load(std::memory_order_seq_cst));
      sum(&Outside::rejected, done);
      std::uint64_t asked = 0;
      sum(&Outside::submitted, asked);
      if (done != asked) return;  // it would wait here
      stopped = true;
      if (accepted) require(settled_by_now, "stopped with a task accepted and never run");
    });
  }
  bool settled_by_now = false;
  void submit(Outside& own, bool open) {
    if (!open) {
      own.count_rejected();
      return;
    }
    accepted = true;
    require(!stopped, "accepted after the pool had stopped");
    settled.fetch_add(1, std::memory_order_seq_cst);
    settled_by_now = true;
  }
  void sum(std::uint64_t (Outside::*count)() const noexcept, std::uint64_t& into) {
    for (auto* cell = cells.first(); cell != nullptr; cell = cell->next) {
      into += (cell->value.*count)();
    }
  }
};

/// A task that owns the pool may have run and ended it before its submitter has left submit().
template <Bug bug>
struct PoolOutlivesSubmit : Counts<bug> {
  Atomic<int> queue{0};
  Plain<int> pool{0};  // what submitters touch, and the end frees

  PoolOutlivesSubmit() {
    this->thread("submitter", [this] {
      this->outside.count_submitted();
      queue.store(1, std::memory_order_release);
      if constexpr (bug == Bug::ReturnsTooEarly) this->outside.count_returned();
      static_cast<void>(pool.get());  // the wake-up
      if constexpr (bug != Bug::ReturnsTooEarly) this->outside.count_returned();
    });
    this->thread("task", [this] {
      while (queue.load(std::memory_order_acquire) == 0) Execution::current().yield();
      this->settled[0].add();
      while (!this->quiet() || this->outside.within()) Execution::current().yield();
      pool.set(1);
    });
  }
};

/// Two newcomers and a cell that changes its owner: what was counted in it stays.
struct CellsAreHandedOn : Scene {
  using Cells = pools::CellList<Plain<int>, Atomic>;
  Cells cells;

  CellsAreHandedOn() {
    for (const char* name : {"first", "second", "third"}) {
      thread(name, [this] {
        Cells::Cell* cell = cells.claim();
        cell->value.set(cell->value.get() + 1);
        cell->give_back();
      });
    }
  }
  void finished() override {
    int sum = 0;
    for (auto* cell = cells.first(); cell != nullptr; cell = cell->next) sum += cell->value.get();
    require(sum == 3, "no count lost");
  }
};

/// The phase only grows, whoever raises it.
struct PhaseGrows : Scene {
  pools::BasicShutdownPhase<ModelSync> phase;
  PhaseGrows() {
    thread("drain", [this] { phase.raise(pools::Phase::Draining); });
    thread("cancel", [this] {
      phase.raise(pools::Phase::Cancelling);
      require(phase.now() >= pools::Phase::Cancelling, "raised");
    });
    thread("stop", [this] { phase.raise(pools::Phase::Stopped); });
  }
  void finished() override { require(phase.now() == pools::Phase::Stopped, "the highest stays"); }
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
          scene<WatcherGivesUp>("quiet_watcher_gives_up"),
          scene<SubmitAgainstShutdown<kNone, true>>("shutdown_submit_new_cell"),
          scene<SubmitAgainstShutdown<kNone, false>>("shutdown_submit_old_cell"),
          scene<PoolOutlivesSubmit<kNone>>("shutdown_pool_outlives_submit"),
          scene<CellsAreHandedOn>("cells_are_handed_on"),
          scene<PhaseGrows>("shutdown_phase_grows")};
}

std::vector<SceneRow> broken_quiet_scenes() {
  return {scene<NeverQuietBetween<Bug::ReadsSubmittedFirst>>("reads_submitted_first"),
          scene<NeverQuietBetween<Bug::SettlesBeforeCounting>>("settles_before_counting"),
          scene<WatcherIsTold<Bug::TellsBeforeSettling>>("tells_before_settling"),
          scene<ForeignThreadTells<Bug::TellsBeforeSettling>>("foreign_tells_before_settling"),
          scene<SubmitAgainstShutdown<Bug::LooksBeforeCounting, false>>("looks_before_counting"),
          scene<PoolOutlivesSubmit<Bug::ReturnsTooEarly>>("returns_too_early")};
}

}  // namespace models
