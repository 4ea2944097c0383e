#include "results/run_result.h"

namespace results {
namespace {

bool wanted(const SeriesResult& series, const std::string& phase, const std::string& task_class) {
  const bool in_phase = phase.empty() ? series.measured : series.phase == phase;
  return in_phase && (task_class.empty() || series.task_class == task_class);
}

void add(TaskCounts& sum, const SeriesResult& series) {
  const pools::SeriesReport& figures = series.figures;
  sum.rejected += figures.rejected;
  sum.completed += figures.completed;
  sum.failed += figures.failed;
  sum.cancelled += figures.cancelled;
  sum.submitted += figures.rejected + figures.completed + figures.failed + figures.cancelled;
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
    sum.completed += series.figures.completed;
    sum.failed += series.figures.failed;
    sum.cancelled += series.figures.cancelled;
    sum.rejected += series.figures.rejected;
    sum.queue_wait.merge(series.figures.queue_wait);
    sum.service.merge(series.figures.service);
    sum.response.merge(series.figures.response);
    sum.late_response.merge(series.figures.late_response);
    sum.late_since_send.merge(series.figures.late_since_send);
    sum.unserved_wait.merge(series.figures.unserved_wait);
    sum.unserved_response.merge(series.figures.unserved_response);
  }
  return sum;
}

TaskCounts counted_tasks(const Trial& trial, const std::string& phase,
                         const std::string& task_class) {
  TaskCounts sum;
  for (const SeriesResult& series : trial.series) {
    if (wanted(series, phase, task_class)) add(sum, series);
  }
  return sum;
}

TaskCounts counted_in_all(const Trial& trial) {
  TaskCounts sum;
  for (const SeriesResult& series : trial.series) add(sum, series);
  return sum;
}

bool adds_up(const TaskCounts& all, const pools::Ledger& ledger) noexcept {
  return all.completed == ledger.completed && all.failed == ledger.failed &&
         all.cancelled == ledger.cancelled && all.rejected == ledger.rejected;
}

bool trustworthy(const pools::LatencyHistogram& histogram, double percentile) {
  return histogram.beyond(percentile / 100.0) >= kSamplesBeyond;
}

}  // namespace results
