// Concurrency limit by gradient: at most so many tasks may be in the pool at once, running ones
// included, and how many that is follows from how long they take. After the gradient limits of
// Netflix's concurrency-limits (2018), which compare the present round trip with one measured
// without load; a pool knows better, for it sees how much of a task's time was waiting:
//   gradient = tolerance x service / (wait + service), between 1/2 and 1
//   limit    = limit x gradient + sqrt(limit)
// from the means of the last `window` tasks. Without waiting the limit grows by its root; where
// tasks wait it settles where they wait about (tolerance - 1) times what they take, plus that root.
// Not changed while less than half of it is used: then nothing shows what it should be.
#include <algorithm>
#include <cmath>
#include <optional>

#include "pools/policies/admission/rows.h"

namespace pools {
namespace {

class ConcurrencyLimit final : public AdmissionPolicy {
 public:
  struct Rules {
    double least;
    double most;
    double tolerance;
    std::uint32_t window;
  };

  ConcurrencyLimit(double initial, const Rules& rules)
      : rules_(rules), limit_(std::clamp(initial, rules.least, rules.most)) {}

  Entry admit(const Arriving& /*task*/) override {
    if (static_cast<double>(inside_) >= std::floor(limit_)) return {.admitted = false};
    ++inside_;
    busiest_ = std::max(busiest_, inside_);
    return {};
  }

  void ended(const Ended& task) override {
    --inside_;
    if (!was_run(task.outcome)) return;
    service_ += task.service;
    inside_for_ += std::max(task.service, Nanos{task.at - task.accepted});
    if (++samples_ >= rules_.window) adapt();
  }
  bool wants_ends() const noexcept override { return true; }

 private:
  void adapt() {
    if (static_cast<double>(busiest_) * 2 >= limit_) {
      const double share = inside_for_ <= Nanos{0} ? 1.0
                                                   : static_cast<double>(service_.count()) /
                                                         static_cast<double>(inside_for_.count());
      const double gradient = std::clamp(rules_.tolerance * share, 0.5, 1.0);
      limit_ = std::clamp(limit_ * gradient + std::sqrt(limit_), rules_.least, rules_.most);
    }
    samples_ = 0;
    service_ = inside_for_ = Nanos{0};
    busiest_ = inside_;
  }

  const Rules rules_;
  double limit_;
  std::uint64_t inside_ = 0;   // let in, and not ended
  std::uint64_t busiest_ = 0;  // the most of them since the last change
  std::uint32_t samples_ = 0;
  Nanos service_{0};
  Nanos inside_for_{0};
};

std::optional<std::string> contradiction(const Settings& settings) {
  const std::int64_t least = settings.integer("min");
  const std::int64_t most = settings.integer("max");
  if (least <= most) return std::nullopt;
  return "expected at most max (" + std::to_string(most) + "), got " + std::to_string(least);
}

}  // namespace

const AdmissionRow& concurrency_limit_row() {
  constexpr double kMost = 1'000'000;
  static const AdmissionRow kRow{
      .name = "concurrency_limit",
      .summary = "lets only so many tasks in at once as the pool serves without much waiting",
      .refusal = SubmitStatus::LimitReached,
      .knobs = {{.name = "initial",
                 .fallback = std::int64_t{20},
                 .unit = "tasks",
                 .low = 1,
                 .high = kMost,
                 .choices = {},
                 .help = "the limit at first"},
                {.name = "min",
                 .fallback = std::int64_t{1},
                 .unit = "tasks",
                 .low = 1,
                 .high = kMost,
                 .choices = {},
                 .help = "never below"},
                {.name = "max",
                 .fallback = std::int64_t{1000},
                 .unit = "tasks",
                 .low = 1,
                 .high = kMost,
                 .choices = {},
                 .help = "never above"},
                {.name = "tolerance",
                 .fallback = 2.0,
                 .unit = "",
                 .low = 1,
                 .high = 100,
                 .choices = {},
                 .help = "how many times its service a task may be inside before the limit falls"},
                {.name = "window",
                 .fallback = std::int64_t{50},
                 .unit = "tasks",
                 .low = 1,
                 .high = kMost,
                 .choices = {},
                 .help = "so many tasks between two changes of the limit"}},
      .make = [](const Settings& settings, std::uint16_t) -> std::unique_ptr<AdmissionPolicy> {
        return std::make_unique<ConcurrencyLimit>(
            static_cast<double>(settings.integer("initial")),
            ConcurrencyLimit::Rules{
                .least = static_cast<double>(settings.integer("min")),
                .most = static_cast<double>(settings.integer("max")),
                .tolerance = settings.real("tolerance"),
                .window = static_cast<std::uint32_t>(settings.integer("window"))});
      },
      .contradiction = contradiction,
      .contradicts = "min"};
  return kRow;
}

}  // namespace pools
