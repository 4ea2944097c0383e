// Batch: tasks gather until `size` of them wait or the oldest has waited `flush_us`; one worker
// then takes them all. What is saved per task (one look at the queue, one wake-up) is paid in
// latency, unless an idle worker may take a partial batch at once (`early_flush`): then batches
// grow only when workers are busy, and light load is served as by a central queue.
#include <algorithm>
#include <atomic>
#include <mutex>

#include "pools/dispatch/rows.h"
#include "pools/engine/sync.h"
#include "pools/queues/task_list.h"

namespace pools {
namespace {

class Batch final : public Dispatch {
 public:
  Batch(std::size_t size, Nanos flush, bool early)
      : size_(size), flush_after_(flush), early_(early) {}

  Placement place(Task& task, WorkerId /*from*/, Submitter& /*by*/) noexcept override {
    const std::lock_guard guard(lock_);
    list_.push_back(task);
    publish();
    if (early_ || list_.size() % size_ == 0) return {kAnyWorker};
    // The first of a new batch: somebody must be awake, or wake in time, for its flush.
    return {list_.size() % size_ == 1 ? kAnyWorker : kNobody};
  }

  std::size_t take_size(std::size_t /*budget*/) const noexcept override { return size_; }

  Taken take(WorkerId /*self*/, std::span<Task*> out, Instant now) noexcept override {
    if (waiting() == 0) return {};
    const std::lock_guard guard(lock_);
    const bool full = list_.size() >= size_;
    if (!full && !early_ && !ripe(now)) return {};
    const std::size_t n = pop(out.first(std::min(out.size(), size_)));
    if (n != 0) {
      batches_.add();
      batched_.add(n);
      if (!full) early_batches_.add();
    }
    return {n};
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override {
    const std::lock_guard guard(lock_);
    return pop(out);
  }

  bool has_work(WorkerId /*self*/, Instant now) const noexcept override {
    const std::size_t n = waiting();
    return n >= size_ || (n != 0 && (early_ || ripe(now)));
  }

  bool ripens() const noexcept override { return !early_; }
  std::optional<Instant> ripens_at() const noexcept override {
    const Instant at = Instant{Nanos{ripe_at_ns_.load(std::memory_order_seq_cst)}};
    if (early_ || at == Instant::max()) return std::nullopt;
    return at;
  }

  void flush() noexcept override {
    const std::lock_guard guard(lock_);
    flushing_ = true;
    publish();
  }
  bool needs_time() const noexcept override { return !early_; }

  std::uint64_t depth(WorkerId /*self*/) const noexcept override { return 0; }
  std::uint64_t shared_depth() const noexcept override { return waiting(); }

  void figures(std::vector<StrategyFigure>& out) const override {
    const auto batches = static_cast<double>(batches_.read());
    out.push_back({"batches", batches});
    out.push_back({"partial_batches", static_cast<double>(early_batches_.read())});
    out.push_back(
        {"mean_batch_size", batches > 0 ? static_cast<double>(batched_.read()) / batches : 0.0});
  }

 private:
  /// Requires lock_ held.
  std::size_t pop(std::span<Task*> out) noexcept {
    const std::size_t n = list_.pop_front(out);
    publish();
    return n;
  }

  /// Requires lock_ held. seq_cst: the publication that engine/parking_lot.h relies on.
  void publish() noexcept {
    Instant at = Instant::max();
    if (!list_.empty()) at = flushing_ ? Instant{} : list_.front()->accepted + flush_after_;
    ripe_at_ns_.store(at.time_since_epoch().count(), std::memory_order_seq_cst);
    size_now_.store(list_.size(), std::memory_order_seq_cst);
  }
  bool ripe(Instant now) const noexcept {
    const std::int64_t at = ripe_at_ns_.load(std::memory_order_seq_cst);
    return at != Instant::max().time_since_epoch().count() && now.time_since_epoch().count() >= at;
  }
  std::size_t waiting() const noexcept { return size_now_.load(std::memory_order_seq_cst); }

  const std::size_t size_;
  const Nanos flush_after_;
  const bool early_;
  RealSync::Lock lock_;
  TaskList list_;          // guarded by lock_: full batches and the forming one, in order
  bool flushing_ = false;  // guarded by lock_
  // Written under lock_, read by anyone:
  std::atomic<std::size_t> size_now_{0};
  std::atomic<std::int64_t> ripe_at_ns_{Instant::max().time_since_epoch().count()};
  OwnedCounter batches_;
  OwnedCounter batched_;
  OwnedCounter early_batches_;
};

/// A batch that the queue has no room for is never full: every one would wait for its flush, and
/// submitters with it.
void check(const PoolConfig& config) {
  const Settings& settings = config.dispatch.settings;
  const auto size = static_cast<std::uint64_t>(settings.integer("size"));
  const bool waits_for_company = !settings.flag("early_flush");
  if (!waits_for_company || config.queue_capacity == 0 || size <= config.queue_capacity) return;
  throw ConfigError("/dispatch/size", "expected at most queue_capacity (" +
                                          std::to_string(config.queue_capacity) +
                                          ") where early_flush is false, for a larger batch would "
                                          "never be full, got " +
                                          std::to_string(size));
}

}  // namespace

const DispatchRow& batch_row() {
  static const DispatchRow kRow{
      .name = "batch",
      .summary = "tasks gather into batches; a worker takes a whole batch at once",
      .knobs = {{.name = "size",
                 .fallback = std::int64_t{16},
                 .unit = "tasks",
                 .low = 1,
                 .high = 256,
                 .choices = {},
                 .help = "a batch is full at this many tasks"},
                {.name = "flush_us",
                 .fallback = 1000.0,
                 .unit = "us",
                 .low = 1,
                 .high = 60'000'000,
                 .choices = {},
                 .help = "a partial batch is handed over when its oldest task waited this long",
                 .needs = {"early_flush", false}},
                {.name = "early_flush",
                 .fallback = true,
                 .unit = "",
                 .choices = {},
                 .help = "an idle worker takes a partial batch at once",
                 .needs = {"size", std::int64_t{2}}}},
      .capabilities = {.fifo = true},
      .make = [](const Settings& settings, const DispatchContext&) -> std::unique_ptr<Dispatch> {
        return std::make_unique<Batch>(
            static_cast<std::size_t>(settings.integer("size")),
            Nanos{static_cast<Nanos::rep>(settings.real("flush_us") * 1e3)},
            settings.flag("early_flush"));
      },
      .check = check};
  return kRow;
}

}  // namespace pools
