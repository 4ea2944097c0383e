#include "results/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "results/capacity.h"
#include "results/comparable.h"
#include "results/sign_test.h"
#include "results/verdicts.h"

namespace results {
namespace {

constexpr double kSignificance = 0.05;
/// Beyond it a response time is reported, and nothing waits for it.
constexpr double kDecidedUpTo = 99;

/// Which trials are the same thing measured again.
struct Arm {
  std::string pool;
  std::string arm;
  scenarios::Parameters parameters;
  std::uint32_t point = 0;  // says nothing that the parameters do not

  bool operator<(const Arm& other) const {
    return std::tie(pool, arm, parameters) < std::tie(other.pool, other.arm, other.parameters);
  }
  bool operator==(const Arm& other) const { return !(*this < other) && !(other < *this); }
};

Arm arm_of(const Trial& trial) { return {trial.pool, trial.arm, trial.parameters, trial.point}; }

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

Standing standing_of(const Comparison& one, bool control_agrees, double significance) {
  const double margin = margin_of(one.measure);
  const bool apart = one.low > 1 || one.high < 1;
  const double effect = std::max(one.ratio, 1 / one.ratio);
  if (one.p < significance && apart && effect >= 1 + margin && control_agrees) {
    return (one.ratio < 1) == lower_is_better(one.measure) ? Standing::Better : Standing::Worse;
  }
  if (one.low > 1 / (1 + margin) && one.high < 1 + margin) return Standing::Equivalent;
  return Standing::Inconclusive;
}

std::string why_open(const Comparison& one, bool control_agrees, double significance) {
  if (one.blocks < kLeastBlocks) {
    return fmt::format("{} of the {} blocks it takes", one.blocks, kLeastBlocks);
  }
  const bool apart = one.low > 1 || one.high < 1;
  if (apart && !control_agrees) return "the baseline differs from itself as well";
  if (apart && one.p >= significance) return "among so many comparisons it may be chance";
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
        by_arm_[arm_of(trial)][trial.block] = *value;
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

/// Two that are set against each other.
struct Pair {
  Arm above;
  Arm below;
};

/// What the arm is compared with: the baseline with the same values, where they are its own as
/// well; of one pool alone its first combination.
const Arm* reference_of(const Arm& arm, const std::vector<Arm>& arms, const std::string& baseline,
                        bool alone) {
  const Arm* first = nullptr;
  for (const Arm& other : arms) {
    if (other.pool != baseline || !other.arm.empty()) continue;
    const bool same = arm.pool == baseline ? other.parameters == arm.parameters
                                           : scenarios::concerning(other.parameters, arm.pool) ==
                                                 scenarios::concerning(arm.parameters, baseline);
    const bool fits = alone && arm.arm.empty() ? true : same;
    if (fits && (first == nullptr || other.point < first->point)) first = &other;
  }
  return first;
}

std::vector<PairedFigures> paired(const std::vector<Trial>& trials, const std::vector<Pair>& pairs,
                                  const Measure& measure) {
  const Figures figures(trials, measure);
  std::vector<PairedFigures> family;
  for (const auto& [arm, baseline] : pairs) {
    auto& [who, log_ratios] = family.emplace_back();
    who.measure = measure;
    who.pool = arm.pool;
    who.arm = arm.arm;
    who.parameters = arm.parameters;
    who.baseline = baseline.pool;
    who.baseline_parameters = baseline.parameters;
    log_ratios = figures.log_ratios(arm, baseline);
  }
  return family;
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
  if (result.scenario.capacity) return compared(capacities(result), result.scenario.baseline);
  scenarios::RunPlan run;
  run.repetitions = result.scenario.repetitions;
  run.until_conclusive = result.scenario.until_conclusive;
  return compare(result.trials, result.scenario.baseline,
                 usual_measures(result.scenario.percentiles), scenarios::looks(run).size());
}

std::vector<Comparison> judged(const std::vector<PairedFigures>& family, std::size_t looks) {
  const double significance = kSignificance / static_cast<double>(std::max<std::size_t>(looks, 1));
  std::vector<Comparison> out;
  std::vector<double> p;
  for (const auto& [who, log_ratios] : family) {
    const SignTest test = sign_test(log_ratios, 1 - significance);
    Comparison& one = out.emplace_back(who);
    one.blocks = log_ratios.size();
    one.ratio = std::exp(test.median);
    one.low = std::exp(test.low);
    one.high = std::exp(test.high);
    one.detectable = std::max(std::exp((test.high - test.low) / 2), 1 + margin_of(one.measure));
    if (one.arm.empty()) p.push_back(test.p);
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
    one.standing = standing_of(one, trusted, significance);
    if (one.standing == Standing::Inconclusive) one.why = why_open(one, trusted, significance);
  }
  return out;
}

bool conclusive(const std::vector<Comparison>& all) {
  bool any = false;
  for (const Comparison& one : all) {
    const std::string& stat = one.measure.stat;
    const bool decides = one.arm.empty() && one.measure.metric == "response_us" &&
                         stat.starts_with('p') &&
                         std::strtod(stat.c_str() + 1, nullptr) <= kDecidedUpTo;
    if (decides && one.standing == Standing::Inconclusive) return false;
    any = any || decides;
  }
  return any;
}

std::vector<Comparison> compare(const std::vector<Trial>& trials, const std::string& baseline,
                                const std::vector<Measure>& measures, std::size_t looks) {
  std::vector<Arm> arms;
  std::uint32_t blocks = 0;
  bool alone = true;
  for (const Trial& trial : trials) {
    blocks = std::max(blocks, trial.block + 1);
    alone = alone && trial.pool == baseline;
    const Arm arm = arm_of(trial);
    if (std::find(arms.begin(), arms.end(), arm) == arms.end()) arms.push_back(arm);
  }
  std::vector<Comparison> out;
  if (blocks < 2) return out;
  std::stable_sort(arms.begin(), arms.end(),
                   [](const Arm& a, const Arm& b) { return a.point < b.point; });
  std::vector<Pair> pairs;
  for (const Arm& arm : arms) {
    if (!alone && arm.pool == baseline && arm.arm.empty()) continue;
    const Arm* below = reference_of(arm, arms, baseline, alone);
    if (below != nullptr && !(*below == arm)) pairs.push_back({arm, *below});
  }
  for (const Measure& measure : measures) {
    std::vector<Comparison> part = judged(paired(trials, pairs, measure), looks);
    const bool any =
        std::any_of(part.begin(), part.end(), [](const Comparison& one) { return one.blocks > 0; });
    if (!any) continue;
    std::move(part.begin(), part.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace results
