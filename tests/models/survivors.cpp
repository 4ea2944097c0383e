#include "tests/models/survivors.h"

namespace models {
namespace {

// The two limits of the memory model that hide a mutant; see README.md.
constexpr std::string_view kProgramOrder =
    "needed so that a later store is not visible before an earlier load or store; the explorer "
    "runs "
    "each thread in program order";
constexpr std::string_view kCounts =
    "a statistic, or it only costs a needless wake-up or some memory";

}  // namespace

const std::vector<Survivor>& survivors() {
  static const std::vector<Survivor> kSurvivors = {
      {"pools/dispatch/priority_levels.h", "publish_depth(", "depths_[level].store(", "left out",
       kCounts},
      {"pools/queues/ring_queue.h", "push(", "cell.turn.exchange(", "not atomic",
       "only the cell's owner writes it; an exchange because it costs no more than the store"},
      {"pools/queues/ring_queue.h", "pop(", "if (head_.compare_exchange_weak(",
       "seq_cst -> acq_rel", "an outdated head makes ready() say yes in vain, never no"},
      {"pools/queues/ring_queue.h", "pop(", "if (head_.compare_exchange_weak(",
       "seq_cst -> relaxed", "as above; values are handed over by the turns"},
      {"pools/queues/ring_queue.h", "ready(", "head = head_.load(std::memory_order_seq_cst)", "",
       "as above: yes in vain"},
      {"pools/queues/stealing_deque.h", "push(", "top = top_.load(std::memory_order_acquire)",
       "acquire -> relaxed", kProgramOrder},
      {"pools/queues/stealing_deque.h", "", "top_.compare_exchange_strong(", "seq_cst -> acq_rel",
       "the next thief's seq_cst load of top_ fixes what the owner may overlook"},
      {"pools/queues/stealing_deque.h", "", "top_.compare_exchange_strong(", "seq_cst -> relaxed",
       kProgramOrder},
      {"pools/queues/stealing_deque.h", "steal(", "top = top_.load(", "",
       "the CAS fails on an outdated top, and fixes it for the owner as this load would"},
      {"pools/queues/stealing_deque.h", "size(", "top = top_.load(", "",
       "an outdated top only overestimates"},
      {"pools/engine/claim_buffer.h", "claim(", "if (word_.compare_exchange_weak(",
       "acq_rel -> acquire", kProgramOrder},
      {"pools/engine/claim_buffer.h", "claim(", "if (word_.compare_exchange_weak(",
       "acq_rel -> release", "the load before it has acquired the same fill"},
      {"pools/engine/claim_buffer.h", "claim(", "if (word_.compare_exchange_weak(",
       "acq_rel -> relaxed", kProgramOrder},
      {"pools/engine/parking_lot.h", "sleepers(",
       "return sleepers_in(word_.load(std::memory_order_seq_cst))", "",
       "the supervisor's pair, which is not modelled"},
      {"pools/engine/parking_lot.h", "rest(", "!timekeeper_.exchange(", "left out",
       "then every sleeper keeps the time: needless wake-ups only"},
      {"pools/engine/parking_lot.h", "sleep(", "while (cell.state.load(std::memory_order_acquire)",
       "acquire -> relaxed", "the worker looks in vain once and finds its task in the last look"},
      {"pools/engine/parking_lot.h", "start_search(", "word_.fetch_add(kSearcher,",
       "seq_cst -> acq_rel",
       "who relies on the searcher relies on its look after announce(), which is strict"},
      {"pools/engine/parking_lot.h", "start_search(", "word_.fetch_add(kSearcher,",
       "seq_cst -> relaxed", "as above"},
      {"pools/engine/parking_lot.h", "remove_locked(",
       "cell.state.store(kAwake, std::memory_order_release)", "release -> relaxed", "as above"},
      {"pools/engine/parking_lot.h", "remove_locked(", "word_.fetch_sub(kSleeper,",
       "seq_cst -> acq_rel", "the woken worker announces itself again before it can sleep"},
      {"pools/engine/parking_lot.h", "remove_locked(", "word_.fetch_sub(kSleeper,",
       "seq_cst -> relaxed", "as above"},
      {"pools/engine/parking_lot.h", "send(", "wakes_sent_.fetch_add(", "", kCounts},
      {"pools/engine/capacity_gate.h", "try_enter(", "if (free_.compare_exchange_weak(",
       "seq_cst -> acq_rel",
       "taking a place decides nothing for leave(); one order for all that touches free_"},
      {"pools/engine/capacity_gate.h", "try_enter(", "if (free_.compare_exchange_weak(",
       "seq_cst -> relaxed", "as above"},
      {"pools/engine/capacity_gate.h", "force_enter(", "if (bounded()) free_.fetch_sub(",
       "seq_cst -> acq_rel", "as above"},
      {"pools/engine/capacity_gate.h", "force_enter(", "if (bounded()) free_.fetch_sub(",
       "seq_cst -> relaxed", "as above"},
      {"pools/engine/capacity_gate.h", "enter_while(", "waiters_.fetch_sub(", "left out", kCounts},
      {"pools/engine/capacity_gate.h", "give_back(",
       "turn_.fetch_add(1, std::memory_order_release);", "release -> relaxed", kProgramOrder},
      {"pools/engine/quiescence.h", "wait(", "watchers_.fetch_sub(", "left out", kCounts},
      {"pools/engine/quiescence.h", "wait(", "watchers_.fetch_sub(", "not atomic",
       "watchers hold the lock, and tell() adds nothing"},
      {"pools/engine/quiescence.h", "look(", "due_.store(", "left out", kCounts},
      {"pools/engine/quiescence.h", "look(", "told = told_.load(std::memory_order_acquire)",
       "acquire -> relaxed", kProgramOrder},
      {"pools/engine/outside_counts.h", "rejected(", "return rejected_.load(", "",
       "Quiescence::tell() orders it too"},
      {"pools/engine/per_thread.h", "give_back(", "claimed_.store(false", "left out", kCounts},
      {"pools/engine/dormancy.h", "doze(", "dormant_.store(true,", "left out",
       "then the looker never dozes: it only looks for nothing"},
      {"pools/engine/dormancy.h", "doze(", "dormant_.store(false,", "left out",
       "then the next worker rouses a looker that is awake"},
      {"pools/engine/worker_life.h", "ask_to_leave(", "life_.compare_exchange_strong(live",
       "not atomic", "the worker changes its life only after having been asked"},
  };
  return kSurvivors;
}

}  // namespace models
