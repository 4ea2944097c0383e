// The admission policies of a pool at work: each is asked for a task from outside, in the order of
// the configuration, and told how it ended. The policies are plain objects; this is their lock.
//
// Any thread may call anything. Templated on its lock, so that the model checker runs this very
// code.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "pools/engine/sync.h"
#include "pools/policies/admission/admission.h"

namespace pools {

template <typename Sync>
class BasicAdmissionDoor {
 public:
  using Policies = std::vector<std::unique_ptr<AdmissionPolicy>>;
  static constexpr std::size_t kLetIn = ~std::size_t{0};

  explicit BasicAdmissionDoor(Policies policies) : policies_(std::move(policies)) {
    for (const auto& policy : policies_) wants_ends_ = wants_ends_ || policy->wants_ends();
  }

  bool open() const noexcept { return policies_.empty(); }
  bool wants_ends() const noexcept { return wants_ends_; }

  /// Which policy refuses it, or kLetIn. `marked`: one has marked it. `news` is told what happened.
  template <typename News>
  std::size_t admit(const Arriving& task, bool& marked, News&& news) noexcept {
    const std::lock_guard guard(lock_);
    marked = false;
    for (std::size_t i = 0; i < policies_.size(); ++i) {
      const Entry entry = policies_[i]->admit(task);
      hear(*policies_[i], news);
      if (!entry.admitted) {
        // Those before it had let it in.
        end(Ended{task.at, task.at, task.task_class, marked, Outcome::Refused, {}}, i, news);
        return i;
      }
      marked = marked || entry.marked;
    }
    return kLetIn;
  }

  /// One that was let in. Where wants_ends().
  template <typename News>
  void ended(const Ended& task, News&& news) noexcept {
    const std::lock_guard guard(lock_);
    end(task, policies_.size(), news);
  }

 private:
  /// Requires lock_ held.
  template <typename News>
  void end(const Ended& task, std::size_t policies, News& news) noexcept {
    for (std::size_t i = 0; i < policies; ++i) {
      if (!policies_[i]->wants_ends()) continue;
      policies_[i]->ended(task);
      hear(*policies_[i], news);
    }
  }
  template <typename News>
  static void hear(AdmissionPolicy& policy, News& news) noexcept {
    if (policy.has_news()) [[unlikely]]
      news(policy.take_news());
  }

  typename Sync::Lock lock_;
  Policies policies_;  // guarded by lock_; at most one marks tasks
  bool wants_ends_ = false;
};

using AdmissionDoor = BasicAdmissionDoor<RealSync>;

}  // namespace pools
