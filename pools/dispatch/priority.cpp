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
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>

#include "pools/dispatch/priority_levels.h"
#include "pools/dispatch/rows.h"
#include "pools/engine/sync.h"
#include "pools/queues/ranked_queue.h"
#include "pools/queues/task_list.h"

namespace pools {
namespace {

constexpr std::size_t kMaxLevels = BasicPriorityLevels<TaskList, RealSync>::kMost;

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
      : ageing_(ageing), ranking_(rank_of), waiting_(levels, ageing) {}

  Placement place(Task& task, WorkerId /*from*/, Submitter& /*by*/) noexcept override {
    waiting_.push(task);
    return {kAnyWorker};
  }

  Taken take(WorkerId /*self*/, std::span<Task*> out, Instant /*now*/) noexcept override {
    // Tasks that a worker has taken can no longer be overtaken: take few.
    const std::size_t share =
        out.size() == 1 ? 1 : std::max<std::size_t>(1, fair_share(waiting_.total(), workers()));
    return {waiting_.pop(out.first(std::min(out.size(), share)))};
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override { return waiting_.pop(out); }

  Task* evict(const Task& newer) noexcept override { return waiting_.evict(newer.level); }

  bool has_work(WorkerId /*self*/, Instant /*now*/) const noexcept override {
    return waiting_.total() != 0;
  }
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
  std::uint64_t shared_depth() const noexcept override { return waiting_.total(); }

  void figures(std::vector<StrategyFigure>& out) const override {
    static constexpr std::array<std::string_view, kMaxLevels> kDepth{
        "depth_level_0", "depth_level_1", "depth_level_2", "depth_level_3",
        "depth_level_4", "depth_level_5", "depth_level_6", "depth_level_7"};
    static constexpr std::array<std::string_view, kMaxLevels> kServed{
        "served_level_0", "served_level_1", "served_level_2", "served_level_3",
        "served_level_4", "served_level_5", "served_level_6", "served_level_7"};
    for (std::size_t level = 0; level < waiting_.levels(); ++level) {
      out.push_back({kDepth[level], static_cast<double>(waiting_.depth(level))});
      out.push_back({kServed[level], static_cast<double>(waiting_.served(level))});
    }
    out.push_back({"starvation_rescues", static_cast<double>(waiting_.rescues())});
  }

 private:
  std::uint32_t workers() const noexcept { return workers_.load(std::memory_order_relaxed); }

  const Nanos ageing_;
  const Ranking ranking_;
  BasicPriorityLevels<Level, RealSync> waiting_;
  std::atomic<std::uint32_t> workers_{0};
};

/// In the order of deadlines or of lengths nothing tells which task is the oldest.
void check(const PoolConfig& config) {
  const std::string& order = config.dispatch.settings.word("order");
  if (config.on_full != OnFull::DropOldest || order == "fifo") return;
  throw ConfigError("/on_full",
                    "expected another rule: in the order \"" + order +
                        "\" nothing tells which task is the oldest, got \"drop_oldest\"");
}

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
      },
      .check = check};
  return kRow;
}

}  // namespace pools
