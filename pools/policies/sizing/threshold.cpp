// Threshold: more workers when too much waits for the present ones, or waits too long; fewer when
// one has nothing to do. Up: as many tasks queued per worker as the limit, the target doubles, once
// per cooldown. Or a task has waited for the greatest wait, which is how few but long tasks show
// (tasks that sleep, or that wait for each other): the target doubles too, and then the new workers
// get that long to change it. Down: nothing waits and a worker has slept for the idle timeout, one
// leaves, once per cooldown.
#include <algorithm>
#include <string>
#include <utility>

#include "pools/policies/sizing/rows.h"

namespace pools {
namespace {

class Threshold final : public SizingPolicy {
 public:
  Threshold(double tasks_per_worker, Nanos max_wait, Nanos idle_timeout, Nanos cooldown)
      : tasks_per_worker_(tasks_per_worker),
        max_wait_(max_wait),
        idle_timeout_(idle_timeout),
        cooldown_(cooldown) {}

  SizingDecision decide(const LoadSample& sample) override {
    SizingDecision stay{sample.workers, {}};
    const Nanos since_change = changed_ == Instant{} ? Nanos::max() : sample.at - changed_;
    if (since_change < cooldown_) return stay;
    if (sample.workers < sample.max_workers) {
      if (static_cast<double>(sample.queued) >= tasks_per_worker_ * sample.workers) {
        return doubled(sample, std::to_string(sample.queued) +
                                   " tasks queued >= " + rounded(tasks_per_worker_) +
                                   " per worker x " + std::to_string(sample.workers));
      }
      if (sample.queued != 0 && sample.oldest_wait >= max_wait_ && since_change >= max_wait_) {
        return doubled(sample, "a task waited " + rounded(milliseconds(sample.oldest_wait)) +
                                   " ms >= " + rounded(milliseconds(max_wait_)) + " ms");
      }
    }
    if (sample.queued == 0 && sample.idle_workers > 0 && sample.longest_idle >= idle_timeout_ &&
        sample.workers > sample.min_workers) {
      changed_ = sample.at;
      return {sample.workers - 1, "a worker was idle for " +
                                      rounded(milliseconds(sample.longest_idle)) +
                                      " ms >= " + rounded(milliseconds(idle_timeout_)) + " ms"};
    }
    return stay;
  }

 private:
  SizingDecision doubled(const LoadSample& sample, std::string reason) {
    changed_ = sample.at;
    return {std::clamp(sample.workers * 2, sample.min_workers, sample.max_workers),
            std::move(reason)};
  }
  static double milliseconds(Nanos time) { return static_cast<double>(time.count()) / 1e6; }
  static std::string rounded(double value) {
    std::string text = std::to_string(value);  // six decimals; cut what says nothing
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    if (const auto point = text.find('.'); point != std::string::npos) text.resize(point + 2);
    return text;
  }

  const double tasks_per_worker_;
  const Nanos max_wait_;
  const Nanos idle_timeout_;
  const Nanos cooldown_;
  Instant changed_{};
};

Nanos from_ms(double ms) { return Nanos{static_cast<Nanos::rep>(ms * 1e6)}; }

}  // namespace

const SizingRow& threshold_row() {
  static const SizingRow kRow{
      .name = "threshold",
      .summary = "doubles when too many tasks wait, or one too long; shrinks after an idle time",
      .knobs = {{.name = "tasks_per_worker",
                 .fallback = 50.0,
                 .unit = "tasks",
                 .low = 0.1,
                 .high = 1e6,
                 .choices = {},
                 .help = "this many waiting per worker double the workers"},
                {.name = "max_wait_ms",
                 .fallback = 20.0,
                 .unit = "ms",
                 .low = 1,
                 .high = 3'600'000,
                 .choices = {},
                 .help = "a task that has waited this long doubles the workers too"},
                {.name = "idle_timeout_ms",
                 .fallback = 500.0,
                 .unit = "ms",
                 .low = 1,
                 .high = 3'600'000,
                 .choices = {},
                 .help = "a worker idle this long leaves"},
                {.name = "cooldown_ms",
                 .fallback = 10.0,
                 .unit = "ms",
                 .low = 0,
                 .high = 60'000,
                 .choices = {},
                 .help = "least time between two changes"}},
      .make = [](const Settings& settings) -> std::unique_ptr<SizingPolicy> {
        return std::make_unique<Threshold>(
            settings.real("tasks_per_worker"), from_ms(settings.real("max_wait_ms")),
            from_ms(settings.real("idle_timeout_ms")), from_ms(settings.real("cooldown_ms")));
      }};
  return kRow;
}

}  // namespace pools
