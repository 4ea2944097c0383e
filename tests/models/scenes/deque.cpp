// StealingDeque: the owner's end against thieves, around the last value and around the wrap.
#include <span>

#include "pools/queues/stealing_deque.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

struct DequeScene : Scene {
  pools::StealingDeque<int, Atomic> deque;
  std::vector<Plain<int>> fields;  // what a task's fields are: written before the push
  std::vector<int> taken;          // how often, by value
  int pushed = 0;

  explicit DequeScene(std::size_t capacity) : deque(capacity), fields(8), taken(8) {}
  void push(int value) {
    fields[static_cast<std::size_t>(value)].set(value);
    if (deque.push(value)) ++pushed;
  }
  void took(int value) {
    require(value > 0 && value < 8, "a value that was pushed");
    require(fields[static_cast<std::size_t>(value)].get() == value, "its fields are visible");
    require(++taken[static_cast<std::size_t>(value)] == 1, "no value twice");
  }
  void pop() {
    int value = 0;
    if (deque.pop(value)) took(value);
  }
  void steal() {
    int value = 0;
    if (deque.steal(value)) took(value);
  }
  void finished() override {
    for (int i = 0; i < 8; ++i) pop();
    int sum = 0;
    for (const int n : taken) sum += n;
    require(sum == pushed, "no value lost");
    require(deque.size() == 0, "the deque is empty at the end");
  }
};

struct LastValue : DequeScene {
  LastValue() : DequeScene(2) {
    thread("owner", [this] {
      push(1);
      pop();
      push(2);
      pop();
    });
    thread("thief", [this] {
      steal();
      steal();
    });
  }
};

struct TwoThieves : DequeScene {
  TwoThieves() : DequeScene(2) {
    thread("owner", [this] {
      push(1);
      push(2);
      pop();
      pop();
    });
    thread("thief 1", [this] { steal(); });
    thread("thief 2", [this] {
      steal();
      steal();
    });
  }
};

/// Cells are written again: a thief that read the old value must not keep it.
struct Wrap : DequeScene {
  Wrap() : DequeScene(2) {
    push(1);
    push(2);
    thread("owner", [this] {
      pop();
      push(3);
      push(4);
      pop();
    });
    thread("thief 1", [this] {
      steal();
      steal();
    });
    thread("thief 2", [this] { steal(); });
  }
};

struct StealHalf : DequeScene {
  StealHalf() : DequeScene(4) {
    push(1);
    thread("owner", [this] {
      push(2);
      push(3);
      pop();
      push(4);
      pop();
    });
    thread("thief", [this] {
      int out[4];
      const std::size_t n = deque.steal_half(out);
      for (std::size_t i = 0; i < n; ++i) took(out[i]);
    });
  }
};

/// "Empty is empty": an owner that finds nothing may conclude that thieves have it all.
struct OwnerFindsItsOwn : DequeScene {
  OwnerFindsItsOwn() : DequeScene(2) {
    thread("owner", [this] {
      push(1);
      int value = 0;
      if (deque.pop(value)) {
        took(value);
      } else {
        require(deque.size() == 0, "nothing popped, so it was stolen");
      }
    });
    thread("thief", [this] { steal(); });
  }
};

}  // namespace

std::vector<SceneRow> deque_scenes() {
  return {scene<LastValue>("deque_last_value"), scene<TwoThieves>("deque_two_thieves"),
          scene<Wrap>("deque_wrap"), scene<StealHalf>("deque_steal_half"),
          scene<OwnerFindsItsOwn>("deque_owner_finds_its_own")};
}

}  // namespace models
