#include "pools/metrics/worker_record.h"

namespace pools {

void WorkerRecord::prepare(std::uint16_t series) {
  if (storage_ != nullptr) return;
  auto recorders = std::make_unique<Recorders>();
  recorders->outcomes = std::vector<Outcomes>(series);
  for (std::uint16_t i = 0; i < series; ++i) {
    recorders->series.push_back(std::make_unique<SeriesRecorder>());
  }
  storage_ = std::move(recorders);
  outcomes_ = storage_->outcomes.data();
  series_ = series;
  recorders_.store(storage_.get(), std::memory_order_release);
}

void WorkerRecord::run_timed(Task& task, Instant& now) noexcept {
  const Instant start = now != Instant{} ? now : Clock::now();
  started_running();
  const bool threw = execute(task);
  now = Clock::now();
  stopped_running();
  settle(task, start, now, threw);
}

void WorkerRecord::record(const Task& task, Instant start, Instant finish) noexcept {
  Recorders& all = *storage_;
  SeriesRecorder& own = *all.series[task.series < series_ ? task.series : 0];
  const Nanos wait = start - task.accepted;
  const Nanos response = finish - task.due();
  own.queue_wait.record(wait);
  own.service.record(finish - start);
  own.response.record(response);
  if (task.lag() > SeriesReport::kOnTime && !task.spawned) [[unlikely]] {
    own.late_response.record(response);
    own.late_since_send.record(finish - task.accepted);
  }
  if (own.slowest.wants(response)) [[unlikely]] {
    own.slowest.keep({.due = finish - response,
                      .accepted = task.accepted,
                      .start = start,
                      .finish = finish,
                      .before_start = last_start_,
                      .before_finish = last_finish_,
                      .spawned = task.spawned});
  }
  last_start_ = start;
  last_finish_ = finish;
  all.response.record(response);
  all.queue_wait.record(wait);
}

void WorkerRecord::add_to(Ledger& ledger) const noexcept {
  // The settled entries first: a task must not look settled but not submitted.
  ledger.completed += completed_.read();
  ledger.failed += failed_.read();
  ledger.cancelled += cancelled.read() + stopped.read();
  ledger.rejected += rejected.read();
  ledger.running += running();
  ledger.submitted += submitted.read();
}

void WorkerRecord::fill(WorkerSnapshot& out) const noexcept {
  out.completed = completed_.read();
  out.failed = failed_.read();
  out.wakes = wakes.read();
  out.busy = Nanos{static_cast<Nanos::rep>(busy_ns_.read())};
  out.parked = Nanos{static_cast<Nanos::rep>(parked_ns.read())};
}

void WorkerRecord::add_live(LatencyHistogram& response, LatencyHistogram& queue_wait) const {
  const Recorders* all = recorders_.load(std::memory_order_acquire);
  if (all == nullptr) return;
  all->response.add_to(response);
  all->queue_wait.add_to(queue_wait);
}

void WorkerRecord::add_series(std::vector<SeriesReport>& out, std::uint32_t worker) const {
  const Recorders* all = recorders_.load(std::memory_order_acquire);
  if (all == nullptr) return;
  for (std::size_t i = 0; i < all->series.size() && i < out.size(); ++i) {
    const SeriesRecorder& own = *all->series[i];
    out[i].completed += all->outcomes[i].completed.read();
    out[i].failed += all->outcomes[i].failed.read();
    out[i].retries += all->outcomes[i].retries.read();
    out[i].recovered += all->outcomes[i].recovered.read();
    own.queue_wait.add_to(out[i].queue_wait);
    own.service.add_to(out[i].service);
    own.response.add_to(out[i].response);
    own.late_response.add_to(out[i].late_response);
    own.late_since_send.add_to(out[i].late_since_send);
    own.slowest.add_to(out[i].slowest, worker);
  }
}

}  // namespace pools
