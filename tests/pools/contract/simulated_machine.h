// A machine in virtual time with one thread: drives a Dispatch as the engine does - submits, wakes,
// searches, sleeps - without threads or a clock. With the same seed every step repeats.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pools/catalog.h"
#include "pools/dispatch/dispatch.h"

namespace contract {

class SimulatedMachine {
 public:
  struct Arrival {
    pools::Nanos at{0};
    pools::Nanos service{0};
    std::uint8_t level = 0;
    int spawns = 0;  ///< so many tasks of the same service are submitted when it starts
  };
  struct Started {
    std::uint32_t task;
    pools::WorkerId worker;
    pools::Nanos at;
    bool operator==(const Started&) const = default;
  };

  SimulatedMachine(const std::string& strategy, const pools::Settings& settings,
                   std::uint32_t workers, std::uint64_t seed)
      : counters_(workers), workers_(workers) {
    const pools::DispatchRow& row = *pools::find_dispatch(strategy);
    dispatch_ = row.make(settings.resolved(row.knobs, ""), {workers, seed, counters_});
    for (pools::WorkerId id = 0; id < workers; ++id) {
      notify(dispatch_->worker_joined(id));
      workers_[id].awake_at = now_;  // looks around once, then sleeps
    }
  }

  /// Offers the arrivals, in the order of their time, and runs until nothing waits or runs.
  const std::vector<Started>& run(const std::vector<Arrival>& arrivals) {
    std::size_t next = 0;
    while (true) {
      std::optional<pools::Nanos> at;
      const auto sooner = [&at](pools::Nanos then) { at = at ? std::min(*at, then) : then; };
      if (next < arrivals.size()) sooner(arrivals[next].at);
      for (const Worker& worker : workers_) {
        if (worker.awake_at) sooner(*worker.awake_at);
      }
      if (!at) {
        // All sleep: the one that keeps the time wakes when something ripens.
        const auto ripe = dispatch_->ripens_at();
        if (!ripe) return started_;
        now_ = std::max(now_, ripe->time_since_epoch());
        wake_any();
        continue;
      }
      if (const auto ripe = dispatch_->ripens_at(); ripe && ripe->time_since_epoch() < *at) {
        now_ = std::max(now_, ripe->time_since_epoch());
        if (wake_any()) continue;
      }
      now_ = std::max(now_, *at);
      while (next < arrivals.size() && arrivals[next].at <= now_) {
        submit(arrivals[next++], pools::kOutside, outside_);
      }
      for (pools::WorkerId id = 0; id < workers_.size(); ++id) {
        if (workers_[id].awake_at && *workers_[id].awake_at <= now_) step(id);
      }
      look_for_idlers();
    }
  }

  /// Something waited that a sleeping worker could have had.
  bool idled_beside_work() const noexcept { return idled_; }
  std::size_t submitted() const noexcept { return tasks_.size(); }
  const Arrival& arrival(std::uint32_t task) const { return tasks_[task]->arrival; }
  const std::vector<pools::WorkerCounters>& counters() const noexcept { return counters_; }

 private:
  struct Worker {
    std::optional<pools::Nanos> awake_at = std::nullopt;  ///< when it next does something
    pools::Submitter submitter = {};
    std::vector<pools::Task*> taken = {};
    bool parked = false;
  };
  struct SimulatedTask {
    pools::Task task;
    std::uint32_t number;
    Arrival arrival;
  };

  pools::Instant instant() const noexcept { return pools::Instant{now_}; }

  void submit(const Arrival& arrival, pools::WorkerId from, pools::Submitter& by) {
    const auto number = static_cast<std::uint32_t>(tasks_.size());
    tasks_.push_back(std::make_unique<SimulatedTask>());
    SimulatedTask& one = *tasks_.back();
    one.number = number;
    one.arrival = arrival;
    one.task.hold([] {});
    one.task.level = arrival.level;
    one.task.accepted = instant();
    owners_.emplace(&one.task, number);
    notify(dispatch_->place(one.task, from, by));
  }

  void notify(pools::Placement placement) {
    if (placement.wake == pools::kNobody) return;
    if (placement.wake == pools::kAnyWorker) {
      wake_any();
    } else if (!wake(placement.wake) && placement.or_another) {
      wake_any();
    }
  }
  bool wake(pools::WorkerId id) {
    if (!workers_[id].parked) return false;
    workers_[id].parked = false;
    workers_[id].awake_at = now_;
    dispatch_->activity_changed(id, pools::Activity::Working);
    return true;
  }
  bool wake_any() {
    for (pools::WorkerId id = static_cast<pools::WorkerId>(workers_.size()); id-- > 0;) {
      if (wake(id)) return true;
    }
    return false;
  }

  void step(pools::WorkerId id) {
    Worker& worker = workers_[id];
    if (worker.taken.empty()) take(id);
    if (worker.taken.empty()) {
      dispatch_->activity_changed(id, pools::Activity::Searching);
      dispatch_->activity_changed(id, pools::Activity::Parked);
      worker.awake_at.reset();
      worker.parked = true;
      if (dispatch_->has_work(id, instant())) wake(id);
      return;
    }
    SimulatedTask& one = of(worker.taken.front());
    worker.taken.erase(worker.taken.begin());
    started_.push_back({one.number, id, now_});
    Arrival child = one.arrival;
    child.spawns = 0;
    for (int i = 0; i < one.arrival.spawns; ++i) submit(child, id, worker.submitter);
    one.task.run_once();
    worker.awake_at = now_ + one.arrival.service;
  }

  void take(pools::WorkerId id) {
    std::array<pools::Task*, 256> out;
    const std::size_t most = std::min<std::size_t>(dispatch_->take_size(1), out.size());
    const pools::Taken taken = dispatch_->take(id, std::span(out).first(most), instant());
    workers_[id].taken.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(taken.count));
    if (taken.moved_others) wake_any();
    if (taken.count == 0) return;
    // As the engine's searcher does on finding work: another one looks for the rest.
    const bool any_asleep = std::ranges::any_of(workers_, [](auto& w) { return w.parked; });
    if (any_asleep && dispatch_->has_work(id, instant())) wake_any();
  }

  /// When all that is to happen at this instant has happened, whoever sleeps has nothing to do.
  void look_for_idlers() {
    const auto due = [this](const Worker& one) { return one.awake_at && *one.awake_at <= now_; };
    if (std::ranges::any_of(workers_, due)) return;
    // Who keeps the time is about to see that.
    if (const auto ripe = dispatch_->ripens_at(); ripe && *ripe <= instant()) return;
    for (pools::WorkerId id = 0; id < workers_.size(); ++id) {
      idled_ = idled_ || (workers_[id].parked && dispatch_->has_work(id, instant()));
    }
  }

  SimulatedTask& of(const pools::Task* task) {
    const auto owner = owners_.find(task);
    if (owner == owners_.end()) std::abort();  // taken twice, or never submitted
    SimulatedTask& one = *tasks_[owner->second];
    owners_.erase(owner);
    return one;
  }

  std::vector<pools::WorkerCounters> counters_;
  std::unique_ptr<pools::Dispatch> dispatch_;
  std::vector<Worker> workers_;
  std::vector<std::unique_ptr<SimulatedTask>> tasks_;
  std::unordered_map<const pools::Task*, std::uint32_t> owners_;  // of those that wait
  pools::Submitter outside_;
  std::vector<Started> started_;
  pools::Nanos now_{1'000'000'000};  // never the zero of "no time"
  bool idled_ = false;
};

}  // namespace contract
