// Threads that serve the lab never preempt those that are measured. While one of these lives, the
// calling thread is a SCHED_BATCH one: when it wakes it takes an idle core or waits until who runs
// has used its slice up, a few milliseconds at most. SCHED_IDLE would be politer still, but then a
// machine under full load leaves the thread without a core for seconds, and whoever waits for a
// lock that it holds with it.
// Threads that it starts meanwhile are SCHED_BATCH too: start the measured ones before.
#pragma once

namespace lab {

class Unobtrusive {
 public:
  /// A thread that has been given a policy of its own already keeps it. Never fails.
  Unobtrusive() noexcept;
  ~Unobtrusive();
  Unobtrusive(const Unobtrusive&) = delete;
  Unobtrusive& operator=(const Unobtrusive&) = delete;

 private:
  const bool changed_;
};

}  // namespace lab
