// CoDel: a queue in which even the luckiest task of the last `interval` waited longer than `target`
// is not a burst being absorbed but a standing queue that delays everyone and helps nobody. Then
// what has waited more than twice the target is given up instead of begun. After Nichols and
// Jacobson, "Controlling Queue Delay", CACM 2012, in the form that servers use (Maurer, "Fail at
// Scale", 2015): without their control law, which slows a sender that reacts; callers of a pool do
// not.
#include <cmath>
#include <optional>

#include "pools/policies/admission/rows.h"

namespace pools {
namespace {

class Codel final : public AdmissionPolicy {
 public:
  Codel(Nanos target, Nanos interval) : target_(target), interval_(interval) {}

  bool gives_up(Nanos waited, Instant now) override {
    if (now >= ends_) {
      // An interval in which no task was begun had no standing queue either.
      standing_ = least_ && *least_ > target_ && now < ends_ + interval_;
      least_.reset();
      ends_ = now + interval_;
    }
    if (!least_ || waited < *least_) least_ = waited;
    return standing_ && waited > 2 * target_;
  }
  bool may_give_up() const noexcept override { return true; }

 private:
  const Nanos target_;
  const Nanos interval_;
  Instant ends_{};              // of the present interval
  std::optional<Nanos> least_;  // wait in it
  bool standing_ = false;       // the last one had a standing queue
};

}  // namespace

const AdmissionRow& codel_row() {
  static const AdmissionRow kRow{
      .name = "codel",
      .summary = "gives up what has waited too long while the queue never empties",
      .refusal = SubmitStatus::Accepted,
      .knobs = {{.name = "target_us",
                 .fallback = 5000.0,
                 .unit = "us",
                 .low = 1,
                 .high = 60'000'000,
                 .choices = {},
                 .help = "the wait that a standing queue exceeds; twice that is given up"},
                {.name = "interval_ms",
                 .fallback = 100.0,
                 .unit = "ms",
                 .low = 0.1,
                 .high = 60'000,
                 .choices = {},
                 .help = "a queue stands when no task of so long a time waited less"}},
      .make = [](const Settings& settings, std::uint16_t) -> std::unique_ptr<AdmissionPolicy> {
        return std::make_unique<Codel>(Nanos{std::llround(settings.real("target_us") * 1e3)},
                                       Nanos{std::llround(settings.real("interval_ms") * 1e6)});
      }};
  return kRow;
}

}  // namespace pools
