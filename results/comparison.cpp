#include "results/comparison.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "results/comparable.h"
#include "results/sign_test.h"
#include "results/verdicts.h"

namespace results {
namespace {

constexpr double kSignificance = 0.05;

/// Which trials are the same thing measured again.
struct Arm {
  std::string pool;
  std::string arm;
  std::map<std::string, std::string> parameters;

  bool operator<(const Arm& other) const {
    return std::tie(pool, arm, parameters) < std::tie(other.pool, other.arm, other.parameters);
  }
  bool operator==(const Arm&) const = default;
};

/// The trial's figure if it may be compared with others.
std::optional<double> figure_of(const Trial& trial, const Measure& measure) {
  if (!may_compare(trial)) return std::nullopt;
  scenarios::Expectation asked;
  asked.metric = measure.metric;
  asked.stat = measure.stat;
  asked.task_class = measure.task_class;
  asked.phase = measure.phase;
  const Observation seen = observe(trial, asked);
  const bool counts =
      seen.doubt.empty() && !seen.at_most && seen.value > 0 && !late_sends_reach(trial, asked);
  return counts ? std::optional(seen.value) : std::nullopt;
}

bool lower_is_better(const Measure& measure) {
  return measure.metric.ends_with("_us") || measure.metric == "cpu_s";
}

Standing standing_of(const Comparison& one, bool control_agrees) {
  const double margin = margin_of(one.measure);
  const bool apart = one.low > 1 || one.high < 1;
  const double effect = std::max(one.ratio, 1 / one.ratio);
  if (one.p < kSignificance && apart && effect >= 1 + margin && control_agrees) {
    return (one.ratio < 1) == lower_is_better(one.measure) ? Standing::Better : Standing::Worse;
  }
  if (one.low > 1 / (1 + margin) && one.high < 1 + margin) return Standing::Equivalent;
  return Standing::Inconclusive;
}

std::string why_open(const Comparison& one, bool control_agrees) {
  if (one.blocks < kLeastBlocks) {
    return fmt::format("{} of the {} blocks it takes", one.blocks, kLeastBlocks);
  }
  const bool apart = one.low > 1 || one.high < 1;
  if (apart && !control_agrees) return "the baseline differs from itself as well";
  if (apart && one.p >= kSignificance) return "among so many comparisons it may be chance";
  if (apart) return "different, perhaps by less than matters";
  return fmt::format("a difference below {:.0f} % would not have been seen",
                     100 * (one.detectable - 1));
}

/// The figures of one measure, by arm and block.
class Figures {
 public:
  Figures(const std::vector<Trial>& trials, const Measure& measure) {
    for (const Trial& trial : trials) {
      // Of several in a block the last: one that was repeated because it was spoilt.
      if (const auto value = figure_of(trial, measure)) {
        by_arm_[{trial.pool, trial.arm, trial.parameters}][trial.block] = *value;
      }
    }
  }
  std::vector<double> log_ratios(const Arm& above, const Arm& below) const {
    std::vector<double> out;
    const auto a = by_arm_.find(above);
    const auto b = by_arm_.find(below);
    if (a == by_arm_.end() || b == by_arm_.end()) return out;
    for (const auto& [block, value] : a->second) {
      const auto other = b->second.find(block);
      if (other != b->second.end()) out.push_back(std::log(value / other->second));
    }
    return out;
  }

 private:
  std::map<Arm, std::map<std::uint32_t, double>> by_arm_;
};

std::vector<Comparison> compare_by(const std::vector<Trial>& trials, const std::vector<Arm>& arms,
                                   const std::string& baseline, const Measure& measure) {
  const Figures figures(trials, measure);
  std::vector<Comparison> out;
  std::vector<double> p;
  for (const Arm& arm : arms) {
    const std::vector<double> logs = figures.log_ratios(arm, {baseline, "", arm.parameters});
    const SignTest test = sign_test(logs);
    Comparison& one = out.emplace_back();
    one.measure = measure;
    one.pool = arm.pool;
    one.arm = arm.arm;
    one.parameters = arm.parameters;
    one.baseline = baseline;
    one.blocks = logs.size();
    one.ratio = std::exp(test.median);
    one.low = std::exp(test.low);
    one.high = std::exp(test.high);
    one.detectable = std::max(std::exp((test.high - test.low) / 2), 1 + margin_of(measure));
    if (arm.arm.empty()) p.push_back(test.p);
    one.p = test.p;
  }
  const std::vector<double> corrected = holm(p);
  const bool agrees = std::all_of(out.begin(), out.end(), [](const Comparison& one) {
    return one.arm.empty() || (one.low <= 1 && one.high >= 1);
  });
  std::size_t next = 0;
  for (Comparison& one : out) {
    if (one.arm.empty()) one.p = corrected[next++];
    // The control differs from the baseline by chance only: nothing else would excuse it.
    const bool trusted = agrees || !one.arm.empty();
    one.standing = standing_of(one, trusted);
    if (one.standing == Standing::Inconclusive) one.why = why_open(one, trusted);
  }
  return out;
}

}  // namespace

const char* standing_name(Standing standing) noexcept {
  switch (standing) {
    case Standing::Better:
      return "better";
    case Standing::Worse:
      return "worse";
    case Standing::Equivalent:
      return "equivalent";
    case Standing::Inconclusive:
      break;
  }
  return "inconclusive";
}

double margin_of(const Measure& measure) noexcept {
  if (measure.stat.size() < 2 || measure.stat.front() != 'p') return kRateMargin;
  return margin_of(std::strtod(measure.stat.c_str() + 1, nullptr));
}

std::vector<Measure> usual_measures(const std::vector<double>& percentiles) {
  std::vector<Measure> measures;
  for (const double percentile : percentiles) {
    measures.push_back({"response_us", fmt::format("p{}", percentile)});
  }
  measures.push_back({"throughput_per_s", "mean"});
  measures.push_back({"cpu_s", "mean"});
  return measures;
}

std::vector<Comparison> comparisons(const RunResult& result) {
  return compare(result.trials, result.scenario.baseline,
                 usual_measures(result.scenario.percentiles));
}

std::vector<Comparison> compare(const std::vector<Trial>& trials, const std::string& baseline,
                                const std::vector<Measure>& measures) {
  std::vector<Arm> arms;
  std::uint32_t blocks = 0;
  for (const Trial& trial : trials) {
    blocks = std::max(blocks, trial.block + 1);
    const Arm arm{trial.pool, trial.arm, trial.parameters};
    if (trial.pool == baseline && trial.arm.empty()) continue;
    if (std::find(arms.begin(), arms.end(), arm) == arms.end()) arms.push_back(arm);
  }
  std::vector<Comparison> out;
  if (blocks < 2) return out;
  for (const Measure& measure : measures) {
    std::vector<Comparison> part = compare_by(trials, arms, baseline, measure);
    const bool any =
        std::any_of(part.begin(), part.end(), [](const Comparison& one) { return one.blocks > 0; });
    if (!any) continue;
    std::move(part.begin(), part.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace results
