// Push: the submitter places each task in one worker's own inbox. No meeting at one queue, but a
// choice made at arrival can turn out wrong: without stealing a task waits behind a long one, or
// behind one that is stuck, while other workers idle. Short inboxes bound how many do.
//
// Choices: round_robin; least_loaded (shortest inbox, running task counted); power_of_two (the
// shorter of two random ones, Mitzenmacher 2001); join_idle (a parked worker if there is one, else
// power_of_two; Lu et al. 2011). least_loaded prefers a worker with nothing to do wherever it is;
// power_of_two and round_robin may miss it. What a task submits never goes to its own worker's
// inbox, for the task may wait for it. A full inbox, or no other worker, sends the task to one
// global overflow queue, which workers empty after their own inbox; while it is not empty new tasks
// go there too, so that none is overtaken for long.
#include <algorithm>
#include <atomic>
#include <memory>

#include "pools/dispatch/quick_random.h"
#include "pools/dispatch/rows.h"
#include "pools/dispatch/worker_set.h"
#include "pools/engine/sync_point.h"
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
        members_(context.max_workers),
        parked_(context.max_workers),
        waiting_(context.max_workers),
        inboxes_(std::make_unique<Inbox[]>(context.max_workers)) {
    for (WorkerId id = 0; id < max_workers_; ++id) inboxes_[id].tasks.close();
    if (steal_) matrix_ = std::vector<OwnedCounter>(std::size_t{max_workers_} * max_workers_);
  }

  Placement place(Task& task, WorkerId from, Submitter& by) noexcept override {
    if (overflow_.empty()) {
      const WorkerId id = choose(from, by);
      sync_point(SyncPoint::ChoseInbox);
      if (id != kNobody && inboxes_[id].tasks.push_within(task, inbox_limit_)) {
        if (!steal_) return {id};
        if (!waiting_.contains(id)) waiting_.insert(id);
        // Where inboxes are open to all, a busy worker's new task is for whoever is free; so is
        // that of one that was woken a moment ago and will find several.
        return {parked_.contains(id) ? id : kAnyWorker, true};
      }
    }
    overflow_.push(task);
    return {kAnyWorker};
  }

  Taken take(WorkerId self, std::span<Task*> out, Instant /*now*/) noexcept override {
    std::size_t n = take_from(self, out, 1);
    if (n == 0) n = overflow_.pop(out, members_.size());
    if (n == 0 && steal_) n = steal(self, out);
    if (n != 0) set_working(self, true);
    return {n};
  }

  bool shares_taken() const noexcept override { return steal_; }

  std::size_t reclaim(std::span<Task*> out) noexcept override {
    if (const std::size_t n = overflow_.pop(out); n != 0) return n;
    for (WorkerId id = 0; id < max_workers_; ++id) {
      if (const std::size_t n = inboxes_[id].tasks.pop(out); n != 0) return n;
    }
    return 0;
  }

  bool has_work(WorkerId self, Instant /*now*/) const noexcept override {
    if (!inboxes_[self].tasks.empty() || !overflow_.empty()) return true;
    return steal_ && waiting_.any_of([&](WorkerId id) { return !inboxes_[id].tasks.empty(); });
  }

  Placement worker_joined(WorkerId self) noexcept override {
    inboxes_[self].tasks.reopen();
    inboxes_[self].working.store(false, std::memory_order_relaxed);
    members_.insert(self);
    // What waits was placed when this worker was not there to be chosen, perhaps behind tasks that
    // are stuck, for which it may have been called: it goes where everybody looks.
    bool any = false;
    members_.for_each([&](WorkerId id) {
      TaskList waiting = inboxes_[id].tasks.take_all();
      any = any || !waiting.empty();
      overflow_.splice(waiting);
    });
    return {any ? kAnyWorker : kNobody};
  }
  Placement worker_lost(WorkerId lost) noexcept override { return worker_left(lost); }
  Placement worker_found(WorkerId self) noexcept override { return worker_joined(self); }
  Placement worker_left(WorkerId self) noexcept override {
    members_.erase(self);
    parked_.erase(self);
    waiting_.erase(self);
    // Closing under the inbox's lock: a submitter that chose this worker just now is refused there
    // and turns to the overflow, where everybody looks.
    TaskList left = inboxes_[self].tasks.close();
    if (left.empty()) return {kNobody};
    overflow_.splice(left);
    return {kAnyWorker};
  }
  void activity_changed(WorkerId self, Activity now) noexcept override {
    set_working(self, now == Activity::Working);
    if (now == Activity::Parked) {
      parked_.insert(self);
    } else if (parked_.contains(self)) {
      parked_.erase(self);
    }
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
    /// The worker runs a task, as far as one can tell. Written by the worker.
    std::atomic<bool> working{false};
  };

  void set_working(WorkerId self, bool working) noexcept {
    std::atomic<bool>& now = inboxes_[self].working;
    // Submitters read this line: it is not to be written for nothing.
    if (now.load(std::memory_order_relaxed) != working) {
      now.store(working, std::memory_order_relaxed);
    }
  }

  WorkerId choose(WorkerId from, Submitter& by) noexcept {
    switch (choose_) {
      case Choose::RoundRobin:
        return round_robin(from, by);
      case Choose::LeastLoaded:
        return least_loaded(from);
      case Choose::PowerOfTwo:
        return power_of_two(from, by);
      case Choose::JoinIdle:
        break;
    }
    // Taking it out of the set keeps a second task from being sent there before it wakes.
    const WorkerId idle = parked_.pop();
    return idle != kNobody ? idle : power_of_two(from, by);
  }

  /// The first member at or after `id` that is not the submitter; kNobody if there is no other.
  WorkerId next_but(WorkerId from, WorkerId id) const noexcept {
    WorkerId found = members_.next(id);
    if (found == from) found = members_.next(found + 1);
    return found == from ? kNobody : found;
  }

  WorkerId round_robin(WorkerId from, Submitter& by) const noexcept {
    const WorkerId id = next_but(from, by.turn);
    if (id != kNobody) by.turn = id + 1;
    return id;
  }

  WorkerId least_loaded(WorkerId from) noexcept {
    WorkerId best = kNobody;
    std::size_t best_load = ~std::size_t{0};
    members_.any_of([&](WorkerId id) {
      if (const std::size_t mine = load(id); mine < best_load && id != from) {
        best = id;
        best_load = mine;
      }
      return best_load == 0;
    });
    return best;
  }

  WorkerId power_of_two(WorkerId from, Submitter& by) noexcept {
    if (!by.random) by.random.emplace(seed_ + submitters_.fetch_add(1, std::memory_order_relaxed));
    const WorkerId a = next_but(from, by.random->below(max_workers_));
    const WorkerId b = next_but(from, by.random->below(max_workers_));
    if (a == kNobody || b == kNobody) return a;
    return load(b) < load(a) ? b : a;
  }

  /// Tasks waiting, and one more for the one that runs.
  std::size_t load(WorkerId id) const noexcept {
    const Inbox& inbox = inboxes_[id];
    return inbox.tasks.size() + (inbox.working.load(std::memory_order_relaxed) ? 1U : 0U);
  }

  /// The share of one of `among` of what waits in an inbox.
  std::size_t take_from(WorkerId id, std::span<Task*> out, std::size_t among) noexcept {
    const std::size_t n = inboxes_[id].tasks.pop(out, among);
    if (steal_ && inboxes_[id].tasks.empty() && waiting_.contains(id)) {
      waiting_.erase(id);
      // Placed meanwhile by one that found the inbox still in the set.
      if (!inboxes_[id].tasks.empty()) waiting_.insert(id);
    }
    return n;
  }

  std::size_t steal(WorkerId self, std::span<Task*> out) noexcept {
    WorkerId victim = self;
    for (std::uint32_t i = waiting_.size(); i > 0; --i) {
      victim = waiting_.next(victim + 1);
      if (victim == kNobody || victim == self) return 0;
      counters_[self].steal_attempts.add();
      if (const std::size_t n = take_from(victim, out, 2); n != 0) {
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
  std::atomic<std::uint64_t> submitters_{0};  // that have drawn lots so far
  WorkerSet members_;
  WorkerSet parked_;
  WorkerSet waiting_;  // inboxes with something in them; kept where they are open to all
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
