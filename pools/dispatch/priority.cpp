// Priority: named levels; the most urgent level that has a task is served first. Within a level
// first in, first out (`fifo`), or the earliest deadline first (`edf`), or the shortest job
// (`sjf`). Against starvation, a task ages: it is treated as if its level rose by one with every
// ageing interval it waits. Said as a rule that needs no clock: a task of level L that arrived at
// time a has the key a + L x ageing, and the smallest key among the heads of the levels runs next.
//
// Bound: a task of level L can be overtaken only by tasks that arrive less than L x ageing after
// it, so it waits at most L x ageing longer than it would in one FIFO queue. With ageing 0 ("off")
// the order is strict and a low level can starve for ever. With edf or sjf it is a level's first
// task that ages; within the level nothing does, so a task without a deadline, or a long one, can
// be overtaken for as long as more urgent ones keep coming.
#include <array>
#include <atomic>
#include <limits>
#include <mutex>

#include "pools/dispatch/rows.h"
#include "pools/engine/sync.h"
#include "pools/queues/ranked_queue.h"
#include "pools/queues/task_list.h"

namespace pools {
namespace {

constexpr std::size_t kMaxLevels = 8;

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::int64_t by_deadline(const SubmitOptions& options) noexcept {
  return options.deadline == Instant{} ? kLast : options.deadline.time_since_epoch().count();
}
std::int64_t by_length(const SubmitOptions& options) noexcept {
  return options.expected <= Nanos{0} ? kLast : options.expected.count();
}

/// `Level` is TaskList, in the order of arrival, or RankedQueue.
template <typename Level>
class Priority final : public Dispatch {
 public:
  Priority(std::size_t levels, Nanos ageing, Ranking rank_of)
      : levels_(levels), ageing_(ageing), ranking_(rank_of) {}

  Placement place(Task& task, WorkerId /*from*/, Submitter& /*by*/) noexcept override {
    const std::size_t level = task.level < levels_ ? task.level : levels_ - 1;
    const std::lock_guard guard(lock_);
    waiting_[level].push_back(task);
    occupied_ |= 1U << level;
    publish(level, total() + 1);
    return {kAnyWorker};
  }

  Taken take(WorkerId /*self*/, std::span<Task*> out, Instant /*now*/) noexcept override {
    // Tasks in a worker's hand can no longer be overtaken: hold few.
    const std::size_t share =
        out.size() == 1 ? 1 : std::max<std::size_t>(1, fair_share(total(), workers()));
    return {reclaim(out.first(std::min(out.size(), share)))};
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override {
    if (total() == 0) return 0;
    const std::lock_guard guard(lock_);
    std::size_t n = 0;
    while (n < out.size() && occupied_ != 0) {
      const std::size_t level = next_level();
      if ((occupied_ & ((1U << level) - 1U)) != 0) rescues_.add();
      out[n++] = waiting_[level].pop_front();
      served_[level].add();
      if (waiting_[level].empty()) occupied_ &= ~(1U << level);
      publish_depth(level);
    }
    total_.store(total() - n, std::memory_order_relaxed);  // nobody waits for a queue to shrink
    return n;
  }

  bool has_work(WorkerId /*self*/, Instant /*now*/) const noexcept override { return total() != 0; }
  bool needs_time() const noexcept override { return ageing_ != Nanos{0}; }
  Ranking ranking() const noexcept override { return ranking_; }
  Placement worker_joined(WorkerId /*self*/) noexcept override {
    workers_.fetch_add(1, std::memory_order_relaxed);
    return {kNobody};
  }
  Placement worker_left(WorkerId /*self*/) noexcept override {
    workers_.fetch_sub(1, std::memory_order_relaxed);
    return {kNobody};
  }
  std::uint64_t depth(WorkerId /*self*/) const noexcept override { return 0; }
  std::uint64_t shared_depth() const noexcept override { return total(); }

  void figures(std::vector<StrategyFigure>& out) const override {
    static constexpr std::array<std::string_view, kMaxLevels> kDepth{
        "depth_level_0", "depth_level_1", "depth_level_2", "depth_level_3",
        "depth_level_4", "depth_level_5", "depth_level_6", "depth_level_7"};
    static constexpr std::array<std::string_view, kMaxLevels> kServed{
        "served_level_0", "served_level_1", "served_level_2", "served_level_3",
        "served_level_4", "served_level_5", "served_level_6", "served_level_7"};
    for (std::size_t level = 0; level < levels_; ++level) {
      out.push_back(
          {kDepth[level], static_cast<double>(depths_[level].load(std::memory_order_relaxed))});
      out.push_back({kServed[level], static_cast<double>(served_[level].read())});
    }
    out.push_back({"starvation_rescues", static_cast<double>(rescues_.read())});
  }

 private:
  /// Requires lock_ held and a task waiting.
  std::size_t next_level() const noexcept {
    const auto first = static_cast<std::size_t>(std::countr_zero(occupied_));
    if (ageing_ == Nanos{0} || (occupied_ & (occupied_ - 1)) == 0) return first;
    std::size_t best = first;
    Instant best_key = Instant::max();
    for (unsigned rest = occupied_; rest != 0; rest &= rest - 1) {
      const auto level = static_cast<std::size_t>(std::countr_zero(rest));
      const Instant key = waiting_[level].front()->accepted + static_cast<int>(level) * ageing_;
      if (key < best_key) {
        best = level;
        best_key = key;
      }
    }
    return best;
  }

  /// Requires lock_ held.
  void publish_depth(std::size_t level) noexcept {
    depths_[level].store(waiting_[level].size(), std::memory_order_relaxed);
  }
  /// Requires lock_ held. seq_cst: the publication that engine/parking_lot.h relies on.
  void publish(std::size_t level, std::uint64_t total) noexcept {
    publish_depth(level);
    total_.store(total, std::memory_order_seq_cst);
  }
  /// seq_cst: a sleeper's last look.
  std::uint64_t total() const noexcept { return total_.load(std::memory_order_seq_cst); }
  std::uint32_t workers() const noexcept { return workers_.load(std::memory_order_relaxed); }

  const std::size_t levels_;
  const Nanos ageing_;
  const Ranking ranking_;
  alignas(64) RealSync::Lock lock_;
  std::array<Level, kMaxLevels> waiting_;  // guarded by lock_
  unsigned occupied_ = 0;                  // guarded by lock_: bit per non-empty level
  // Written under lock_, read by anyone:
  std::atomic<std::uint64_t> total_{0};
  std::array<std::atomic<std::uint64_t>, kMaxLevels> depths_{};
  std::array<OwnedCounter, kMaxLevels> served_{};
  OwnedCounter rescues_;
  std::atomic<std::uint32_t> workers_{0};
};

}  // namespace

const DispatchRow& priority_row() {
  static const DispatchRow kRow{
      .name = "priority",
      .summary = "levels served by urgency; waiting tasks age so that none starves",
      .knobs = {{.name = "levels",
                 .fallback = std::int64_t{3},
                 .unit = "levels",
                 .low = 1,
                 .high = kMaxLevels,
                 .choices = {},
                 .help = "less urgent levels than that count as the last"},
                {.name = "ageing_ms",
                 .fallback = 100.0,
                 .unit = "ms",
                 .low = 0,
                 .high = 3'600'000,
                 .choices = {},
                 .help = "waiting this long is worth one level; 0: strict order, may starve",
                 .needs = {"levels", std::int64_t{2}}},
                {.name = "order",
                 .fallback = std::string("fifo"),
                 .unit = "",
                 .choices = {"fifo", "edf", "sjf"},
                 .help = "within a level: arrival, earliest deadline, shortest expected service"}},
      .capabilities = {.priorities = true},
      .make = [](const Settings& settings, const DispatchContext&) -> std::unique_ptr<Dispatch> {
        const auto levels = static_cast<std::size_t>(settings.integer("levels"));
        const Nanos ageing{static_cast<Nanos::rep>(settings.real("ageing_ms") * 1e6)};
        const std::string& order = settings.word("order");
        if (order == "fifo") return std::make_unique<Priority<TaskList>>(levels, ageing, nullptr);
        return std::make_unique<Priority<RankedQueue>>(levels, ageing,
                                                       order == "edf" ? by_deadline : by_length);
      }};
  return kRow;
}

}  // namespace pools
