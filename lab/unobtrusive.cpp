#include "lab/unobtrusive.h"

#include <sched.h>

namespace lab {
namespace {

bool take(int policy) noexcept {
  const sched_param none{};
  return ::sched_setscheduler(0, policy, &none) == 0;
}

}  // namespace

Unobtrusive::Unobtrusive() noexcept
    : changed_(::sched_getscheduler(0) == SCHED_OTHER && take(SCHED_BATCH)) {}

// Back is always allowed: both are ordinary policies.
Unobtrusive::~Unobtrusive() {
  if (changed_) take(SCHED_OTHER);
}

}  // namespace lab
