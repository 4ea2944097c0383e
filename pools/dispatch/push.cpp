// Push: the submitter places each task in one worker's own inbox. No meeting at one queue, but a
// choice made at arrival can turn out wrong: a task may wait behind a long one while another worker
// idles, unless inboxes are short or stealing between them is on.
//
// Choices: round_robin; least_loaded (shortest inbox, running task counted); power_of_two (the
// shorter of two random ones, Mitzenmacher 2001); join_idle (a parked worker if there is one, else
// power_of_two; Lu et al. 2011). A full inbox sends the task to one global overflow queue, which
// workers empty after their own inbox; while it is not empty new tasks go there too, so that none
// is overtaken for long.
#include <algorithm>
#include <atomic>
#include <memory>

#include "pools/dispatch/rows.h"
#include "pools/dispatch/worker_set.h"
#include "pools/queues/locked_fifo.h"

namespace pools {
namespace {

enum class Choose : std::uint8_t { RoundRobin, LeastLoaded, PowerOfTwo, JoinIdle };

class Push final : public Dispatch {
 public:
  Push(const DispatchContext& context, Choose choose, std::size_t inbox, bool steal)
      : choose_(choose),
        inbox_limit_(inbox),
        steal_(steal),
        max_workers_(context.max_workers),
        seed_(context.seed),
        counters_(context.counters),
        inboxes_(std::make_unique<Inbox[]>(context.max_workers)) {
    for (WorkerId id = 0; id < max_workers_; ++id) inboxes_[id].tasks.close();
    if (steal_) matrix_ = std::vector<OwnedCounter>(std::size_t{max_workers_} * max_workers_);
  }

  Placement place(Task& task, WorkerId /*from*/) noexcept override {
    if (overflow_.empty()) {
      const WorkerId id = choose();
      if (id != kNobody && inboxes_[id].tasks.push_within(task, inbox_limit_)) {
        // Where inboxes are open to all, a busy worker's new task is for whoever is free.
        return {steal_ && !idle_.contains(id) ? kAnyWorker : id};
      }
    }
    overflow_.push(task);
    return {kAnyWorker};
  }

  std::size_t take(WorkerId self, std::span<Task*> out) noexcept override {
    if (const std::size_t n = inboxes_[self].tasks.pop(out); n != 0) return n;
    if (const std::size_t n = overflow_.pop(out, members_.size()); n != 0) return n;
    return steal_ ? steal(self, out) : 0;
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override {
    if (const std::size_t n = overflow_.pop(out); n != 0) return n;
    for (WorkerId id = 0; id < max_workers_; ++id) {
      if (const std::size_t n = inboxes_[id].tasks.pop(out); n != 0) return n;
    }
    return 0;
  }

  bool has_work(WorkerId self) const noexcept override {
    if (!inboxes_[self].tasks.empty() || !overflow_.empty()) return true;
    bool any = false;
    if (steal_) members_.for_each([&](WorkerId id) { any = any || !inboxes_[id].tasks.empty(); });
    return any;
  }

  void worker_joined(WorkerId self) noexcept override {
    inboxes_[self].tasks.reopen();
    members_.insert(self);
  }
  Placement worker_left(WorkerId self) noexcept override {
    members_.erase(self);
    idle_.erase(self);
    // Closing under the inbox's lock: a submitter that chose this worker just now is refused there
    // and turns to the overflow, where everybody looks.
    TaskList left = inboxes_[self].tasks.close();
    if (left.empty()) return {kNobody};
    overflow_.splice(left);
    return {kAnyWorker};
  }
  void idle_changed(WorkerId self, bool idle) noexcept override {
    idle ? idle_.insert(self) : idle_.erase(self);
  }

  std::uint64_t depth(WorkerId self) const noexcept override { return inboxes_[self].tasks.size(); }
  std::uint64_t shared_depth() const noexcept override { return overflow_.size(); }

  std::vector<std::uint64_t> steal_matrix() const override {
    std::vector<std::uint64_t> out;
    out.reserve(matrix_.size());
    for (const OwnedCounter& cell : matrix_) out.push_back(cell.read());
    return out;
  }

 private:
  struct alignas(64) Inbox {
    LockedFifo tasks;
  };

  WorkerId choose() noexcept {
    switch (choose_) {
      case Choose::RoundRobin:
        return round_robin();
      case Choose::LeastLoaded:
        return least_loaded();
      case Choose::PowerOfTwo:
        return power_of_two();
      case Choose::JoinIdle:
        break;
    }
    // Taking it out of the set keeps a second task from being sent there before it wakes.
    const WorkerId idle = idle_.pop();
    return idle != kNobody && idle < max_workers_ ? idle : power_of_two();
  }

  WorkerId round_robin() noexcept {
    // One turn counter per submitting thread: a shared one would be the hottest word of the pool.
    thread_local WorkerId turn = 0;
    const WorkerId id = members_.next(turn);
    if (id != kNobody) turn = id + 1;
    return id;
  }

  WorkerId least_loaded() noexcept {
    WorkerId best = kNobody;
    std::size_t best_load = ~std::size_t{0};
    members_.for_each([&](WorkerId id) {
      if (const std::size_t mine = load(id); mine < best_load) {
        best = id;
        best_load = mine;
      }
    });
    return best;
  }

  WorkerId power_of_two() noexcept {
    thread_local QuickRandom random{seed_ ^ reinterpret_cast<std::uintptr_t>(&random)};
    const WorkerId a = members_.next(random.below(max_workers_));
    const WorkerId b = members_.next(random.below(max_workers_));
    if (a == kNobody || b == kNobody) return a;
    return load(b) < load(a) ? b : a;
  }

  /// Tasks waiting, and one more for a worker that is not idle.
  std::size_t load(WorkerId id) const noexcept {
    return inboxes_[id].tasks.size() + (idle_.contains(id) ? 0U : 1U);
  }

  std::size_t steal(WorkerId self, std::span<Task*> out) noexcept {
    WorkerId victim = self;
    for (std::uint32_t i = members_.size(); i > 1; --i) {
      victim = members_.next(victim + 1);
      if (victim == kNobody || victim == self) return 0;
      counters_[self].steal_attempts.add();
      if (const std::size_t n = inboxes_[victim].tasks.pop(out, 2); n != 0) {
        counters_[self].steal_hits.add();
        counters_[self].steal_items.add(n);
        matrix_[std::size_t{self} * max_workers_ + victim].add(n);
        return n;
      }
    }
    return 0;
  }

  const Choose choose_;
  const std::size_t inbox_limit_;
  const bool steal_;
  const std::uint32_t max_workers_;
  const std::uint64_t seed_;
  const std::span<WorkerCounters> counters_;
  WorkerSet members_;
  WorkerSet idle_;
  LockedFifo overflow_;
  const std::unique_ptr<Inbox[]> inboxes_;
  std::vector<OwnedCounter> matrix_;  // [thief][victim], row-major; a row is its thief's
};

Choose choose_of(const std::string& word) {
  if (word == "round_robin") return Choose::RoundRobin;
  if (word == "least_loaded") return Choose::LeastLoaded;
  if (word == "power_of_two") return Choose::PowerOfTwo;
  return Choose::JoinIdle;
}

}  // namespace

const DispatchRow& push_row() {
  static const DispatchRow kRow{
      .name = "push",
      .summary = "each task is placed in a worker's own inbox, overflow in a shared queue",
      .knobs = {{.name = "choose",
                 .fallback = std::string("least_loaded"),
                 .unit = "",
                 .choices = {"round_robin", "least_loaded", "power_of_two", "join_idle"},
                 .help = "which worker gets the task"},
                {.name = "inbox",
                 .fallback = std::int64_t{16},
                 .unit = "tasks",
                 .low = 1,
                 .high = 1 << 20,
                 .choices = {},
                 .help = "places in each inbox; 1 or 2 come near a central queue's tail"},
                {.name = "steal",
                 .fallback = false,
                 .unit = "",
                 .choices = {},
                 .help = "an idle worker takes half of another's inbox"}},
      .capabilities = {.steals = true},
      .make = [](const Settings& settings,
                 const DispatchContext& context) -> std::unique_ptr<Dispatch> {
        return std::make_unique<Push>(context, choose_of(settings.word("choose")),
                                      static_cast<std::size_t>(settings.integer("inbox")),
                                      settings.flag("steal"));
      }};
  return kRow;
}

}  // namespace pools
