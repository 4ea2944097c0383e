#include "pools/engine/guard.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "pools/catalog.h"
#include "pools/policies/admission/admission.h"

namespace pools {
namespace {

/// The policies that act at the door, or else the one that acts when a task is about to begin.
AdmissionDoor::Policies door_policies(const PoolConfig& config,
                                      std::vector<SubmitStatus>& refusals) {
  AdmissionDoor::Policies policies;
  const std::uint16_t classes = config.classes == 0 ? config.series : config.classes;
  for (const Choice& choice : config.admission) {
    const AdmissionRow& row = *find_admission(choice.name);
    if (row.make == nullptr || row.refusal == SubmitStatus::Accepted) continue;
    policies.push_back(row.make(choice.settings, classes));
    refusals.push_back(row.refusal);
  }
  return policies;
}

std::unique_ptr<AdmissionPolicy> shedder(const PoolConfig& config) {
  for (const Choice& choice : config.admission) {
    const AdmissionRow& row = *find_admission(choice.name);
    if (row.make == nullptr) continue;
    if (auto policy = row.make(choice.settings, 1); policy->may_give_up()) return policy;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Guard> Guard::make(const PoolConfig& config) {
  if (!asks(config) && !config.drop_expired) return nullptr;
  return std::unique_ptr<Guard>(new Guard(config));
}

bool Guard::asks(const PoolConfig& config) {
  return std::ranges::any_of(config.admission, [](const Choice& choice) {
    return find_admission(choice.name)->make != nullptr;
  });
}

Guard::Guard(const PoolConfig& config)
    : series_(config.series),
      classes_(config.classes == 0 ? config.series : config.classes),
      drop_expired_(config.drop_expired),
      door_(door_policies(config, refusals_)),
      shedder_(shedder(config)) {}

SubmitStatus Guard::admit(Task& task, Instant now) noexcept {
  task.admitted = task.marked = false;
  if (!door_.open()) {
    bool marked = false;
    const std::size_t by =
        door_.admit({now, class_of(task)}, marked,
                    [this](std::vector<PoolEvent> news) { events_.add(std::move(news)); });
    if (by != AdmissionDoor::kLetIn) return refusals_[by];
    task.marked = marked;
  }
  task.admitted = true;
  return SubmitStatus::Accepted;
}

Outcome Guard::before(const Task& task, Instant now) noexcept {
  if (drop_expired_ && task.dated && now > task.deadline()) return Outcome::Expired;
  if (shedder_ != nullptr && task.admitted) {
    const std::lock_guard lock(shedding_);
    if (shedder_->gives_up(now - task.accepted, now)) return Outcome::Shed;
  }
  return Outcome::Completed;
}

void Guard::ended(const Task& task, Outcome outcome, Instant start, Instant now) noexcept {
  if (!door_.wants_ends()) return;
  const Ended end{.at = now,
                  .accepted = task.accepted,
                  .task_class = class_of(task),
                  .marked = task.marked,
                  .outcome = outcome,
                  .service = now - start};
  door_.ended(end, [this](std::vector<PoolEvent> news) { events_.add(std::move(news)); });
}

}  // namespace pools
