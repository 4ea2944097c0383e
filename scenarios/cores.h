// Who runs where. A generator that shares a core with a worker stops it for every send, and where
// the system puts the two is chance: it decides whether a queue measures as theory says or half as
// long again. So the generator gets a core of its own where the pool leaves one.
#pragma once

#include <sched.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "pools/pool_config.h"

namespace scenarios {

/// Processors, as the system numbers them.
class Cores {
 public:
  Cores() noexcept { CPU_ZERO(&set_); }
  /// Those on which the calling thread may run.
  static Cores usable() noexcept;

  std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(CPU_COUNT(&set_)); }
  bool empty() const noexcept { return count() == 0; }
  bool contains(int core) const noexcept { return CPU_ISSET(core, &set_) != 0; }
  void add(int core) noexcept { CPU_SET(core, &set_); }
  /// The one with the highest number; the first ones serve more of the system's interrupts.
  Cores last() const noexcept;
  Cores without(const Cores& others) const noexcept;
  bool operator==(const Cores& other) const noexcept { return CPU_EQUAL(&set_, &other.set_) != 0; }

  /// Binds the calling thread, and all that it starts from then on, to these. False: not allowed.
  bool bind() const noexcept;

 private:
  cpu_set_t set_;
};

/// While it lives, the calling thread, and what it starts, runs on `cores` only; anywhere if empty.
class OnCores {
 public:
  explicit OnCores(const Cores& cores) noexcept;
  ~OnCores();
  OnCores(const OnCores&) = delete;
  OnCores& operator=(const OnCores&) = delete;

 private:
  const Cores before_;
  const bool bound_;
};

struct Arrangement {
  Cores generator;  ///< empty: where the system puts it
  Cores workers;    ///< empty: where the system puts them
};

/// "auto": apart where the pool has fewer threads than there are cores. "own": apart in any case,
/// the workers on what is left. "shared": not apart. Needs two cores to part them.
Arrangement arrange(const pools::PoolConfig& pool, std::string_view wish, const Cores& usable);

/// The words for that.
const std::vector<std::string_view>& core_wishes();

}  // namespace scenarios
