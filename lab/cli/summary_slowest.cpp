// Why the slowest tasks were slow, and what a tool would show that counts from the send.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/summary.h"
#include "results/comparable.h"
#include "results/sign_test.h"
#include "results/slow_task_causes.h"

namespace lab::cli {
namespace {

using results::RunResult;
using results::SlowestTask;
using results::Trial;

/// The trials of one pool and arm, with the same parameters.
struct Group {
  std::string title;
  std::vector<const Trial*> trials;
};

std::vector<Group> groups(const RunResult& result) {
  std::vector<Group> out;
  for (const Trial& trial : result.trials) {
    scenarios::TrialTitles naming;  // a new one: the first of its kind has no number
    const std::string title = naming.next(trial);
    const auto same = std::ranges::find(out, title, &Group::title);
    (same != out.end() ? *same : out.emplace_back(Group{title, {}})).trials.push_back(&trial);
  }
  return out;
}

/// Of all its trials together.
std::vector<SlowestTask> slowest_of(const Group& group) {
  std::vector<SlowestTask> all;
  for (const Trial* trial : group.trials) {
    all.insert(all.end(), trial->slowest.begin(), trial->slowest.end());
  }
  std::ranges::stable_sort(all, std::greater<>(), &SlowestTask::finished_us);
  if (all.size() > pools::SlowTask::kKept) all.resize(pools::SlowTask::kKept);
  return all;
}

std::string task_text(const SlowestTask& task, bool several_classes, bool several_phases,
                      const TextStyle& style) {
  std::string text = duration_text(task.finished_us, style);
  if (several_classes) text += " " + task.task_class;
  if (several_phases) text += " in " + task.phase;
  text += fmt::format(", due at {:.3f} s", task.due_s);
  if (task.worker >= 0) text += fmt::format(", worker {}", task.worker);
  return text + ": " + task.text;
}

/// The p99 of the response from when it was due and from the send; NAN: too few samples to say.
struct Readings {
  double due_us = NAN;
  double send_us = NAN;
};

Readings usual(const Group& group) {
  constexpr double kPercentile = 99;
  std::vector<double> due;
  std::vector<double> send;
  for (const Trial* trial : group.trials) {
    const pools::SeriesReport sum = results::merged(*trial);
    if (!results::trustworthy(sum.response, kPercentile)) continue;
    const auto p99_us = [](const pools::LatencyHistogram& histogram) {
      return static_cast<double>(histogram.quantile(kPercentile / 100).count()) / 1e3;
    };
    due.push_back(p99_us(sum.response));
    send.push_back(p99_us(sum.since_send()));
  }
  if (due.empty()) return {};
  return {results::median(std::move(due)), results::median(std::move(send))};
}

}  // namespace

std::string slowest_text(const RunResult& result, std::size_t named, const TextStyle& style) {
  std::string text;
  const bool several_classes = result.scenario.classes.size() > 1;
  const bool several_phases = result.scenario.phases.size() > 1;
  for (const Group& group : groups(result)) {
    const std::vector<SlowestTask> slowest = slowest_of(group);
    if (slowest.empty()) continue;
    text += wrapped(group.title + ": " + results::causes_text(slowest), style.width, "  ") + "\n";
    for (std::size_t i = 0; i < std::min(named, slowest.size()); ++i) {
      text += style.paint(Tone::Dim,
                          wrapped(task_text(slowest[i], several_classes, several_phases, style),
                                  style.width, "    ")) +
              "\n";
    }
  }
  return text.empty() ? text : "\n" + style.paint(Tone::Strong, "slowest tasks") + "\n" + text;
}

std::string from_send_text(const RunResult& result, const TextStyle& style) {
  constexpr double kNotable = 0.05;
  std::string text;
  for (const Group& group : groups(result)) {
    const Readings p99 = usual(group);
    if (!(p99.due_us - p99.send_us > kNotable * p99.due_us)) continue;
    text += wrapped(fmt::format("{}: from the send, as most tools measure, p99 would read {}, "
                                "not {}",
                                group.title, duration_text(p99.send_us, style),
                                duration_text(p99.due_us, style)),
                    style.width, "  ") +
            "\n";
  }
  return text.empty() ? text : "\n" + style.paint(Tone::Strong, "late sends") + "\n" + text;
}

}  // namespace lab::cli
