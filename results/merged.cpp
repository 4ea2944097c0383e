#include "results/run_result.h"

namespace results {

pools::SeriesReport merged(const Trial& trial, const std::string& phase,
                           const std::string& task_class) {
  pools::SeriesReport sum;
  for (const SeriesResult& series : trial.series) {
    const bool in_phase = phase.empty() ? series.measured : series.phase == phase;
    if (!in_phase || (!task_class.empty() && series.task_class != task_class)) continue;
    sum.completed += series.figures.completed;
    sum.failed += series.figures.failed;
    sum.queue_wait.merge(series.figures.queue_wait);
    sum.service.merge(series.figures.service);
    sum.response.merge(series.figures.response);
    sum.late_response.merge(series.figures.late_response);
    sum.late_since_send.merge(series.figures.late_since_send);
  }
  return sum;
}

bool trustworthy(const pools::LatencyHistogram& histogram, double percentile) {
  return histogram.beyond(percentile / 100.0) >= kSamplesBeyond;
}

}  // namespace results
