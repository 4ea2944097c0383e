#include "results/self_check.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace results {
namespace {

double micros(pools::Nanos t) { return static_cast<double>(t.count()) / 1e3; }

std::string duration(double us) {
  if (us < 1e3) return fmt::format("{:.3g} us", us);
  return us < 1e6 ? fmt::format("{:.3g} ms", us / 1e3) : fmt::format("{:.3g} s", us / 1e6);
}

/// Whether the pool's queue was ever seen near its bound, with a rule that makes submitters wait
/// or work.
bool was_full(const Trial& trial) {
  if (trial.queue_capacity == 0 || !trial.config.holds_submitters_up()) return false;
  const double limit = 0.8 * static_cast<double>(trial.queue_capacity);
  return std::any_of(trial.timeline.points.begin(), trial.timeline.points.end(),
                     [limit](const TimelinePoint& point) { return point.queue_depth >= limit; });
}

/// Threads also wait where more of them are ready than there are cores, or where the system puts
/// two on one core beside an idle one: that is the scenario's and the system's own doing. Only what
/// others really used meanwhile was taken from it, and of that (in a container it may be the whole
/// host's) only what our threads waited for.
void check_cores(Trial& trial, std::uint32_t usable_cores) {
  const double room = trial.elapsed_s * usable_cores;
  const double lost = std::min(trial.cost.run_delay_s, trial.cost.others_s + trial.cost.stolen_s);
  if (room <= 0 || lost <= 0.1 * room) return;
  trial.valid = false;
  trial.flags.push_back(fmt::format(
      "the machine was busy: {:.0f} % of the cores' time went to others while threads waited",
      100 * lost / room));
}

/// A used-up quota stops all threads at once for up to a tenth of a second. From a hundredth of the
/// time on that is in the p99.
void check_quota(Trial& trial) {
  if (trial.elapsed_s <= 0 || trial.cost.throttled_s <= 0.01 * trial.elapsed_s) return;
  trial.valid = false;
  trial.flags.push_back(
      fmt::format("the CPU quota of the control group held threads back for {:.3g} s in {:.3g} s "
                  "(all cores together)",
                  trial.cost.throttled_s, trial.elapsed_s));
}

/// Beyond this one the generator's own hiccups show wherever threads share cores with others: that
/// spoils those percentiles, not the trial.
constexpr double kFarthest = 99;

/// The percentile that late sends spoil the most; of the others none is worse.
std::optional<Lateness> worst_lateness(const pools::SeriesReport& sum) {
  std::optional<Lateness> worst;
  for (const double percentile : {50.0, 90.0, 95.0, kFarthest}) {
    if (!trustworthy(sum.response, percentile)) continue;
    const Lateness one = lateness(sum, percentile);
    if (one.spoils() && (!worst || one.share() > worst->share())) worst = one;
  }
  return worst;
}

/// Says so where late sends reach into the p99.9 only.
void note_far_lateness(Trial& trial, const pools::SeriesReport& sum) {
  constexpr double kFar = 99.9;
  if (!trustworthy(sum.response, kFar)) return;
  const Lateness far = lateness(sum, kFar);
  if (!far.spoils()) return;
  trial.flags.push_back(fmt::format("the p{} is not the pool's alone: late sends add {} to its {}",
                                    kFar, duration(far.added_us), duration(far.response_us)));
}

/// Response times count from when a task was due, so a generator that is late makes them longer.
/// That spoils a trial as far as it shows in what is reported: percentile by percentile, against
/// the same percentile counted from the actual send.
void check_lateness(Trial& trial) {
  const pools::SeriesReport sum = merged(trial);
  const std::optional<Lateness> worst = worst_lateness(sum);
  if (!worst) return note_far_lateness(trial, sum);
  // Late because the pool held the generator up (it waited for room, or ran tasks itself) is what
  // the scenario asked for, not a spoilt measurement. It must have been held up for about as long
  // as it was late, and often enough to show.
  const double held_us = micros(trial.generator.held_up);
  if (was_full(trial) &&
      held_us >= 0.5 * std::max(worst->added_us, 0.01 * trial.measured_s * 1e6)) {
    trial.flags.push_back(
        fmt::format("the full queue held the submitter up for {}; response times include it",
                    duration(held_us)));
    return;
  }
  trial.valid = false;
  trial.flags.push_back(fmt::format(
      "the generator was late: that adds {} to the response p{} of {} ({:.0f} %, limit 10 %)",
      duration(worst->added_us), worst->percentile, duration(worst->response_us),
      100 * worst->share()));
}

/// A timetable that is not what was planned is a fault of ours and measures another load. That
/// sends are not quite as planned is the rule; it is said where the pool saw another kind of
/// arrivals.
void check_arrivals(Trial& trial) {
  const ArrivalCheck& seen = trial.arrivals;
  const auto spoilt = [&](std::string text) {
    trial.valid = false;
    trial.flags.push_back(std::move(text));
  };
  if (!seen.exponential()) {
    spoilt(
        fmt::format("the timetable is not the planned one: its {} gaps are not exponential "
                    "(Anderson-Darling {:.3g}, p {:.1g})",
                    seen.gaps, seen.anderson_darling, seen.gaps_p));
  }
  if (!seen.independent()) {
    spoilt(
        fmt::format("the timetable is not the planned one: its gaps depend on each other (rank "
                    "correlation {:.3f}, p {:.1g})",
                    seen.rank_correlation, seen.independence_p));
  }
  if (!seen.even()) {
    spoilt(
        fmt::format("the timetable is not the planned one: it is to be even, and a gap is off by "
                    "{:.0f} %",
                    100 * seen.uneven));
  }
  if (seen.sent_otherwise() && !was_full(trial)) {
    trial.flags.push_back(
        fmt::format("tasks were not sent as planned: for {:.0f} % of the gaps between them that is "
                    "too short or too long",
                    100 * seen.sent_distance));
  }
}

/// What takes 3 % more time may be a difference between pools; what takes 10 % more is larger than
/// those that are called one.
void check_speed(Trial& trial) {
  constexpr double kSeen = 0.03;
  constexpr double kSpoilt = 0.1;
  const double change = trial.noise.speed_change();
  if (!(change > kSeen)) return;
  if (change > kSpoilt) trial.valid = false;
  trial.flags.push_back(
      fmt::format("the machine's speed changed by {:.1f} % meanwhile (limit {:.0f} %)",
                  100 * change, 100 * kSpoilt));
}

void note_backlog(Trial& trial) {
  if (!(trial.noise.backlog > 0)) return;
  trial.flags.push_back(
      fmt::format("the warm-up left a backlog: {:.0f} of its tasks were in the pool when measuring "
                  "began",
                  trial.noise.backlog));
}

}  // namespace

bool Lateness::spoils() const noexcept {
  constexpr double kLimit = 0.1;
  constexpr double kFloorUs = 10;
  return added_us > std::max(kLimit * response_us, kFloorUs);
}

Lateness lateness(const pools::SeriesReport& sum, double percentile) {
  const double response = micros(sum.response.quantile(percentile / 100));
  return {percentile, response, response - micros(sum.since_send().quantile(percentile / 100))};
}

void self_check(Trial& trial, std::uint32_t usable_cores) {
  if (!trial.ledger.closes()) {
    trial.sound = false;
    trial.flags.push_back(fmt::format("ledger does not close: {} submitted, {} accounted for",
                                      trial.ledger.submitted, trial.ledger.accounted()));
  }
  // Counted apart from each other, so they agree only where nothing moves any more.
  const bool over = trial.ledger.queued + trial.ledger.running == 0;
  if (const TaskCounts all = counted_in_all(trial); over && !adds_up(all, trial.ledger)) {
    trial.sound = false;
    trial.flags.push_back(fmt::format(
        "the series do not add up to the ledger: {} completed, {} failed, {} cancelled, {} refused "
        "in them",
        all.completed, all.failed, all.cancelled, all.rejected));
  }
  if (!trial.drained && !trial.interrupted) {
    trial.flags.push_back(fmt::format(
        "did not drain in time: {} tasks cancelled; latencies are at least what is shown, each of "
        "these tasks with the age it had reached",
        trial.ledger.cancelled + trial.generator.unsent));
  }
  check_cores(trial, usable_cores);
  check_quota(trial);
  check_speed(trial);
  check_arrivals(trial);
  note_backlog(trial);
  check_lateness(trial);
}

}  // namespace results
