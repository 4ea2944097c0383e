// Shutdown: a submitter that races with it is either refused or waited for, and has left the pool
// before the pool goes.
#include <cstdint>

#include "pools/engine/outside_counts.h"
#include "pools/engine/per_thread.h"
#include "pools/engine/shutdown_phase.h"
#include "pools/metrics/worker_counters.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Outside = pools::BasicOutsideCounts<ModelSync>;

enum class Bug : std::uint8_t {
  None,
  LooksBeforeCounting,  // the submitter looks at the phase, then counts
  ReturnsTooEarly,      // the submitter says that it has left, then wakes somebody
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
struct PoolOutlivesSubmit : Scene {
  Outside outside;
  pools::BasicOwnedCounter<Atomic> settled;
  Atomic<int> queue{0};
  Plain<int> pool{0};  // what submitters touch, and the end frees

  PoolOutlivesSubmit() {
    thread("submitter", [this] {
      outside.count_submitted();
      queue.store(1, std::memory_order_release);
      if constexpr (bug == Bug::ReturnsTooEarly) outside.count_returned();
      static_cast<void>(pool.get());  // the wake-up
      if constexpr (bug != Bug::ReturnsTooEarly) outside.count_returned();
    });
    thread("task", [this] {
      while (queue.load(std::memory_order_acquire) == 0) Execution::current().yield();
      settled.add();
      while (settled.read() != outside.submitted() || outside.within())
        Execution::current().yield();
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

std::vector<SceneRow> shutdown_scenes() {
  constexpr Bug kNone = Bug::None;
  return {scene<SubmitAgainstShutdown<kNone, true>>("shutdown_submit_new_cell"),
          scene<SubmitAgainstShutdown<kNone, false>>("shutdown_submit_old_cell"),
          scene<PoolOutlivesSubmit<kNone>>("shutdown_pool_outlives_submit"),
          scene<CellsAreHandedOn>("cells_are_handed_on"),
          scene<PhaseGrows>("shutdown_phase_grows")};
}

std::vector<SceneRow> broken_shutdown_scenes() {
  return {scene<SubmitAgainstShutdown<Bug::LooksBeforeCounting, false>>("looks_before_counting"),
          scene<PoolOutlivesSubmit<Bug::ReturnsTooEarly>>("returns_too_early")};
}

}  // namespace models
