// RingQueue: nothing lost, nothing twice, first in first out for each producer, values visible.
#include <span>

#include "pools/queues/ring_queue.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Ring = pools::RingQueue<Plain<int>, Atomic>;

/// Values are 10 * producer + 1, 2, ...: who pushed them and in which order.
struct RingScene : Scene {
  Ring ring{2};
  std::vector<int> pushed;
  std::vector<std::vector<int>> popped{4};  // by consumer; the last is what remained

  RingScene() {
    pushed.reserve(16);
    for (auto& of : popped) of.reserve(16);
  }
  void push(int value, int attempts = 1) {
    for (int i = 0; i < attempts; ++i) {
      if (ring.push(value)) {
        pushed.push_back(value);
        return;
      }
    }
  }
  void pop(std::size_t consumer, std::size_t most, int attempts = 1) {
    Plain<int> out[4];
    for (int i = 0; i < attempts; ++i) {
      const std::size_t n = ring.pop(std::span(out).first(most));
      for (std::size_t k = 0; k < n; ++k) popped[consumer].push_back(out[k].get());
    }
  }
  void finished() override {
    pop(3, 1, 8);
    require(!ring.ready() && ring.size() == 0, "the ring is empty at the end");
    std::vector<int> all;
    for (const auto& of : popped) {
      int last[10] = {};
      for (const int value : of) {
        require(value > 0 && last[value / 10] < value % 10, "in order for each producer");
        last[value / 10] = value % 10;
        for (const int other : all) require(other != value, "no value twice");
        all.push_back(value);
      }
    }
    require(all.size() == pushed.size(), "no value lost");
    require(ring.push(1) && ring.push(2) && !ring.push(3), "every place is free again, no more");
  }
};

struct TwoProducers : RingScene {
  TwoProducers() {
    thread("producer 1", [this] {
      push(11);
      push(12);
    });
    thread("producer 2", [this] { push(21); });
    thread("consumer", [this] { pop(0, 1, 3); });
  }
};

struct TwoConsumers : RingScene {
  TwoConsumers() {
    push(11);
    thread("producer", [this] {
      push(12);
      push(13, 2);
    });
    thread("consumer 1", [this] { pop(0, 1, 2); });
    thread("consumer 2", [this] { pop(1, 1, 2); });
  }
};

/// Laps: cells change hands several times, and a batch spans the end of the array.
struct Batches : RingScene {
  Batches() {
    push(11);
    pop(2, 1);
    thread("producer 1", [this] {
      push(12);
      push(13, 2);
    });
    thread("producer 2", [this] { push(21, 2); });
    thread("consumer 1", [this] { pop(0, 2, 2); });
    thread("consumer 2", [this] { pop(1, 2); });
  }
};

/// A full ring: producers are refused until a consumer has handed a cell back, then write over it.
struct Full : RingScene {
  Full() {
    push(11);
    push(12);
    thread("producer 1", [this] { push(13, 2); });
    thread("producer 2", [this] { push(21, 2); });
    thread("consumer", [this] { pop(0, 1, 3); });
  }
};

/// Whoever is told that the ring is ready by a happens-before edge can pop.
struct Ready : RingScene {
  Atomic<int> told{0};
  Ready() {
    thread("producer", [this] {
      push(11);
      told.store(1, std::memory_order_release);
    });
    thread("consumer", [this] {
      if (told.load(std::memory_order_acquire) == 0) return;
      require(ring.ready() && ring.size() == 1, "ready after a push that happened before");
      pop(0, 1);
      require(popped[0].size() == 1, "and pop finds it");
    });
  }
};

}  // namespace

std::vector<SceneRow> ring_scenes() {
  return {scene<TwoProducers>("ring_two_producers"), scene<TwoConsumers>("ring_two_consumers"),
          scene<Batches>("ring_batches"), scene<Full>("ring_full"), scene<Ready>("ring_ready")};
}

}  // namespace models
