#include "lab/sampler.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "lab/unobtrusive.h"
#include "pools/thread_name.h"

namespace lab {
namespace {

using pools::Instant;
using pools::Nanos;
using pools::PoolSnapshot;

constexpr std::chrono::milliseconds kLongestLastWait{100};

double seconds(Nanos t) { return std::chrono::duration<double>(t).count(); }
double micros(Nanos t) { return static_cast<double>(t.count()) / 1e3; }

/// Counters of a snapshot may be read a moment apart, so a difference may come out just below 0.
double grown(std::uint64_t before, std::uint64_t after) {
  return after > before ? static_cast<double>(after - before) : 0.0;
}

struct WorkerTotals {
  std::uint64_t stolen = 0;
  Nanos busy{0};
};

WorkerTotals totals(const PoolSnapshot& snapshot) {
  WorkerTotals sum;
  for (const pools::WorkerSnapshot& worker : snapshot.by_worker) {
    sum.stolen += worker.steal_items;
    sum.busy += worker.busy;
  }
  return sum;
}

void put_latencies(const PoolSnapshot& before, const PoolSnapshot& after,
                   results::TimelinePoint& point) {
  pools::LatencyHistogram fresh = after.response;
  fresh.subtract(before.response);
  if (fresh.empty()) return;
  point.p50_us = micros(fresh.quantile(0.50));
  point.p90_us = micros(fresh.quantile(0.90));
  point.p99_us = micros(fresh.quantile(0.99));
  point.p999_us = micros(fresh.quantile(0.999));
  point.max_us = micros(fresh.max());
  fresh.for_each_bucket([&](std::uint64_t lower, std::uint64_t upper, std::uint64_t count) {
    const double middle_us = static_cast<double>(lower + (upper - lower) / 2) / 1e3;
    const double place = middle_us <= 1 ? 0 : std::floor(10 * std::log10(middle_us));
    const auto bin = std::min(static_cast<std::size_t>(place), results::kLatencyBins - 1);
    point.latency_bins[bin] += static_cast<std::uint32_t>(count);
  });
}

}  // namespace

results::TimelinePoint difference(const PoolSnapshot& before, const PoolSnapshot& after,
                                  Instant origin) {
  results::TimelinePoint point;
  point.t_s = seconds(after.at - origin);
  point.queue_depth = static_cast<double>(after.queue_depth);
  point.running = static_cast<double>(after.ledger.running);
  point.workers = static_cast<double>(after.workers);
  put_latencies(before, after, point);
  const double elapsed = seconds(after.at - before.at);
  if (elapsed <= 0) return point;
  point.submitted_per_s = grown(before.ledger.submitted, after.ledger.submitted) / elapsed;
  // What was cancelled is settled too, but nobody was served.
  const auto served = [](const pools::Ledger& ledger) { return ledger.completed + ledger.failed; };
  point.throughput_per_s = grown(served(before.ledger), served(after.ledger)) / elapsed;
  point.rejected_per_s = grown(before.ledger.rejected, after.ledger.rejected) / elapsed;
  const auto dropped = [](const pools::Ledger& ledger) {
    return ledger.expired + ledger.shed + ledger.evicted;
  };
  point.dropped_per_s = grown(dropped(before.ledger), dropped(after.ledger)) / elapsed;
  point.wakes_per_s = grown(before.wakes_sent, after.wakes_sent) / elapsed;
  const WorkerTotals first = totals(before);
  const WorkerTotals last = totals(after);
  point.steals_per_s = grown(first.stolen, last.stolen) / elapsed;
  // Busy time is booked when a task ends, so an interval may be credited with a long task's past:
  // hence the clamp. Workers that came or went count half.
  const double workers = 0.5 * (static_cast<double>(before.workers) + point.workers);
  if (workers > 0) {
    point.utilisation = std::clamp(seconds(last.busy - first.busy) / (workers * elapsed), 0.0, 1.0);
  }
  return point;
}

void append(results::PoolTimeline& timeline, const Sample& sample) {
  timeline.points.push_back(sample.point);
  for (const results::ScalingMark& mark : sample.scaling) timeline.keep(mark);
  timeline.scaling_dropped += sample.scaling_missed;
  for (const results::PolicyMark& mark : sample.policies) timeline.keep(mark);
}

std::vector<std::string> class_names(const scenarios::Scenario& scenario) {
  std::vector<std::string> names;
  for (const scenarios::TaskClass& one : scenario.classes) names.push_back(one.name);
  return names;
}

Sampler::Sampler(const pools::Pool& pool, Instant origin, scenarios::Seconds interval, Sink sink,
                 std::vector<std::string> classes)
    : pool_(pool),
      origin_(origin),
      interval_(std::max(std::chrono::duration_cast<Nanos>(interval), Nanos{1'000'000})),
      sink_(std::move(sink)),
      classes_(std::move(classes)),
      before_(pool.snapshot()),
      thread_([this] { run(); }) {}

Sampler::~Sampler() {
  if (thread_.joinable()) stop();
}

void Sampler::finish() {
  stop();
  if (failure_) std::rethrow_exception(failure_);
}

void Sampler::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Sampler::run() noexcept {
  pools::name_this_thread("pl-sample");
  const Unobtrusive in_the_background;
  try {
    beat();
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void Sampler::beat() {
  // The condition variable waits on steady_clock, whose timeline is the pool clock's own.
  using Steady = std::chrono::steady_clock;
  const Steady::time_point zero{origin_.time_since_epoch()};
  std::int64_t k = 0;
  bool last = false;
  while (!last) {
    // A beat that was missed altogether (the process was stopped) is left out, not made up for.
    k = std::max(k + 1, static_cast<std::int64_t>((Steady::now() - zero) / interval_) + 1);
    const Steady::time_point due = zero + k * interval_;
    {
      std::unique_lock lock(mutex_);
      last = ended_.wait_until(lock, due, [this] { return ending_; });
    }
    // The last interval is brought to its full length: rates over a sliver of time are noise.
    if (last) std::this_thread::sleep_until(std::min(due, Steady::now() + kLongestLastWait));
    take();
  }
}

void Sampler::take() {
  Sample sample;
  sample.snapshot = pool_.snapshot(marks_seen_);
  sample.point = difference(before_, sample.snapshot, origin_);
  for (const pools::ScalingEvent& event : sample.snapshot.scaling) {
    sample.scaling.push_back(
        {seconds(event.at - origin_), event.from, event.to, event.policy, event.reason});
  }
  const std::size_t marks = sample.snapshot.scaling_events();
  sample.scaling_missed = marks - marks_seen_ - sample.snapshot.scaling.size();
  marks_seen_ = marks;
  // The latest are all there, and those that were seen are the first of them.
  const std::uint64_t fresh = sample.snapshot.events_so_far - before_.events_so_far;
  const auto& events = sample.snapshot.events;
  const std::size_t known = events.size() - std::min<std::size_t>(events.size(), fresh);
  for (std::size_t i = known; i < events.size(); ++i) {
    const pools::PoolEvent& event = events[i];
    sample.policies.push_back(
        {seconds(event.at - origin_), event.policy, event.state,
         event.task_class < classes_.size() ? classes_[event.task_class] : std::string(),
         event.reason});
  }
  before_ = sample.snapshot;
  sink_(std::move(sample));
}

}  // namespace lab
