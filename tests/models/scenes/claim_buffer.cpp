// ClaimBuffer: what a worker has taken but not started is claimed once, by it or by another.
#include <array>

#include "pools/engine/claim_buffer.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

struct Item {
  Plain<int> field{0};
  int claimed = 0;
};

struct HandScene : Scene {
  pools::ClaimBuffer<Item, 2, Atomic> buffer;
  std::array<Item, 4> items;
  int filled = 0;

  void fill(std::size_t first, std::size_t count) {
    std::array<Item*, 2> tasks{};
    for (std::size_t i = 0; i < count; ++i) {
      items[first + i].field.set(1);
      tasks[i] = &items[first + i];
    }
    buffer.fill(std::span<Item* const>(tasks).first(count));
    filled += static_cast<int>(count);
  }
  bool claim() {
    Item* item = buffer.claim();
    if (item == nullptr) return false;
    require(item->field.get() == 1, "its fields are visible");
    require(++item->claimed == 1, "no task twice");
    return true;
  }
  void finished() override {
    while (claim()) {
    }
    int sum = 0;
    for (const Item& item : items) sum += item.claimed;
    require(sum == filled, "no task lost");
  }
};

struct Refilled : HandScene {
  Refilled() {
    thread("owner", [this] {
      fill(0, 2);
      while (claim()) {
      }
      fill(2, 2);
      while (claim()) {
      }
    });
    thread("thief", [this] {
      claim();
      claim();
    });
  }
};

struct TwoClaimers : HandScene {
  TwoClaimers() {
    fill(0, 1);
    thread("owner", [this] {
      while (claim()) {
      }
      fill(1, 2);
      claim();
    });
    thread("thief 1", [this] { claim(); });
    thread("thief 2", [this] { claim(); });
  }
};

}  // namespace

std::vector<SceneRow> claim_buffer_scenes() {
  return {scene<Refilled>("claims_refilled"), scene<TwoClaimers>("claims_two_claimers")};
}

}  // namespace models
