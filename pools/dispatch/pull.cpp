// Pull: one central queue, workers help themselves. Work-conserving by construction: no worker
// idles while a task waits. What it costs is that everybody meets at one queue; the two variants
// show how much: a mutex around a list, or a lock-free ring.
#include "pools/dispatch/rows.h"

#include <atomic>

#include "pools/queues/central_queue.h"
#include "pools/queues/locked_fifo.h"

namespace pools {
namespace {

/// `Queue` is CentralQueue or LockedFifo.
template <typename Queue>
class Pull final : public Dispatch {
 public:
  template <typename... QueueArgs>
  explicit Pull(QueueArgs... args) : queue_(args...) {}

  Placement place(Task& task, WorkerId /*from*/, Submitter& /*by*/) noexcept override {
    queue_.push(task);
    return {kAnyWorker};
  }

  Taken take(WorkerId /*self*/, std::span<Task*> out, Instant /*now*/) noexcept override {
    return {queue_.pop(out, workers_.load(std::memory_order_relaxed))};
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override { return queue_.pop(out); }
  bool has_work(WorkerId /*self*/, Instant /*now*/) const noexcept override {
    if constexpr (requires { queue_.has_work(); }) {
      return queue_.has_work();
    } else {
      return !queue_.empty();
    }
  }
  Placement worker_joined(WorkerId /*self*/) noexcept override {
    workers_.fetch_add(1, std::memory_order_relaxed);
    return {kNobody};
  }
  Placement worker_left(WorkerId /*self*/) noexcept override {
    workers_.fetch_sub(1, std::memory_order_relaxed);
    return {kNobody};
  }
  std::uint64_t depth(WorkerId /*self*/) const noexcept override { return 0; }
  std::uint64_t shared_depth() const noexcept override { return queue_.size(); }

 private:
  Queue queue_;
  std::atomic<std::uint32_t> workers_{0};
};

}  // namespace

const DispatchRow& pull_row() {
  static const DispatchRow kRow{
      .name = "pull",
      .summary = "one central FIFO queue, workers help themselves",
      .knobs = {{.name = "queue",
                 .fallback = std::string("ring"),
                 .unit = "",
                 .choices = {"ring", "locked"},
                 .help = "lock-free ring, or a list under a mutex"},
                {.name = "ring_capacity",
                 .fallback = std::int64_t{4096},
                 .unit = "tasks",
                 .low = 2,
                 .high = 1 << 20,
                 .choices = {},
                 .help = "places in the ring; more tasks wait in a list behind it",
                 .needs = {"queue", std::string("ring")}}},
      .capabilities = {.fifo = true},
      .make = [](const Settings& settings, const DispatchContext&) -> std::unique_ptr<Dispatch> {
        if (settings.word("queue") == "locked") return std::make_unique<Pull<LockedFifo>>();
        return std::make_unique<Pull<CentralQueue>>(
            static_cast<std::size_t>(settings.integer("ring_capacity")));
      }};
  return kRow;
}

}  // namespace pools
