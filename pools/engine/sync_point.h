// Places in the engine where a test may hold a thread up, to make happen what else needs a badly
// timed preemption (after RocksDB's sync points). Compiled in where sanitizers are, for tests
// alone; elsewhere they are nothing at all.
#pragma once

#include <atomic>
#include <cstdint>

namespace pools {

enum class SyncPoint : std::uint8_t {
  TookTasks,       ///< a worker has taken tasks from where others see them, and not yet stored any
  AnnouncedSleep,  ///< a worker counts as a sleeper and has not yet looked for the last time
  Dozes,           ///< the supervisor is dormant and has looked for the last time
  ReadsCounts,     ///< whoever asks for quiet is about to read the settled, or the submitted ones
  ChoseInbox,      ///< a submitter has chosen whose inbox its task goes into
  KeepsException,  ///< a group's task has thrown, and the group has not yet been told
};

#ifdef POOLLAB_SYNC_POINTS
using SyncHook = void (*)(SyncPoint);
inline std::atomic<SyncHook> sync_hook{nullptr};

inline void sync_point(SyncPoint at) {
  // acquire: what the test prepared for its hook.
  if (const SyncHook hook = sync_hook.load(std::memory_order_acquire)) hook(at);
}
#else
inline void sync_point(SyncPoint) noexcept {}
#endif

}  // namespace pools
