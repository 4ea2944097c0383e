// The control groups this process is in: their limits on cores and threads, and how long they held
// it back. Version 1 and version 2, the process's own group and all its parents: the tightest
// counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pools {

/// A limit on the number of threads, and where it is set.
struct ThreadLimit {
  std::string where;          ///< "/sys/fs/cgroup/lab.slice/pids.max"
  std::uint64_t allowed = 0;  ///< 0: there is none
  std::uint64_t present = 0;  ///< threads that count against it now

  /// Threads that can still be started. Requires: there is a limit.
  std::uint64_t room() const noexcept { return present >= allowed ? 0 : allowed - present; }
};

/// Read anew by every call; any thread. What cannot be read or understood is no limit.
class ControlGroup {
 public:
  /// `root` is put before every path that is read, so that tests can show made-up machines.
  explicit ControlGroup(std::string root = "");

  /// Cores' worth of CPU time per second that the tightest quota allows; 0 without one.
  double quota_cores() const;
  /// For how long used-up quotas have held threads of these groups back since the groups exist,
  /// summed over the cores: a difference of two is what a stretch of time has lost.
  double throttled_s() const;
  /// The limit that leaves the least room.
  ThreadLimit thread_limit() const;

 private:
  /// One kind of control (cpu, pids) in one hierarchy: the group's folder and its parents'.
  struct Folders {
    bool version2 = false;
    std::vector<std::string> paths;  ///< without the root, the process's own first
  };
  std::vector<Folders> folders_of(const std::string& controller) const;
  std::string text(const std::string& path) const;

  std::string root_;
};

}  // namespace pools
