#include "lab/trial_views.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace lab {

void TrialViews::add_trial(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  views_.emplace_back().timeline.pool = pool;
}

void TrialViews::start(std::size_t index) {
  waiting_.emplace_back(std::nullopt);
  let_in(index);
}

void TrialViews::keep(std::size_t index, Sample&& sample) {
  waiting_.emplace_back(std::move(sample));
  let_in(index);
}

void TrialViews::finish(std::size_t index, const results::Trial& done) {
  const std::lock_guard lock(mutex_);
  take_waiting(index);
  TrialView& view = views_[index];
  view.ledger = done.ledger;
  view.workers = done.workers;
  view.finished = true;
}

void TrialViews::let_in(std::size_t index) {
  if (const std::unique_lock lock(mutex_, std::try_to_lock); lock) take_waiting(index);
}

void TrialViews::take_waiting(std::size_t index) {
  TrialView& view = views_[index];
  for (std::optional<Sample>& waiting : waiting_) {
    if (!waiting) {
      TrialView fresh;
      fresh.timeline.pool = view.timeline.pool;
      fresh.tries = view.tries + 1;
      fresh.started = true;
      view = std::move(fresh);
      continue;
    }
    view.timeline.points.push_back(waiting->point);
    for (results::ScalingMark& mark : waiting->scaling) view.timeline.keep(std::move(mark));
    view.timeline.scaling_dropped += waiting->scaling_missed;
    for (results::PolicyMark& mark : waiting->policies) view.timeline.keep(std::move(mark));
    view.ledger = waiting->snapshot.ledger;
    view.refusals = waiting->snapshot.refusals;
    view.response = std::move(waiting->snapshot.response);
    view.workers = std::move(waiting->snapshot.by_worker);
  }
  waiting_.clear();
}

TrialView TrialViews::view(std::size_t index, std::size_t from_point, std::size_t from_mark) const {
  const auto tail = [](const auto& list, std::size_t from) {
    const auto first = list.begin() + static_cast<std::ptrdiff_t>(std::min(from, list.size()));
    return std::decay_t<decltype(list)>(first, list.end());
  };
  const std::lock_guard lock(mutex_);
  const TrialView& whole = views_.at(index);
  TrialView part;
  part.timeline.pool = whole.timeline.pool;
  part.timeline.points = tail(whole.timeline.points, from_point);
  part.timeline.scaling = tail(whole.timeline.scaling, from_mark);
  part.timeline.scaling_dropped = whole.timeline.scaling_dropped;
  part.timeline.policies = whole.timeline.policies;
  part.ledger = whole.ledger;
  part.refusals = whole.refusals;
  part.response = whole.response;
  part.workers = whole.workers;
  part.tries = whole.tries;
  part.started = whole.started;
  part.finished = whole.finished;
  return part;
}

TrialGlimpse TrialViews::glimpse(std::size_t index) const {
  const std::lock_guard lock(mutex_);
  const TrialView& view = views_.at(index);
  TrialGlimpse seen;
  seen.started = view.started;
  seen.finished = view.finished;
  seen.ledger = view.ledger;
  if (!view.timeline.points.empty()) {
    seen.throughput_per_s = view.timeline.points.back().throughput_per_s;
  }
  if (results::trustworthy(view.response, 99)) {
    seen.p99_us = static_cast<double>(view.response.quantile(0.99).count()) / 1e3;
  }
  return seen;
}

}  // namespace lab
