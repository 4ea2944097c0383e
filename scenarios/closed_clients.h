// The clients of a closed phase: where workers report outcomes and the generator waits for them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "pools/clock.h"
#include "pools/task.h"
#include "scenarios/work/work.h"

namespace scenarios {

/// One client's answer, whatever it was: completed, failed, cancelled or refused.
struct Answer {
  std::uint32_t client = 0;
  pools::Instant at{};
};

/// A mailbox of answers. Any thread posts, the generator collects.
class ClosedClients {
 public:
  /// A client has at most one question under way, so `clients` places always suffice and posting
  /// never allocates.
  explicit ClosedClients(std::uint32_t clients) { answers_.reserve(clients); }

  void post(std::uint32_t client) noexcept {
    const pools::Instant now = pools::Clock::now();
    {
      const std::lock_guard lock(mutex_);
      answers_.push_back({client, now});
    }
    posted_.notify_one();
  }

  /// Appends what has been posted to `out`; waits up to `patience` for the first.
  void collect(std::vector<Answer>& out, pools::Nanos patience) {
    std::unique_lock lock(mutex_);
    if (answers_.empty() && patience > pools::Nanos{0}) {
      posted_.wait_for(lock, patience, [this] { return !answers_.empty(); });
    }
    out.insert(out.end(), answers_.begin(), answers_.end());
    answers_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<Answer> answers_;  // guarded by mutex_
};

/// A client's task. It answers when it is destroyed, so that a task that was cancelled or refused
/// sets its client free as well; it keeps the mailbox alive, because it may outlive the generator.
class ClosedTask {
 public:
  ClosedTask(std::shared_ptr<ClosedClients> clients, const Work& work, std::uint32_t client,
             pools::Nanos service)
      : clients_(std::move(clients)),
        work_(&work),
        client_(client),
        service_us_(static_cast<float>(service.count()) * 1e-3F) {}
  ClosedTask(ClosedTask&&) noexcept = default;
  ClosedTask& operator=(ClosedTask&&) = delete;
  ~ClosedTask() {
    if (clients_) clients_->post(client_);
  }
  void operator()() const {
    work_->perform(pools::Nanos{static_cast<pools::Nanos::rep>(service_us_ * 1e3F)});
  }

 private:
  std::shared_ptr<ClosedClients> clients_;  // empty when moved from
  const Work* work_;
  std::uint32_t client_;
  float service_us_;  // half the space of a duration; exact to 6e-8 of the time
};
static_assert(sizeof(ClosedTask) <= pools::Task::kInlineBytes, "no allocation per task");

}  // namespace scenarios
