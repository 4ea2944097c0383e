#include "scenarios/foremost.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace scenarios {
namespace {

/// The kernel's struct sched_attr, which glibc does not have yet.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t slice_ns = 0;  // sched_runtime; of an ordinary thread: its slice, 0 the default
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

constexpr std::uint64_t kResetOnFork = 1;  // SCHED_FLAG_RESET_ON_FORK
constexpr std::uint64_t kShortestSliceNs = 100'000;

bool set(Attributes wanted) noexcept { return ::syscall(SYS_sched_setattr, 0, &wanted, 0U) == 0; }

bool get(Attributes& now) noexcept {
  return ::syscall(SYS_sched_getattr, 0, &now, sizeof now, 0U) == 0;
}

/// Kernels before 6.12 take a slice and ignore it: only what can be read back was granted.
bool has_short_slice() noexcept {
  Attributes now;
  return get(now) && now.slice_ns == kShortestSliceNs;
}

}  // namespace

std::string_view urgency_name(Urgency urgency) noexcept {
  switch (urgency) {
    case Urgency::RealTime:
      return "real_time";
    case Urgency::ShortSlice:
      return "short_slice";
    case Urgency::Normal:
      break;
  }
  return "normal";
}

Foremost::Foremost(Urgency wanted) noexcept {
  // A thread that has been given a policy of its own already keeps it.
  Attributes before;
  if (!get(before) || before.policy != SCHED_OTHER) return;
  nice_ = before.nice;
  Attributes real_time;
  real_time.policy = SCHED_FIFO;
  real_time.flags = kResetOnFork;
  real_time.priority = 1;
  Attributes short_slice;
  short_slice.nice = nice_;
  short_slice.slice_ns = kShortestSliceNs;
  if (wanted == Urgency::RealTime && set(real_time)) {
    granted_ = Urgency::RealTime;
  } else if (wanted != Urgency::Normal && set(short_slice) && has_short_slice()) {
    granted_ = Urgency::ShortSlice;
  }
}

Foremost::~Foremost() {
  if (granted_ == Urgency::Normal) return;
  Attributes plain;
  plain.nice = nice_;
  if (set(plain)) return;
  // Only who may become real-time again may take the flag back. It keeps later threads ordinary.
  plain.flags = kResetOnFork;
  set(plain);
}

}  // namespace scenarios
