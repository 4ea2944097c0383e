// Stealing: each worker has a deque of its own; what a task submits stays with its worker, what
// comes from outside waits in a shared injector. A worker looks into its own deque, then the
// injector, then at the others', and takes half of what it finds there.
//
// The newest own task waits in the LIFO slot before the deque (its data is warm); at most three in
// a row come from there, so that two tasks that keep submitting each other cannot starve the rest.
// For the same reason every 61st look (the number is tokio's, a prime) goes to the injector first,
// and the next such look to the oldest task of the own deque: nothing waits for ever behind tasks
// that submit their successors. Where tasks are so tiny that a worker may take n at once, it is
// every 61 n-th look, which is as soon: a task taken out of turn opens a second subtree while the
// first is still open, and too many of them overflow the deque. From the injector a worker takes
// its share, at most 32: one to run, the rest into its deque, where others can steal them back.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

#include "pools/dispatch/quick_random.h"
#include "pools/dispatch/rows.h"
#include "pools/dispatch/worker_set.h"
#include "pools/engine/sync_point.h"
#include "pools/queues/central_queue.h"
#include "pools/queues/stealing_deque.h"

namespace pools {
namespace {

constexpr std::size_t kDequeCapacity = 1024;
constexpr std::size_t kMostAtOnce = 32;
constexpr unsigned kSlotStreak = 3;
constexpr unsigned kElsewhereEvery = 61;

enum class Victim : std::uint8_t { Random, LastVictim, LongestOfTwo, Longest };

struct Options {
  Victim victim;
  bool half;
  bool slot;
  bool lifo;
};

class Stealing final : public Dispatch {
 public:
  Stealing(const DispatchContext& context, const Options& options)
      : options_(options),
        max_workers_(context.max_workers),
        counters_(context.counters),
        members_(context.max_workers),
        awake_(context.max_workers) {
    for (WorkerId id = 0; id < max_workers_; ++id) {
      workers_.push_back(std::make_unique<Own>(context.seed + id));
    }
    matrix_ = std::vector<OwnedCounter>(std::size_t{max_workers_} * max_workers_);
  }

  Placement place(Task& task, WorkerId from, Submitter& /*by*/) noexcept override {
    if (from == kOutside) {
      injector_.push(task);
      return {kAnyWorker};
    }
    Own& own = *workers_[from];
    Task* older = &task;
    // seq_cst: publishes the task before the submitter's look at the sleepers. Whatever moves from
    // the slot to the deque leaves the slot occupied, so a sleeper's last look finds one or the
    // other.
    if (options_.slot) older = own.slot.exchange(&task, std::memory_order_seq_cst);
    if (older != nullptr && !own.deque.push(older)) injector_.push(*older);
    return {kAnyWorker};
  }

  Taken take(WorkerId self, std::span<Task*> out, Instant /*now*/) noexcept override {
    Own& own = *workers_[self];
    if (--own.looks_till_elsewhere == 0) {
      own.looks_till_elsewhere = kElsewhereEvery * static_cast<unsigned>(out.size());
      own.oldest_next = !own.oldest_next;
      if (own.oldest_next && own.deque.steal(out[0])) return {1};
      if (const Taken taken = from_injector(own, out); taken.count != 0) return taken;
    }
    if (from_own(own, out[0])) return {1};
    own.streak = 0;
    if (const Taken taken = from_injector(own, out); taken.count != 0) return taken;
    return steal(self, out);
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override {
    if (const std::size_t n = injector_.pop(out); n != 0) return n;
    for (const auto& own : workers_) {
      if (own->deque.steal(out[0]) || take_slot(*own, out[0])) return 1;
    }
    return 0;
  }

  bool has_work(WorkerId self, Instant /*now*/) const noexcept override {
    if (holds(*workers_[self]) || injector_.has_work()) return true;
    return awake_.any_of([&](WorkerId id) { return holds(*workers_[id]); });
  }

  Placement worker_joined(WorkerId self) noexcept override {
    members_.insert(self);
    awake_.insert(self);
    return {kNobody};
  }
  Placement worker_left(WorkerId self) noexcept override {
    Own& own = *workers_[self];
    bool left = false;
    Task* task = nullptr;
    while (take_slot(own, task) || own.deque.pop(task)) {
      injector_.push(*task);
      left = true;
    }
    members_.erase(self);
    awake_.erase(self);
    return {left ? kAnyWorker : kNobody};
  }
  void activity_changed(WorkerId self, Activity now) noexcept override {
    if (now == Activity::Parked) {
      awake_.erase(self);
    } else if (!awake_.contains(self)) {
      awake_.insert(self);
    }
  }

  std::uint64_t depth(WorkerId self) const noexcept override {
    const Own& own = *workers_[self];
    return own.deque.size() + (own.slot.load(std::memory_order_relaxed) != nullptr ? 1U : 0U);
  }
  std::uint64_t shared_depth() const noexcept override { return injector_.size(); }

  std::vector<std::uint64_t> steal_matrix() const override {
    std::vector<std::uint64_t> out;
    out.reserve(matrix_.size());
    for (const OwnedCounter& cell : matrix_) out.push_back(cell.read());
    return out;
  }

 private:
  struct alignas(64) Own {
    explicit Own(std::uint64_t seed) : random(seed) {}
    StealingDeque<Task*> deque{kDequeCapacity};
    alignas(64) std::atomic<Task*> slot{nullptr};
    // Touched by the owner only:
    unsigned looks_till_elsewhere = kElsewhereEvery;
    unsigned streak = 0;
    bool oldest_next = false;
    WorkerId last_victim = 0;
    QuickRandom random;
  };

  static bool holds(const Own& own) noexcept {
    return own.slot.load(std::memory_order_seq_cst) != nullptr || own.deque.size() != 0;
  }

  static bool take_slot(Own& own, Task*& out) noexcept {
    if (own.slot.load(std::memory_order_relaxed) == nullptr) return false;
    // acquire: pairs with the exchange in place(); makes the task's fields visible to a thief.
    out = own.slot.exchange(nullptr, std::memory_order_acq_rel);
    return out != nullptr;
  }

  bool from_own(Own& own, Task*& out) const noexcept {
    if (own.streak < kSlotStreak && take_slot(own, out)) {
      ++own.streak;
      return true;
    }
    own.streak = 0;
    // First in, first out means taking from the thieves' end, by their rules.
    if (options_.lifo ? own.deque.pop(out) : own.deque.steal(out)) return true;
    return take_slot(own, out);
  }

  Taken from_injector(Own& own, std::span<Task*> out) noexcept {
    std::array<Task*, kMostAtOnce> batch;
    const std::size_t n = injector_.pop(batch, members_.size());
    const std::size_t mine = std::min(n, out.size());
    std::copy_n(batch.begin(), mine, out.begin());
    return keep(own, mine, std::span(batch).subspan(mine, n - mine));
  }

  /// Puts `rest`, oldest first, into the deque so that the owner meets the oldest first. Until then
  /// it was in nobody's sight.
  Taken keep(Own& own, std::size_t taken, std::span<Task* const> rest) noexcept {
    if (!rest.empty()) sync_point(SyncPoint::TookTasks);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      Task* task = rest[options_.lifo ? rest.size() - 1 - i : i];
      if (!own.deque.push(task)) injector_.push(*task);
    }
    return {taken, !rest.empty()};
  }

  Taken steal(WorkerId self, std::span<Task*> out) noexcept {
    const std::uint32_t others = awake_.size();
    if (others < 2) return {};
    Own& own = *workers_[self];
    const WorkerId preferred = choose_victim(self, own);
    if (const Taken taken = steal_from(self, preferred, out, false); taken.count != 0) return taken;
    WorkerId victim = own.random.below(max_workers_);
    for (std::uint32_t i = 0; i < others; ++i) {
      victim = awake_.next(victim + 1);
      if (victim == kNobody) return {};
      if (const Taken taken = steal_from(self, victim, out, false); taken.count != 0) return taken;
    }
    // Only slots are left. Their owner is about to run them, unless it is stuck in a long task.
    for (std::uint32_t i = 0; i < others; ++i) {
      victim = awake_.next(victim + 1);
      if (victim == kNobody) return {};
      if (const Taken taken = steal_from(self, victim, out, true); taken.count != 0) return taken;
    }
    return {};
  }

  WorkerId choose_victim(WorkerId self, Own& own) noexcept {
    const auto length = [&](WorkerId id) {
      return id >= max_workers_ || id == self ? 0 : workers_[id]->deque.size();
    };
    const auto random = [&] { return awake_.next(own.random.below(max_workers_)); };
    switch (options_.victim) {
      case Victim::Random:
        return random();
      case Victim::LastVictim:
        return own.last_victim;
      case Victim::LongestOfTwo: {
        const WorkerId a = random();
        const WorkerId b = random();
        return length(b) > length(a) ? b : a;
      }
      case Victim::Longest:
        break;
    }
    WorkerId best = kNobody;
    awake_.for_each([&](WorkerId id) {
      if (best == kNobody || length(id) > length(best)) best = id;
    });
    return best;
  }

  Taken steal_from(WorkerId self, WorkerId victim, std::span<Task*> out, bool slot) noexcept {
    if (victim >= max_workers_ || victim == self) return {};
    Own& other = *workers_[victim];
    Own& own = *workers_[self];
    counters_[self].steal_attempts.add();
    std::array<Task*, kMostAtOnce> batch;
    std::size_t n = 0;
    if (slot) {
      n = take_slot(other, batch[0]) ? 1 : 0;
    } else {
      n = other.deque.steal_half(std::span(batch).first(options_.half ? kMostAtOnce : 1));
    }
    if (n == 0) return {};
    counters_[self].steal_hits.add();
    counters_[self].steal_items.add(n);
    matrix_[std::size_t{self} * max_workers_ + victim].add(n);
    own.last_victim = victim;
    out[0] = batch[0];
    return keep(own, 1, std::span(batch).subspan(1, n - 1));
  }

  const Options options_;
  const std::uint32_t max_workers_;
  const std::span<WorkerCounters> counters_;
  CentralQueue injector_{4096};
  WorkerSet members_;
  /// The members that do not sleep. A worker sleeps only with an empty deque, which nobody else can
  /// fill: those are all that is worth looking at, be there a thousand asleep beside them.
  WorkerSet awake_;
  std::vector<std::unique_ptr<Own>> workers_;
  std::vector<OwnedCounter> matrix_;  // row = thief, written by the thief only
};

Victim victim_of(const std::string& word) {
  if (word == "random") return Victim::Random;
  if (word == "longest_of_two") return Victim::LongestOfTwo;
  if (word == "longest") return Victim::Longest;
  return Victim::LastVictim;
}

}  // namespace

const DispatchRow& stealing_row() {
  static const DispatchRow kRow{
      .name = "stealing",
      .summary = "a deque per worker; idle workers steal from the others",
      .knobs = {{.name = "victim",
                 .fallback = std::string("last_victim"),
                 .unit = "",
                 .choices = {"random", "last_victim", "longest_of_two", "longest"},
                 .help = "whom an idle worker tries first"},
                {.name = "steal",
                 .fallback = std::string("half"),
                 .unit = "",
                 .choices = {"half", "one"},
                 .help = "how much a thief takes (half: at most 32 tasks)"},
                {.name = "lifo_slot",
                 .fallback = true,
                 .unit = "",
                 .choices = {},
                 .help = "the newest own task runs next, at most three in a row"},
                {.name = "order",
                 .fallback = std::string("lifo"),
                 .unit = "",
                 .choices = {"lifo", "fifo"},
                 .help = "the order in which a worker serves its own deque"}},
      .capabilities = {.steals = true},
      .make = [](const Settings& settings,
                 const DispatchContext& context) -> std::unique_ptr<Dispatch> {
        return std::make_unique<Stealing>(context,
                                          Options{.victim = victim_of(settings.word("victim")),
                                                  .half = settings.word("steal") == "half",
                                                  .slot = settings.flag("lifo_slot"),
                                                  .lifo = settings.word("order") == "lifo"});
      }};
  return kRow;
}

}  // namespace pools
