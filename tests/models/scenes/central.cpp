// CentralQueue and LockedFifo: the ring with the list behind it keeps each producer's order and
// loses nothing, whichever of the two a task went through.
#include <array>
#include <span>

#include "pools/queues/central_queue.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

/// Tasks are named by their series: 10 * producer + 1, 2, ...
struct CentralScene : Scene {
  pools::BasicCentralQueue<ModelSync> queue{2};
  std::array<pools::Task, 10> tasks;
  std::size_t pushed = 0;
  std::vector<std::vector<int>> popped{3};

  CentralScene() {
    for (auto& of : popped) of.reserve(16);
  }
  void push(int name) {
    pools::Task& task = tasks[pushed++];
    task.series = static_cast<std::uint16_t>(name);
    queue.push(task);
  }
  std::size_t pop(std::size_t consumer, std::size_t most) {
    pools::Task* out[4];
    const std::size_t n = queue.pop(std::span(out).first(most));
    for (std::size_t i = 0; i < n; ++i) popped[consumer].push_back(out[i]->series);
    return n;
  }
  void finished() override {
    while (pop(2, 1) != 0) {
    }
    require(!queue.has_work() && queue.size() == 0, "the queue is empty at the end");
    std::size_t all = 0;
    for (const auto& of : popped) {
      int last[10] = {};
      for (const int name : of) {
        require(last[name / 10] < name % 10, "in order for each producer");
        last[name / 10] = name % 10;
      }
      all += of.size();
    }
    require(all == pushed, "no task lost, none twice");
  }
};

struct Overflowing : CentralScene {
  Overflowing() {
    push(11);
    thread("producer 1", [this] {
      push(12);
      push(13);
      push(14);
    });
    thread("producer 2", [this] { push(21); });
    thread("consumer", [this] {
      for (int i = 0; i < 4; ++i) pop(0, 1);
    });
  }
};

struct TwoConsumers : CentralScene {
  TwoConsumers() {
    push(11);
    push(12);
    push(13);
    thread("producer", [this] {
      push(14);
      push(15);
    });
    thread("consumer 1", [this] {
      pop(0, 2);
      pop(0, 1);
    });
    thread("consumer 2", [this] { pop(1, 2); });
  }
};

/// An inbox closes while a submitter chooses it: the task goes in before and is handed over, or is
/// refused.
struct ClosingInbox : Scene {
  pools::BasicLockedFifo<ModelSync> inbox;
  std::array<pools::Task, 3> tasks;
  int accepted = 0;
  std::size_t handed_over = 0;
  std::size_t taken = 0;

  ClosingInbox() {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      thread(i == 0 ? "submitter 1" : "submitter 2", [this, i] {
        if (inbox.push_within(tasks[i], 2)) ++accepted;
      });
    }
    thread("owner", [this] {
      pools::Task* out[1];
      taken += inbox.pop(out);
      handed_over = inbox.close().size();
      require(inbox.empty(), "closed and empty");
    });
    thread("thief", [this] {
      pools::Task* out[2];
      taken += inbox.pop(out, 2);
    });
  }
  void finished() override {
    require(static_cast<std::size_t>(accepted) == handed_over + taken, "accepted and not lost");
  }
};

}  // namespace

std::vector<SceneRow> central_scenes() {
  return {scene<Overflowing>("central_overflowing"), scene<TwoConsumers>("central_two_consumers"),
          scene<ClosingInbox>("fifo_closing_inbox")};
}

}  // namespace models
