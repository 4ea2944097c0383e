#include "results/slow_task_causes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace results {
namespace {

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  return seconds < 1 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.3g} s", seconds);
}

std::string micros(double us) { return duration(us * 1e-6); }

/// A stretch of a task's life that wants explaining.
struct Part {
  double from_s = 0;
  double to_s = 0;
  double lost_s = 0;  ///< of it; a part that ran has its planned service time as well

  double enough_s() const noexcept { return lost_s / 2; }
};

/// The sum of what happened in the sampling intervals that the part has a share in.
struct Seen {
  NoiseInterval sum;
  double worker_delay_s = 0;  ///< of the task's worker; of all where they cannot be told apart
  double from_s = 0;
  double to_s = 0;
};

Seen seen_in(const Part& part, std::int64_t worker, const std::vector<NoiseInterval>& intervals) {
  Seen seen;
  double begin = 0;
  bool any = false;
  for (const NoiseInterval& one : intervals) {
    const double from = std::exchange(begin, one.t_s);
    if (one.t_s <= part.from_s || from >= part.to_s) continue;
    if (!std::exchange(any, true)) seen.from_s = from;
    seen.to_s = one.t_s;
    seen.sum.stolen_s += one.stolen_s;
    seen.sum.others_s += one.others_s;
    seen.sum.throttled_s += one.throttled_s;
    seen.sum.minor_faults += one.minor_faults;
    seen.sum.major_faults += one.major_faults;
    const auto slot = static_cast<std::size_t>(worker);
    const bool told = worker >= 0 && slot < one.worker_run_delay_s.size();
    seen.worker_delay_s += told ? one.worker_run_delay_s[slot] : one.run_delay_s;
  }
  return seen;
}

class Explainer {
 public:
  Explainer(SlowestTask& task, const TaskFacts& facts, const TrialEvidence& seen)
      : task_(task), facts_(facts), evidence_(seen) {}

  void explain() {
    const double sent_us = std::isnan(task_.sent_us) ? task_.accepted_us : task_.sent_us;
    const double service_us = task_.finished_us - task_.started_us;
    const double planned_us = std::isnan(task_.planned_us) ? service_us : task_.planned_us;
    const double own_us = std::min(service_us, planned_us);
    const std::array<double, 5> lost_us{own_us, sent_us, task_.accepted_us - sent_us,
                                        task_.started_us - task_.accepted_us, service_us - own_us};
    const auto largest = std::ranges::max_element(lost_us);
    const auto part = [&](double from_us, double to_us) {
      return Part{at(from_us), at(to_us), *largest * 1e-6};
    };
    switch (largest - lost_us.begin()) {
      case 0:
        return own_work(part(task_.started_us, task_.finished_us));
      case 1:
        return sent_late(part(0, sent_us));
      case 2:
        return kept_out(part(sent_us, task_.accepted_us));
      case 3:
        return waited(part(task_.accepted_us, task_.started_us));
      default:
        return ran_longer(part(task_.started_us, task_.finished_us));
    }
  }

 private:
  double at(double us) const noexcept { return task_.due_s + us * 1e-6; }

  void say(Cause cause, std::string text) {
    task_.cause = cause;
    task_.text = std::move(text);
  }

  void own_work(const Part& part) {
    say(Cause::OwnWork, fmt::format("it takes {} itself", duration(part.lost_s)));
  }

  void sent_late(const Part& part) {
    if (facts_.spawned) {
      return say(Cause::Spawned,
                 fmt::format("submitted {} after its request was due", duration(part.lost_s)));
    }
    std::string text = fmt::format("sent {} late", duration(part.lost_s));
    if (const HiccupMark* hiccup = hiccup_in(part)) {
      text += fmt::format("; the generator stood still for {}", micros(hiccup->length_us));
    }
    say(Cause::GeneratorLate, std::move(text));
  }

  void kept_out(const Part& part) {
    say(Cause::QueueFull, fmt::format("its submit took {}", duration(part.lost_s)));
  }

  void waited(const Part& part) {
    const std::string wait = duration(part.lost_s);
    if (const ScalingMark* mark = grown_in(part)) {
      return say(Cause::Scaling, fmt::format("waited {}; workers went from {} to {} meanwhile: {}",
                                             wait, mark->from, mark->to, mark->reason));
    }
    // Tasks that follow each other do so at once, but for the time between two clock readings.
    const double free_s = at(facts_.before_finished_us);
    const bool busy = free_s > part.from_s && part.to_s - free_s <= 0.1 * part.lost_s;
    // A worker that was busy needs no excuse: then the machine must have done more than what may
    // happen in any interval.
    if (machine(part, "waited " + wait, busy ? 0.1 : 0)) return;
    if (busy) return waited_behind_others(part);
    if (!(free_s <= part.from_s)) return nothing("waited " + wait);
    say(Cause::WokenLate, fmt::format("waited {}; worker {} had had nothing to do for {}", wait,
                                      task_.worker, duration(part.from_s - free_s)));
  }

  void waited_behind_others(const Part& part) {
    const std::string wait = duration(part.lost_s);
    const double behind_s =
        at(facts_.before_finished_us) - std::max(at(facts_.before_started_us), part.from_s);
    if (behind_s >= part.enough_s()) {
      return say(Cause::LongTask,
                 fmt::format("waited {}; worker {} ran a task of {} before it", wait, task_.worker,
                             micros(facts_.before_finished_us - facts_.before_started_us)));
    }
    say(Cause::Queued, fmt::format("waited {}; worker {} was busy with others, up to {:.0f} tasks "
                                   "waited",
                                   wait, task_.worker, deepest_in(part)));
  }

  void ran_longer(const Part& part) {
    const std::string text =
        fmt::format("ran {} instead of {}", micros(task_.finished_us - task_.started_us),
                    micros(task_.planned_us));
    if (!machine(part, text, 0)) nothing(text);
  }

  void nothing(const std::string& what) { say(Cause::None, what + "; no cause seen"); }

  /// Whether the machine did enough in that time to be the cause: at least that share of the
  /// intervals as well.
  bool machine(const Part& part, const std::string& what, double share) {
    const Seen seen = seen_in(part, task_.worker, evidence_.noise.intervals);
    const double enough = std::max(part.enough_s(), share * (seen.to_s - seen.from_s));
    const auto found = [&](Cause cause, const std::string& did) {
      say(cause, fmt::format("{}; in these {} {}", what, duration(seen.to_s - seen.from_s), did));
      return true;
    };
    if (seen.sum.throttled_s >= enough) {
      return found(Cause::Throttled, fmt::format("the CPU quota held threads back for {}",
                                                 duration(seen.sum.throttled_s)));
    }
    if (seen.sum.stolen_s >= enough) {
      return found(Cause::Stolen,
                   fmt::format("the hypervisor took {}", duration(seen.sum.stolen_s)));
    }
    if (seen.worker_delay_s >= enough) {
      const std::string waited =
          fmt::format("{} waited {} for a core", who(), duration(seen.worker_delay_s));
      if (seen.sum.others_s < enough) return found(Cause::NotOnCpu, waited);
      return found(Cause::Others,
                   fmt::format("{}; other processes used {}", waited, duration(seen.sum.others_s)));
    }
    if (const HiccupMark* hiccup = hiccup_in(part);
        hiccup != nullptr && evidence_.foremost && hiccup->length_us * 1e-6 >= enough) {
      say(Cause::Hiccup, fmt::format("{}; the generator stood still for {} as well", what,
                                     micros(hiccup->length_us)));
      return true;
    }
    // A guess: what a page costs that is in memory, and one that has to come from a disk.
    constexpr double kMinorFault_s = 1e-6;
    constexpr double kMajorFault_s = 1e-4;
    if (seen.sum.minor_faults * kMinorFault_s + seen.sum.major_faults * kMajorFault_s >= enough) {
      return found(
          Cause::PageFaults,
          fmt::format("there were {:.0f} page faults, {:.0f} of them from disk",
                      seen.sum.minor_faults + seen.sum.major_faults, seen.sum.major_faults));
    }
    return false;
  }

  std::string who() const {
    const auto slot = static_cast<std::size_t>(task_.worker);
    const auto& all = evidence_.noise.intervals;
    const bool told = task_.worker >= 0 && std::ranges::any_of(all, [&](const auto& one) {
                        return slot < one.worker_run_delay_s.size();
                      });
    return told ? fmt::format("worker {}", task_.worker) : std::string("all threads together");
  }

  const HiccupMark* hiccup_in(const Part& part) const {
    const HiccupMark* longest = nullptr;
    for (const HiccupMark& one : evidence_.noise.hiccups) {
      if (one.t_s <= part.from_s || one.t_s - one.length_us * 1e-6 >= part.to_s) continue;
      if (longest == nullptr || longest->length_us < one.length_us) longest = &one;
    }
    return longest;
  }

  const ScalingMark* grown_in(const Part& part) const {
    const auto& marks = evidence_.timeline.scaling;
    const auto found = std::ranges::find_if(marks, [&](const ScalingMark& mark) {
      return mark.to > mark.from && mark.t_s > part.from_s && mark.t_s <= part.to_s;
    });
    return found == marks.end() ? nullptr : &*found;
  }

  double deepest_in(const Part& part) const {
    double deepest = 0;
    double begin = 0;
    for (const TimelinePoint& point : evidence_.timeline.points) {
      const double from = std::exchange(begin, point.t_s);
      if (point.t_s <= part.from_s || from >= part.to_s) continue;
      deepest = std::max(deepest, point.queue_depth);
    }
    return deepest;
  }

  SlowestTask& task_;
  const TaskFacts& facts_;
  const TrialEvidence& evidence_;
};

}  // namespace

void explain(SlowestTask& task, const TaskFacts& facts, const TrialEvidence& seen) {
  Explainer(task, facts, seen).explain();
}

std::vector<CauseCount> cause_counts(const std::vector<SlowestTask>& tasks) {
  std::vector<CauseCount> counts;
  for (const SlowestTask& task : tasks) {
    const auto known = std::ranges::find(counts, task.cause, &CauseCount::cause);
    if (known == counts.end()) {
      counts.push_back({task.cause, 1});
    } else {
      ++known->tasks;
    }
  }
  std::ranges::stable_sort(counts, std::greater<>(), &CauseCount::tasks);
  return counts;
}

std::string causes_text(const std::vector<SlowestTask>& tasks) {
  std::string text = fmt::format("of the {} slowest", tasks.size());
  bool first = true;
  for (const CauseCount& one : cause_counts(tasks)) {
    const char* const verb = !first ? "" : one.tasks == 1 ? " was" : " were";
    text += fmt::format("{} {}{} {}", first ? "" : ",", one.tasks, verb, cause_words(one.cause));
    first = false;
  }
  return text;
}

}  // namespace results
