#include "pools/engine/accounts.h"

#include <chrono>
#include <new>
#include <thread>

#include "pools/engine/sync_point.h"

namespace pools {
namespace {
/// Between two tries to get memory without which a task could not be counted. A guess.
constexpr Nanos kMemoryPause = std::chrono::milliseconds(1);

/// Until it succeeds: an accepted task is settled now or later.
template <typename Try>
auto in_time(Try&& attempt) noexcept -> decltype(attempt()) {
  while (true) {
    try {
      return attempt();
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(kMemoryPause);
    }
  }
}
}  // namespace

Outsider& Accounts::mine_in_time() noexcept {
  return in_time([this]() -> Outsider& { return outsiders_.mine(); });
}

WorkerRecord& Accounts::record_of(Outsider& own) noexcept {
  if (!own.recording) [[unlikely]] {
    in_time([&] { own.record.prepare(series_); });
    own.recording = true;
  }
  return own.record;
}

void Accounts::run(Outsider& own, Task& task) noexcept {
  record_of(own);
  const Instant start = task.timed ? Clock::now() : Instant{};
  Instant now = start;
  run(own.record, task, now);
  // A task run inside another's time must not count twice.
  if (now != Instant{} && own.record.running() == 0) own.record.was_busy(now - start);
}

bool Accounts::may_begin(WorkerRecord& record, Task& task) noexcept {
  TaskContext& context = task.context();
  ++context.attempt;
  if (!context.stop.stop_requested()) return true;
  cancel(record.stopped, task);
  return false;
}

void Accounts::settle_declined(WorkerRecord& record, const Task& task) noexcept {
  unserved_.cancelled(task, Clock::now());
  record.stopped.add();  // last, as below
}

void Accounts::cancel(OwnedCounter& count, Task& task) noexcept {
  give_back(task, Clock::now());
  count.add();  // last: who sees it settled sees it recorded
}

void Accounts::time_out(Task& task, Instant start) noexcept {
  unserved_.timed_out(task, start, Clock::now());
  timed_out_.fetch_add(1, std::memory_order_seq_cst);  // last, as above
  tell();
}

std::uint64_t Accounts::unsettled() const noexcept {
  const auto settled = [this] {
    sync_point(SyncPoint::ReadsCounts);
    std::uint64_t sum = cancelled_.load(std::memory_order_seq_cst);
    sum += timed_out_.load(std::memory_order_seq_cst);
    for (std::uint32_t id = 0; id < workers_; ++id) {
      sum += records_[id].settled() + records_[id].rejected.read();
    }
    // Not what their records say is settled: a thread of a foreign pool is nobody's to join.
    outsiders_.for_each([&](const Outsider& one) {
      sum += one.counts.done() + one.counts.rejected() + one.record.rejected.read();
    });
    return sum;
  };
  const auto submitted = [this] {
    sync_point(SyncPoint::ReadsCounts);
    std::uint64_t sum = 0;
    for_each_record([&](const WorkerRecord& record) { sum += record.submitted.read(); });
    outsiders_.for_each([&](const Outsider& one) { sum += one.counts.submitted(); });
    return sum;
  };
  return pools::unsettled(settled, submitted);
}

void Accounts::await_outsiders() const noexcept {
  bool within = true;
  while (within) {
    within = false;
    outsiders_.for_each([&](const Outsider& one) { within = within || one.counts.within(); });
    if (within) std::this_thread::yield();
  }
}

void Accounts::add_to(Ledger& ledger) const noexcept {
  ledger.cancelled += cancelled_.load(std::memory_order_seq_cst);
  ledger.timed_out += timed_out_.load(std::memory_order_seq_cst);
  for_each_record([&](const WorkerRecord& record) { record.add_to(ledger); });
  outsiders_.for_each([&](const Outsider& one) {
    ledger.rejected += one.counts.rejected();
    ledger.submitted += one.counts.submitted();
  });
}

void Accounts::add_live(PoolSnapshot& out) const {
  for_each_record(
      [&](const WorkerRecord& record) { record.add_live(out.response, out.queue_wait); });
}

void Accounts::add_series(std::vector<SeriesReport>& out) const {
  for (std::uint32_t id = 0; id < workers_; ++id) records_[id].add_series(out, id);
  outsiders_.for_each([&](const Outsider& one) {
    // relaxed: the seat is a number, nothing is read by way of it.
    one.record.add_series(out, one.seat.load(std::memory_order_relaxed));
  });
  for (SeriesReport& series : out) leave_slowest(series.slowest);
  unserved_.add_to(out);
}

std::uint64_t Accounts::running() const noexcept {
  std::uint64_t sum = 0;
  for_each_record([&](const WorkerRecord& record) { sum += record.running(); });
  return sum;
}

std::uint64_t Accounts::newly_cancelled() noexcept {
  std::uint64_t all = cancelled_.load(std::memory_order_seq_cst);
  for_each_record([&](const WorkerRecord& record) { all += record.cancelled.read(); });
  std::uint64_t told = cancelled_told_.load(std::memory_order_relaxed);
  while (told < all && !cancelled_told_.compare_exchange_weak(told, all, std::memory_order_relaxed,
                                                              std::memory_order_relaxed)) {
  }
  return told < all ? all - told : 0;
}

}  // namespace pools
