#include "pools/control_group.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace pools {
namespace {

/// A hierarchy as mounted: `top` is the group that is seen at `at`.
struct Mount {
  std::string top;
  std::string at;
  std::string kind;     ///< "cgroup" or "cgroup2"
  std::string options;  ///< of version 1: its controllers
};

std::optional<double> number(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\n");
  if (from == std::string_view::npos) return std::nullopt;
  text.remove_prefix(from);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

/// The number in the line "key number".
std::optional<double> number_of(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  for (std::string word, value; lines >> word >> value;) {
    if (word == key) return number(value);
  }
  return std::nullopt;
}

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t comma = words.find(',');
    if (words.substr(0, comma) == word) return true;
    words.remove_prefix(comma == std::string_view::npos ? words.size() : comma + 1);
  }
  return false;
}

/// The kernel writes blanks in names as \040.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* const first = text.data() + i + 1;
    if (text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(first, first + 3, code, 8).ptr == first + 3) {
      out += static_cast<char>(code);
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Lines of /proc/self/mountinfo: "36 35 98:0 TOP AT options [more ...] - KIND source OPTIONS".
std::vector<Mount> cgroup_mounts(const std::string& text) {
  std::vector<Mount> mounts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string skipped;
    Mount mount;
    words >> skipped >> skipped >> skipped >> mount.top >> mount.at;
    while (words >> skipped && skipped != "-") {
    }
    words >> mount.kind >> skipped >> mount.options;
    if (mount.kind != "cgroup" && mount.kind != "cgroup2") continue;
    mount.top = unescaped(mount.top);
    mount.at = unescaped(mount.at);
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

/// The folders of `group` and its parents as far up as the mount shows them.
std::vector<std::string> upwards(const Mount& mount, std::string group) {
  // A container may see its own group as the top, by its full name or as "/..".
  if (mount.top != "/" && (group + "/").starts_with(mount.top + "/")) {
    group.erase(0, mount.top.size());
  }
  if (group.find("/..") != std::string::npos) group.clear();
  std::vector<std::string> paths;
  while (!group.empty() && group != "/") {
    paths.push_back(mount.at + group);
    group.erase(group.rfind('/'));
  }
  paths.push_back(mount.at);
  return paths;
}

}  // namespace

ControlGroup::ControlGroup(std::string root) : root_(std::move(root)) {}

std::string ControlGroup::text(const std::string& path) const {
  std::ifstream file(root_ + path);
  std::ostringstream out;
  if (file) out << file.rdbuf();
  return out.str();
}

std::vector<ControlGroup::Folders> ControlGroup::folders_of(const std::string& controller) const {
  std::vector<Mount> mounts = cgroup_mounts(text("/proc/self/mountinfo"));
  if (mounts.empty()) {
    mounts.push_back({"/", "/sys/fs/cgroup", "cgroup2", ""});
    mounts.push_back({"/", "/sys/fs/cgroup/" + controller, "cgroup", controller});
  }
  std::string own1 = "/";
  std::string own2 = "/";
  // "4:cpu,cpuacct:/group", in version 2 "0::/group"; a group's name may have colons too.
  std::istringstream lines(text("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controllers.empty()) own2 = line.substr(second + 1);
    if (lists(controllers, controller)) own1 = line.substr(second + 1);
  }
  std::vector<Folders> all;
  for (const Mount& mount : mounts) {
    const bool version2 = mount.kind == "cgroup2";
    if (!version2 && !lists(mount.options, controller)) continue;
    all.push_back({version2, upwards(mount, version2 ? own2 : own1)});
  }
  return all;
}

double ControlGroup::quota_cores() const {
  double tightest = 0;
  const auto add = [&tightest](double quota, double period) {
    if (quota <= 0 || period <= 0) return;
    const double cores = quota / period;
    tightest = tightest == 0 ? cores : std::min(tightest, cores);
  };
  for (const Folders& folders : folders_of("cpu")) {
    for (const std::string& path : folders.paths) {
      if (folders.version2) {
        // "50000 100000", or "max 100000".
        std::istringstream words(text(path + "/cpu.max"));
        std::string quota;
        std::string period;
        words >> quota >> period;
        add(number(quota).value_or(0), number(period).value_or(0));
      } else {
        add(number(text(path + "/cpu.cfs_quota_us")).value_or(0),
            number(text(path + "/cpu.cfs_period_us")).value_or(0));
      }
    }
  }
  return tightest;
}

double ControlGroup::throttled_s() const {
  double sum = 0;
  for (const Folders& folders : folders_of("cpu")) {
    for (const std::string& path : folders.paths) {
      const std::string stat = text(path + "/cpu.stat");
      // Each group counts only what its own quota did.
      sum += folders.version2 ? number_of(stat, "throttled_usec").value_or(0) * 1e-6
                              : number_of(stat, "throttled_time").value_or(0) * 1e-9;
    }
  }
  return sum;
}

ThreadLimit ControlGroup::thread_limit() const {
  ThreadLimit tightest;
  for (const Folders& folders : folders_of("pids")) {
    for (const std::string& path : folders.paths) {
      ThreadLimit limit;
      limit.where = path + "/pids.max";
      // "max" is no number: no limit.
      limit.allowed = static_cast<std::uint64_t>(number(text(limit.where)).value_or(0));
      limit.present = static_cast<std::uint64_t>(number(text(path + "/pids.current")).value_or(0));
      if (limit.allowed == 0) continue;
      if (tightest.allowed == 0 || limit.room() < tightest.room()) tightest = limit;
    }
  }
  return tightest;
}

}  // namespace pools
