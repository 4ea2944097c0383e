// CapacityGate: the bound holds, whoever waits for a place is woken, closing ends the wait.
#include "pools/engine/capacity_gate.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

struct GateScene : Scene {
  pools::BasicCapacityGate<ModelSync> gate;
  int capacity;
  int inside = 0;  // places taken; counted at the instant of the fibers, not in the model's memory

  explicit GateScene(int places) : gate(static_cast<std::uint64_t>(places)), capacity(places) {}
  void entered() { require(++inside <= capacity, "the bound is never exceeded"); }
  void leave(int n) {
    inside -= n;
    gate.leave(static_cast<std::uint64_t>(n));
  }
};

/// Each submitter's own worker gives the place back: everybody gets in.
struct Waiting : GateScene {
  Waiting() : GateScene(1) {
    for (const char* name : {"submitter 1", "submitter 2", "submitter 3"}) {
      thread(name, [this] {
        require(gate.enter(), "the gate is open");
        entered();
        leave(1);
      });
    }
  }
};

struct Closing : GateScene {
  bool let_in = false;
  Closing() : GateScene(1) {
    require(gate.try_enter(), "the first finds a place");
    inside = 1;
    thread("submitter 1", [this] {
      if (gate.enter()) entered();
    });
    thread("submitter 2", [this] {
      if (gate.enter()) entered();
    });
    thread("worker", [this] { leave(1); });
    thread("shutdown", [this] { gate.close(); });
  }
};

struct TryEnter : GateScene {
  TryEnter() : GateScene(2) {
    for (const char* name : {"submitter 1", "submitter 2", "submitter 3"}) {
      thread(name, [this] {
        if (!gate.try_enter()) return;
        entered();
        leave(1);
      });
    }
  }
  void finished() override {
    require(gate.try_enter() && gate.try_enter() && !gate.try_enter(), "every place came back");
  }
};

/// A worker gives two of sixteen places back, then runs a task that waits for a submitter which
/// waits for a place: no further place ever comes, so these two must do.
struct FewPlaces : GateScene {
  Atomic<std::uint32_t> submitted{0};

  FewPlaces() : GateScene(16) {
    for (int i = 0; i < 16; ++i) require(gate.try_enter(), "room at first");
    inside = 16;
    for (const char* name : {"submitter 1", "submitter 2"}) {
      thread(name, [this] {
        require(gate.enter(), "open");
        entered();
        submitted.fetch_add(1, std::memory_order_release);
        ModelSync::futex_wake(submitted);
      });
    }
    thread("worker", [this] {
      leave(2);
      for (std::uint32_t n = 0; n < 2; n = submitted.load(std::memory_order_acquire)) {
        ModelSync::futex_wait(submitted, n);
      }
    });
  }
};

/// A worker that must not wait goes over the bound; the debt is paid back before others enter.
struct Forced : GateScene {
  Forced() : GateScene(2) {
    require(gate.try_enter(), "room at first");
    thread("worker", [this] {
      gate.force_enter();
      gate.leave(1);
      gate.leave(1);
    });
    thread("submitter", [this] { require(gate.enter(), "open"); });
  }
  void finished() override {
    require(gate.try_enter() && !gate.try_enter(), "one of two places is taken");
  }
};

/// Two workers give places back at once; each wakes one who waits.
struct TwoLeavers : GateScene {
  TwoLeavers() : GateScene(2) {
    require(gate.try_enter() && gate.try_enter(), "room at first");
    inside = 2;
    thread("worker 1", [this] { leave(1); });
    thread("worker 2", [this] { leave(1); });
    for (const char* name : {"submitter 1", "submitter 2"}) {
      thread(name, [this] {
        require(gate.enter(), "open");
        entered();
      });
    }
  }
};

/// Who waits for a time only may give up just when a place comes: then it is for the other one.
struct TimedWait : GateScene {
  TimedWait() : GateScene(1) {
    require(gate.try_enter(), "room at first");
    inside = 1;
    thread("worker", [this] { leave(1); });
    thread("timed", [this] {
      using Entry = pools::BasicCapacityGate<ModelSync>::Entry;
      const Entry entry = gate.enter_until(ModelSync::now() + pools::Nanos{1'000});
      require(entry != Entry::Closed, "open");
      if (entry != Entry::Entered) return;
      entered();
      leave(1);
    });
    thread("submitter", [this] {
      require(gate.enter(), "open");
      entered();
      leave(1);
    });
  }
  void finished() override { require(gate.try_enter() && !gate.try_enter(), "the place is back"); }
};

}  // namespace

std::vector<SceneRow> gate_scenes() {
  return {scene<Waiting>("gate_waiting"),     scene<Closing>("gate_closing"),
          scene<TryEnter>("gate_try_enter"),  scene<FewPlaces>("gate_few_places"),
          scene<Forced>("gate_forced"),       scene<TwoLeavers>("gate_two_leavers"),
          scene<TimedWait>("gate_timed_wait")};
}

}  // namespace models
