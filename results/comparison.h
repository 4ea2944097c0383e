// Whether a pool is better than the baseline at something, over several blocks of trials. Pure
// functions.
//
// The unit is the trial: each gives one figure (a percentile, a rate); samples of several trials
// are never pooled. Within a block a pool's figure is set against the baseline's, as the logarithm
// of their ratio; over the blocks the median of these counts, with the interval of the sign test. A
// block also holds a second copy of the baseline: where that differs from the first, it is the
// measurement that differs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/run_result.h"

namespace results {

enum class Standing : std::uint8_t {
  Better,        ///< than the baseline
  Worse,         ///< than the baseline
  Equivalent,    ///< by less than the margin, either way
  Inconclusive,  ///< none of these can be said
};

/// As in the result file.
const char* standing_name(Standing standing) noexcept;

/// What is compared.
struct Measure {
  std::string metric;           ///< response_us, queue_wait_us, throughput_per_s, cpu_s
  std::string stat;             ///< p50 p90 p99 p99.9 mean
  std::string task_class = {};  ///< empty: all
  std::string phase = {};       ///< empty: all that were measured
};

struct Comparison {
  Measure measure;
  std::string pool;
  std::string arm;  ///< scenarios::kControlArm: the baseline against its own second copy
  scenarios::Parameters parameters;  ///< of this pool, where a sweep changed some
  std::string baseline;
  scenarios::Parameters baseline_parameters;
  std::size_t blocks = 0;  ///< in which both have a figure that counts
  double ratio = 0;        ///< pool / baseline; NAN without blocks
  double low = 0;          ///< its interval, 95 %; 0 and INFINITY where there are too few blocks
  double high = 0;
  double p = 1;  ///< Holm-corrected over the pools compared by this measure
  /// The least ratio (or its reciprocal) that so many blocks, as noisy as these, would have told
  /// apart; INFINITY with too few.
  double detectable = 0;
  Standing standing = Standing::Inconclusive;
  std::string why;  ///< of an inconclusive one
};

/// Fewer blocks than this have no 95 % interval.
inline constexpr std::size_t kLeastBlocks = 6;

/// By which factor figures of this measure must differ to matter: 5 % (rates, up to p50), 10 % (up
/// to p99), 15 % (beyond).
double margin_of(const Measure& measure) noexcept;

/// What is compared if nobody asks for something else: the response at these percentiles, the
/// throughput, the CPU time.
std::vector<Measure> usual_measures(const std::vector<double>& percentiles);

/// By that, of a run: what its file and its summary say. Of a search (`capacity`) the rates found.
std::vector<Comparison> comparisons(const RunResult& result);

/// Every other pool, and the baseline's second copy if there is one, against the baseline: measure
/// by measure, pools in the order of the plan. Of a sweep each combination for itself, against the
/// baseline with the same values (as far as they concern it); where there is only one pool each
/// combination against the first. Trials that are not valid, not
/// sound or cut short take no part, nor do figures with too few samples behind them; a measure of
/// which so nothing is left is left out. Empty where there is one block: a single pair cannot tell
/// a difference from noise.
/// `looks`: how often it was asked whether to go on; 95 % are those of all of them together.
std::vector<Comparison> compare(const std::vector<Trial>& trials, const std::string& baseline,
                                const std::vector<Measure>& measures, std::size_t looks = 1);

/// One to be judged: who is compared with whom by what, and in each block the logarithm of the
/// ratio.
struct PairedFigures {
  Comparison who;
  std::vector<double> log_ratios;
};

/// The same rules for figures that trials do not have by themselves: one family by one measure.
std::vector<Comparison> judged(const std::vector<PairedFigures>& family, std::size_t looks = 1);

/// Whether nothing more is to be learned by further blocks: of the response times up to p99 each
/// pool's is better, worse or equivalent. Not where none could be compared, as all were spoilt.
bool conclusive(const std::vector<Comparison>& all);

}  // namespace results
