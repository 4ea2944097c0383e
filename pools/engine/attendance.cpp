#include "pools/engine/attendance.h"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <utility>

#include "pools/catalog.h"
#include "pools/engine/task_frame.h"

namespace pools {
namespace {

/// Asks a source to stop when another one is asked to.
struct Forward {
  std::stop_source& to;
  void operator()() const noexcept { to.request_stop(); }
};

}  // namespace

/// One run of one task, from its start to its return. Lives on the worker's stack.
class Attendance::Running {
 public:
  Running(Attendance& home, Task& task, const Care& care, WorkerId worker, Instant start) noexcept
      : home_(home), task_(task), care_(care), worker_(worker), start_(start) {
    if (care.rules.timeout.count() != 0) {
      if (task.extended) give_stop_token();
      timers().start(limit_, start + care.rules.timeout);
    }
    if (home.stuck_after_.count() == 0 || worker == kOutside) return;
    // Who runs a task inside another one has come that far: the clock starts anew for each.
    outer_ = std::exchange(home.workers_[worker].innermost, this);
    if (outer_ != nullptr) static_cast<void>(timers().cancel(outer_->stuck_));
    timers().start(stuck_, start + home.stuck_after_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// The callable has come back. True: within its time, so the caller settles the task. Once.
  bool finish(Instant now) noexcept {
    if (home_.stuck_after_.count() != 0 && worker_ != kOutside) {
      if (!timers().cancel(stuck_) && lost_) home_.engine_.returned(worker_, rules(), now - start_);
      home_.workers_[worker_].innermost = outer_;
      if (outer_ != nullptr && !outer_->lost_) {
        timers().start(outer_->stuck_, now + home_.stuck_after_);
      }
    }
    if (rules().timeout.count() == 0) return true;
    const bool in_time = timers().cancel(limit_);
    forward_.reset();
    if (stop_) task_.context().stop = std::move(stop_before_);
    return in_time;
  }

 private:
  struct Limit final : Timer {
    explicit Limit(Running& its) noexcept : run(its) {}
    void fire() noexcept override { run.time_is_up(); }
    Running& run;
  };
  struct Stuck final : Timer {
    explicit Stuck(Running& its) noexcept : run(its) {}
    void fire() noexcept override { run.has_not_come_back(); }
    Running& run;
  };

  Timers& timers() const noexcept { return home_.thread_.timers(); }
  const ClassRules& rules() const noexcept { return care_.rules; }

  void give_stop_token() noexcept {
    try {
      stop_.emplace();
    } catch (const std::bad_alloc&) {
      return;  // then it cannot be told, and overruns
    }
    stop_before_ = std::exchange(task_.context().stop, stop_->get_token());
    if (stop_before_.stop_possible()) forward_.emplace(stop_before_, Forward{*stop_});
  }

  // On the timers' thread, while the worker runs the task or waits for this to be over.

  void time_is_up() noexcept {
    const TaskFrame frame(home_.engine_.pool);  // what is told may submit, or own the pool
    if (stop_) stop_->request_stop();
    task_.tell(Outcome::TimedOut);
    home_.overrun_.fetch_add(1, std::memory_order_seq_cst);
    if (worker_ != kOutside) {
      home_.workers_[worker_].overrun.fetch_add(1, std::memory_order_relaxed);
    }
    home_.accounts_.time_out(task_, start_);
  }
  void has_not_come_back() noexcept {
    lost_ = home_.engine_.lost(worker_, rules());
    if (lost_) home_.lost_.fetch_add(1, std::memory_order_relaxed);
  }

  Attendance& home_;
  Task& task_;
  const Care& care_;
  const WorkerId worker_;
  const Instant start_;
  Running* outer_ = nullptr;  // the run that this one is inside of
  bool lost_ = false;         // written by stuck_; read when that is cancelled
  Limit limit_{*this};
  Stuck stuck_{*this};
  // Of a task that has a context: what its callable sees instead of its submitter's token.
  std::optional<std::stop_source> stop_;
  std::stop_token stop_before_;
  std::optional<std::stop_callback<Forward>> forward_;
};

bool Attendance::wanted(const PoolConfig& config) noexcept {
  const auto retries = [](const Choice& retry) { return retry.name != "discard"; };
  return retries(config.retry) || config.stuck_after.count() != 0 ||
         std::ranges::any_of(config.classes, [&](const ClassRules& rules) {
           return rules.timeout.count() != 0 || (rules.retry && retries(*rules.retry));
         });
}

std::unique_ptr<Attendance> Attendance::make(const PoolConfig& config, Accounts& accounts,
                                             Engine engine) {
  if (!wanted(config)) return nullptr;
  return std::unique_ptr<Attendance>(new Attendance(config, accounts, std::move(engine)));
}

Attendance::Attendance(const PoolConfig& config, Accounts& accounts, Engine engine)
    : accounts_(accounts),
      engine_(std::move(engine)),
      stuck_after_(config.stuck_after),
      slots_(config.slots()),
      workers_(std::make_unique<Attended[]>(slots_)),
      random_(config.seed),
      thread_(config.thread_factory),
      back_offs_(thread_.timers(), engine_.resume) {
  const auto policy = [this](const Choice& retry) -> std::shared_ptr<RetryPolicy> {
    std::unique_ptr<RetryPolicy> made = find_retry(retry.name)->make(retry.settings);
    if (made != nullptr) ++purses_;
    return made;
  };
  const std::shared_ptr<RetryPolicy> common = policy(config.retry);
  const std::size_t common_purse = purses_ - (common != nullptr ? 1 : 0);
  const auto add = [&](const ClassRules& rules) {
    Care care{rules, common, common_purse, false};
    if (rules.retry) {
      care.retry = policy(*rules.retry);
      care.purse = purses_ - (care.retry != nullptr ? 1 : 0);
    }
    care.any = care.retry != nullptr || rules.timeout.count() != 0 || stuck_after_.count() != 0;
    care_.push_back(std::move(care));
  };
  for (const ClassRules& rules : config.classes) add(rules);
  if (care_.empty()) add({});
  begun_ = std::make_unique<Count[]>(slots_ * purses_);
  begun_outside_ = std::make_unique<std::atomic<std::uint64_t>[]>(purses_);
}

Attendance::~Attendance() { stop(); }

void Attendance::count_begun(WorkerId worker, const Care& care) noexcept {
  if (worker == kOutside) {
    begun_outside_[care.purse].fetch_add(1, std::memory_order_relaxed);
  } else {
    begun(worker, care.purse).n.add();
  }
}

std::uint64_t Attendance::begun(std::size_t purse) const noexcept {
  std::uint64_t sum = begun_outside_[purse].load(std::memory_order_relaxed);
  for (std::uint32_t worker = 0; worker < slots_; ++worker) {
    sum += begun_[std::size_t{worker} * purses_ + purse].n.read();
  }
  return sum;
}

Attendance::Run Attendance::run(WorkerRecord& record, Task& task, WorkerId worker,
                                Instant& now) noexcept {
  const Care& care = care_of(task.series);
  const std::uint32_t failures = care.retry != nullptr ? take_failures(task) : 0;
  if (failures != 0) {
    record.count_retry(task.series);
  } else if (care.retry != nullptr) {
    count_begun(worker, care);
  }
  const Instant start = now != Instant{} ? now : Clock::now();
  Running running(*this, task, care, worker, start);
  record.started_running();
  bool in_time = true;
  bool threw = false;
  try {
    task.run();
    now = Clock::now();
    in_time = running.finish(now);
  } catch (...) {
    now = Clock::now();
    in_time = running.finish(now);
    threw = true;
    if (in_time) {
      if (care.retry != nullptr) {
        record.stopped_running();  // before it may run elsewhere
        if (back_off(task, care, failures + 1)) return Run::BacksOff;
        record.started_running();
      }
      task.end(Outcome::Failed);  // here: who is told finds the exception
    }
  }
  if (!in_time) {
    task.drop();
    record.stopped_running();
    if (worker != kOutside) workers_[worker].overrun.fetch_sub(1, std::memory_order_relaxed);
    overran_ns_.fetch_add(static_cast<std::uint64_t>((now - start - care.rules.timeout).count()),
                          std::memory_order_relaxed);
    overrun_.fetch_sub(1, std::memory_order_seq_cst);
    return Run::TimedOut;
  }
  if (task.declined) {
    task.end(Outcome::Cancelled);
    record.stopped_running();
    accounts_.settle_declined(record, task);
    return Run::Settled;
  }
  if (!threw) {
    if (failures != 0) record.count_recovered(task.series);
    threw = !task.end(Outcome::Completed);
  }
  record.stopped_running();
  record.settle(task, start, now, threw);
  return Run::Settled;
}

std::uint32_t Attendance::take_failures(const Task& task) noexcept {
  // relaxed: the queue that brought the task has published what was written before.
  if (failing_.load(std::memory_order_relaxed) == 0) return 0;
  const std::lock_guard lock(deciding_);
  const auto known = failures_.find(&task);
  if (known == failures_.end()) return 0;
  const std::uint32_t failures = known->second;
  failures_.erase(known);
  failing_.store(failures_.size(), std::memory_order_relaxed);
  return failures;
}

bool Attendance::back_off(Task& task, const Care& care, std::uint32_t failures) noexcept {
  RetryDecision decision;
  {
    const std::lock_guard lock(deciding_);
    constexpr std::uint32_t kGrain = 1U << 24U;
    decision = care.retry->decide(
        {failures, begun(care.purse), static_cast<double>(random_.below(kGrain)) / kGrain});
    if (decision.why == RetryDecision::Why::TryAgain) {
      try {
        failures_[&task] = failures;
      } catch (const std::bad_alloc&) {
        return false;  // it has failed
      }
      failing_.store(failures_.size(), std::memory_order_relaxed);
    }
  }
  if (decision.why == RetryDecision::Why::BudgetSpent) {
    budget_spent_.fetch_add(1, std::memory_order_relaxed);
  }
  if (decision.why != RetryDecision::Why::TryAgain) return false;
  if (back_offs_.hold(task, Clock::now() + decision.after)) return true;
  static_cast<void>(take_failures(task));
  return false;
}

void Attendance::figures(std::vector<StrategyFigure>& out) const {
  const auto count = [](const std::atomic<std::uint64_t>& n) {
    return static_cast<double>(n.load(std::memory_order_relaxed));
  };
  const bool limits =
      std::ranges::any_of(care_, [](const Care& care) { return care.rules.timeout.count() != 0; });
  if (purses_ != 0) out.push_back({"retries_denied", count(budget_spent_)});
  if (limits) out.push_back({"overrun_ms", count(overran_ns_) / 1e6});
  if (stuck_after_.count() != 0) out.push_back({"lost_workers", count(lost_)});
}

}  // namespace pools
