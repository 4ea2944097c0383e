// on_full drop_oldest: a submitter that finds the queue full takes a waiting task out, and that
// one's place is the new task's. The place changes hands without becoming free in between, so the
// bound holds, nobody who waits for a place is passed over for it, and nobody waits here.
//
// Templated on the gate, so that the model checker runs this very code.
#pragma once

#include <utility>

namespace pools {

template <typename T>
struct Room {
  bool found = false;
  T* evicted = nullptr;  ///< whose place it was; to be ended by the caller, once it is done
};

/// `evict()` takes the task out that should give way, or says nullptr: there is none, or not now.
/// Where nothing can be had - workers took all that waited, or the places are those of submitters
/// who have not stored their task yet - no room is found: the new task is as old as those. Any
/// thread.
template <typename T, typename Gate, typename Evict>
Room<T> room_by_eviction(Gate& gate, Evict&& evict) noexcept {
  // A worker may take the last one while we look, and its place is free then; another submitter
  // may take that. Whoever loses this race so often has nothing to gain by going on.
  constexpr int kTries = 4;
  for (int i = 0; i < kTries; ++i) {
    if (gate.try_enter()) return {true};
    if (T* const old = evict()) return {true, old};
  }
  return {};
}

}  // namespace pools
