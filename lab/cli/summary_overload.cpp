// The part of the summary that says what the pools let in, gave up and met.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/summary.h"
#include "lab/cli/summary_overload.h"
#include "pools/metrics/series_counts.h"

namespace lab::cli {

using results::RunResult;
using results::Trial;

void add_deadline_column(std::vector<Column>& table, const RunResult& result) {
  Column column{"in time", "%", false, 2, {}};
  bool any = false;
  for (const Trial& trial : result.trials) {
    const double share = deadline_met(results::merged(trial));
    any = any || !std::isnan(share);
    column.cells.push_back({std::isnan(share) ? "-" : fmt::format("{:.3g}", 100 * share),
                            std::isnan(share) ? Tone::Dim : Tone::Plain});
  }
  if (any) table.push_back(std::move(column));
}

std::string overload_text(const RunResult& result, const TextStyle& style) {
  std::string text;
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const Trial& trial = result.trials[i];
    std::vector<std::string> parts;
    const pools::SeriesReport sum = results::merged(trial);
    for (const pools::RefusalKey& key : pools::kRefusalKeys) {
      const std::uint64_t count = sum.refusals.*key.of_pool;
      if (count != 0) parts.push_back(fmt::format("{} refused: {}", grouped(count), key.word));
    }
    const auto& marks = trial.timeline.policies;
    const auto first = std::find_if(marks.begin(), marks.end(), [&](const auto& mark) {
      return mark.state == pools::kOpen && mark.t_s >= trial.measured_from_s;
    });
    if (first != marks.end()) {
      parts.push_back(fmt::format("breaker opened {} time{}, for {} at {:.2f} s: {}",
                                  trial.events.breaker_opened,
                                  trial.events.breaker_opened == 1 ? "" : "s", first->task_class,
                                  first->t_s, first->reason));
    }
    // One reason alone is said in the table already.
    if (first == marks.end() && parts.size() < 2 && sum.refusals.queue_full == sum.rejected)
      continue;
    const std::string line = fmt::format("{}: {}", titles[i], fmt::join(parts, "; "));
    text += "  " + clipped(line, style.width == 0 ? line.size() : style.width - 2, style) + "\n";
  }
  return text.empty() ? text : "\n" + style.paint(Tone::Strong, "admission") + "\n" + text;
}

}  // namespace lab::cli
