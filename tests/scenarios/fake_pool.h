// A pool that runs nothing by itself: the test decides what becomes of each submit.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "pools/pool.h"

namespace tests {

class FakePool : public pools::Pool {
 public:
  struct Submit {
    pools::SubmitOptions options;
    pools::Instant at;
  };
  enum class Fate { RunNow, Hold, Refuse, ShuttingDown };

  /// Asked for each submit, with how many came before it.
  std::function<Fate(std::size_t)> fate = [](std::size_t) { return Fate::RunNow; };
  /// What wait_idle answers, with how often it was asked before.
  std::function<bool(std::size_t)> idle = [](std::size_t) { return true; };

  /// What config() answers.
  pools::PoolConfig as_configured;

  ~FakePool() override {
    while (discard_one()) {
    }
  }

  std::vector<Submit> submits() const {
    const std::lock_guard lock(mutex_);
    return submits_;
  }
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  /// Runs or discards the oldest task that is held; false if there is none.
  bool run_one() {
    return with_oldest([](pools::Task& task) { task.run_once(); });
  }
  bool discard_one() {
    return with_oldest([](pools::Task& task) { task.end(pools::Outcome::Cancelled); });
  }

  pools::ShutdownReport shutdown(pools::ShutdownMode, pools::Nanos) override { return {}; }
  bool wait_idle(pools::Nanos) override { return idle(idle_calls_++); }
  std::uint32_t resize(std::uint32_t) override { return 1; }
  bool pause() override { return false; }
  bool resume() override { return false; }
  pools::ClearReport clear() override { return {}; }
  pools::PoolSnapshot snapshot(std::size_t) const override { return {}; }
  pools::PoolReport report() const override { return {}; }
  pools::Capabilities capabilities() const noexcept override { return {}; }
  const pools::PoolConfig& config() const noexcept override { return as_configured; }

 protected:
  pools::Task* acquire_task() override { return new pools::Task; }
  void release_task(pools::Task* task) noexcept override { delete task; }
  pools::SubmitStatus submit_task(pools::Task* task, const pools::SubmitOptions& options,
                                  Patience) override {
    std::unique_ptr<pools::Task> owned(task);
    std::size_t before = 0;
    {
      const std::lock_guard lock(mutex_);
      before = submits_.size();
      submits_.push_back({options, pools::Clock::now()});
    }
    switch (fate(before)) {
      case Fate::RunNow:
        owned->run_once();
        return pools::SubmitStatus::Accepted;
      case Fate::Hold: {
        const std::lock_guard lock(mutex_);
        held_.push_back(std::move(owned));
        return pools::SubmitStatus::Accepted;
      }
      case Fate::Refuse:
        owned->end(pools::Outcome::Refused);
        return pools::SubmitStatus::QueueFull;
      case Fate::ShuttingDown:
        break;
    }
    owned->end(pools::Outcome::Refused);
    return pools::SubmitStatus::ShuttingDown;
  }

 private:
  bool with_oldest(const std::function<void(pools::Task&)>& settle) {
    std::unique_ptr<pools::Task> task;
    {
      const std::lock_guard lock(mutex_);
      if (held_.empty()) return false;
      task = std::move(held_.front());
      held_.erase(held_.begin());
    }
    settle(*task);
    return true;
  }

  mutable std::mutex mutex_;
  std::vector<Submit> submits_;                     // guarded by mutex_
  std::vector<std::unique_ptr<pools::Task>> held_;  // guarded by mutex_
  std::size_t idle_calls_ = 0;                      // used by the generator's thread only
};

}  // namespace tests
