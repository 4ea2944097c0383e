#include <algorithm>

#include "pools/metrics/ledger_keys.h"
#include "results/run_result.h"
#include "results/series_histograms.h"

namespace results {
namespace {

bool wanted(const SeriesResult& series, const std::string& phase, const std::string& task_class) {
  const bool in_phase = phase.empty() ? series.measured : series.phase == phase;
  return in_phase && (task_class.empty() || series.task_class == task_class);
}

}  // namespace

std::vector<std::string> titles(const std::vector<Trial>& trials) {
  scenarios::TrialTitles naming;
  std::vector<std::string> names;
  for (const Trial& trial : trials) names.push_back(naming.next(trial));
  return names;
}

pools::SeriesReport merged(const Trial& trial, const std::string& phase,
                           const std::string& task_class) {
  pools::SeriesReport sum;
  for (const SeriesResult& series : trial.series) {
    if (!wanted(series, phase, task_class)) continue;
    for (const pools::LedgerKey& key : pools::kLedgerKeys) {
      if (key.by_series != nullptr) sum.*key.by_series += series.figures.*key.by_series;
    }
    for (const pools::AttemptKey& key : pools::kAttemptKeys) {
      sum.*key.count += series.figures.*key.count;
    }
    for (const SeriesHistogram& row : kSeriesHistograms) {
      (sum.*row.histogram).merge(series.figures.*row.histogram);
    }
  }
  return sum;
}

TaskCounts counted_tasks(const Trial& trial, const std::string& phase,
                         const std::string& task_class) {
  TaskCounts sum;
  for (const SeriesResult& series : trial.series) {
    if (wanted(series, phase, task_class)) sum += ledger_of(series.figures);
  }
  return sum;
}

TaskCounts counted_in_all(const Trial& trial) {
  TaskCounts sum;
  for (const SeriesResult& series : trial.series) sum += ledger_of(series.figures);
  return sum;
}

bool adds_up(const TaskCounts& all, const pools::Ledger& ledger) noexcept {
  return std::ranges::all_of(pools::kLedgerKeys, [&](const pools::LedgerKey& key) {
    return key.by_series == nullptr || all.*key.count == ledger.*key.count;
  });
}

bool trustworthy(const pools::LatencyHistogram& histogram, double percentile) {
  return histogram.beyond(percentile / 100.0) >= kSamplesBeyond;
}

}  // namespace results
