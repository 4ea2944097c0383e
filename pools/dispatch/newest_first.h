// Adaptive LIFO around any strategy (policies/admission/adaptive_lifo.cpp): while too many tasks
// wait, those from outside go onto a stack that workers look at before the strategy's own places,
// so the newest is served first. What waited before the overload, and what tasks submit themselves,
// stays with the strategy.
//
// The stack is bounded by nothing but the pool's own bound and has one lock, as a queue that all
// look at has; a pool without the policy has none of it.
#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pools/dispatch/dispatch.h"
#include "pools/engine/sync.h"

namespace pools {

class NewestFirst final : public Dispatch {
 public:
  /// `tasks_per_worker`: from so many waiting per worker on, until half as many do.
  NewestFirst(std::unique_ptr<Dispatch> inner, double tasks_per_worker)
      : inner_(std::move(inner)), tasks_per_worker_(tasks_per_worker) {}

  Placement place(Task& task, WorkerId from, Submitter& by) noexcept override {
    const std::uint64_t waiting = waiting_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (from == kOutside && overloaded(waiting) && push(task)) return {kAnyWorker};
    return inner_->place(task, from, by);
  }

  Taken take(WorkerId self, std::span<Task*> out, Instant now) noexcept override {
    if (const std::size_t n = pop(out); n != 0) {
      left(n);
      return {n};
    }
    const Taken taken = inner_->take(self, out, now);
    left(taken.count);
    return taken;
  }
  std::size_t take_size(std::size_t budget) const noexcept override {
    return inner_->take_size(budget);
  }

  std::size_t reclaim(std::span<Task*> out) noexcept override {
    std::size_t n = inner_->reclaim(out);
    if (n == 0) n = pop(out);
    left(n);
    return n;
  }
  /// What the strategy holds is older than all that is on the stack, but for what tasks submitted.
  Task* evict(const Task& newer) noexcept override {
    Task* task = inner_->evict(newer);
    if (task == nullptr) task = pop_oldest();
    left(task == nullptr ? 0 : 1);
    return task;
  }

  bool has_work(WorkerId self, Instant now) const noexcept override {
    return on_stack() != 0 || inner_->has_work(self, now);
  }
  bool shares_taken() const noexcept override { return inner_->shares_taken(); }
  bool ripens() const noexcept override { return inner_->ripens(); }
  std::optional<Instant> ripens_at() const noexcept override { return inner_->ripens_at(); }

  Placement worker_joined(WorkerId self) noexcept override {
    workers_.fetch_add(1, std::memory_order_relaxed);
    return inner_->worker_joined(self);
  }
  Placement worker_left(WorkerId self) noexcept override {
    workers_.fetch_sub(1, std::memory_order_relaxed);
    return inner_->worker_left(self);
  }
  void activity_changed(WorkerId self, Activity now) noexcept override {
    inner_->activity_changed(self, now);
  }
  void flush() noexcept override { inner_->flush(); }
  bool needs_time() const noexcept override { return inner_->needs_time(); }
  Ranking ranking() const noexcept override { return inner_->ranking(); }

  std::uint64_t depth(WorkerId self) const noexcept override { return inner_->depth(self); }
  std::uint64_t shared_depth() const noexcept override {
    return inner_->shared_depth() + on_stack();
  }
  void figures(std::vector<StrategyFigure>& out) const override {
    inner_->figures(out);
    out.push_back({"newest_first", static_cast<double>(stacked_.load(std::memory_order_relaxed))});
  }
  std::vector<std::uint64_t> steal_matrix() const override { return inner_->steal_matrix(); }

 private:
  bool overloaded(std::uint64_t waiting) noexcept {
    const double per_worker =
        static_cast<double>(waiting) /
        std::max(1.0, static_cast<double>(workers_.load(std::memory_order_relaxed)));
    const bool was = overloaded_.load(std::memory_order_relaxed);
    const bool is = was ? 2 * per_worker > tasks_per_worker_ : per_worker >= tasks_per_worker_;
    if (is != was) overloaded_.store(is, std::memory_order_relaxed);
    return is;
  }
  void left(std::size_t n) noexcept {
    if (n != 0) waiting_.fetch_sub(n, std::memory_order_relaxed);
  }
  std::size_t on_stack() const noexcept { return size_.load(std::memory_order_seq_cst); }

  /// False: no memory for its place; the task then waits with the others.
  bool push(Task& task) noexcept {
    const std::lock_guard guard(lock_);
    try {
      stack_.push_back(&task);
    } catch (const std::bad_alloc&) {
      return false;
    }
    publish();
    stacked_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  std::size_t pop(std::span<Task*> out) noexcept {
    if (on_stack() == 0) return 0;
    const std::lock_guard guard(lock_);
    std::size_t n = 0;
    for (; n < out.size() && !stack_.empty(); stack_.pop_back()) out[n++] = stack_.back();
    publish();
    return n;
  }
  Task* pop_oldest() noexcept {
    const std::lock_guard guard(lock_);
    if (stack_.empty()) return nullptr;
    Task* const task = stack_.front();
    stack_.pop_front();
    publish();
    return task;
  }
  /// Requires lock_ held. seq_cst: the publication that engine/parking_lot.h relies on.
  void publish() noexcept { size_.store(stack_.size(), std::memory_order_seq_cst); }

  const std::unique_ptr<Dispatch> inner_;
  const double tasks_per_worker_;
  std::atomic<std::uint32_t> workers_{0};
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<bool> overloaded_{false};
  std::atomic<std::uint64_t> stacked_{0};
  RealSync::Lock lock_;
  std::deque<Task*> stack_;           // guarded by lock_: the newest at the back
  std::atomic<std::size_t> size_{0};  // written under lock_
};

}  // namespace pools
