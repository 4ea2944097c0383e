#include "scenarios/work/cpu.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "scenarios/work/kinds.h"

namespace scenarios {
namespace {

using pools::Clock;
using pools::Nanos;

double nanos_for(std::uint64_t rounds) noexcept {
  const pools::Instant begin = Clock::now();
  static_cast<void>(spin(rounds));
  return static_cast<double>(Nanos{Clock::now() - begin}.count());
}

/// One calibration: nine trials, some 40 ms in all. Their median survives the odd preemption;
/// comparing it with the fastest tells whether there were too many.
SpinSpeed measure_once() noexcept {
  // Some 4 ms a trial: long enough to hold a fair share of timer interrupts, which take one or two
  // per cent of any core and belong to the speed a task will see. Trials of 100 us mostly miss
  // them, and every service time would come out too long by that much.
  constexpr std::uint64_t kRounds = 4'000'000;
  std::array<double, 9> trials{};
  for (double& trial : trials) trial = nanos_for(kRounds);
  std::ranges::sort(trials);
  const double fastest = trials.front();
  const double median = trials[trials.size() / 2];
  SpinSpeed speed;
  speed.rounds_per_us = static_cast<double>(kRounds) * 1000 / std::max(median, 1.0);
  speed.spread = (median - fastest) / std::max(fastest, 1.0);
  constexpr double kAgreement = 0.03;
  speed.steady = speed.spread <= kAgreement;
  return speed;
}

class CpuWork final : public Work {
 public:
  void perform(Nanos service) const override {
    const double rounds = static_cast<double>(service.count()) * 1e-3 * speed_.rounds_per_us;
    static_cast<void>(spin(static_cast<std::uint64_t>(rounds)));
  }

 private:
  const SpinSpeed& speed_ = spin_speed();
};

}  // namespace

// Never inlined: the loop that is calibrated and the loop that works must be the same code at the
// same alignment.
[[gnu::noinline]] std::uint64_t spin(std::uint64_t rounds) noexcept {
  std::uint64_t x = rounds | 1;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    // The compiler must not see through the chain, or it would compute many rounds at once.
    asm volatile("" : "+r"(x));
  }
  return x;
}

SpinSpeed measure_spin_speed() {
  // The first trials also bring the core up to its working frequency. Calibrations are repeated
  // until a steady one agrees with the fastest so far; if none does, the fastest is the least
  // disturbed.
  SpinSpeed best;
  bool agreed = false;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const SpinSpeed speed = measure_once();
    // Two steady ones that agree: a single one may lie within a slow spell of the machine.
    agreed =
        agreed || (speed.steady && best.steady &&
                   std::abs(speed.rounds_per_us - best.rounds_per_us) < 0.02 * best.rounds_per_us);
    if (speed.rounds_per_us > best.rounds_per_us) best = speed;
    if (agreed) break;
  }
  best.steady = agreed;
  return best;
}

const SpinSpeed& spin_speed() {
  static const SpinSpeed kSpeed = measure_spin_speed();
  return kSpeed;
}

WorkRow cpu_work() {
  return {
      .name = "cpu",
      .summary = "calibrated spinning: burns a core for the service time",
      .knobs = {},
      .get = [](const pools::Settings&) -> const Work& {
        static const CpuWork kWork;
        return kWork;
      },
  };
}

}  // namespace scenarios
