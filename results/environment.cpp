#include "results/environment.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "pools/clock.h"
#include "pools/control_group.h"
#include "pools/usable_cores.h"
#include "results/fingerprint.h"

namespace results {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\"";
  const std::size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(kBlank) - from + 1));
}

/// The value of the first "key : value" or "key=value" line.
std::string value_of(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const std::size_t mark = line.find_first_of(":=", key.size());
    if (mark == std::string::npos) continue;
    if (trimmed(std::string_view(line).substr(key.size(), mark - key.size())).empty()) {
      return trimmed(std::string_view(line).substr(mark + 1));
    }
  }
  return {};
}

double number_in(std::string_view text) {
  const std::string word = trimmed(text);
  double value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

/// The word in brackets: how the kernel shows the chosen one of several.
std::string chosen(const std::string& text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open);
  if (open == std::string::npos || close == std::string::npos) return trimmed(text);
  return text.substr(open + 1, close - open - 1);
}

std::uint32_t count_cores(const std::string& cpu_facts) {
  std::uint32_t cores = 0;
  std::istringstream lines(cpu_facts);
  for (std::string line; std::getline(lines, line);) cores += line.rfind("processor", 0) == 0;
  return cores;
}

bool has_word(const std::string& words, std::string_view word) {
  std::istringstream stream(words);
  for (std::string one; stream >> one;) {
    if (one == word) return true;
  }
  return false;
}

/// The cheapest of a few rounds: a round in which the thread lost its core says nothing.
double clock_read_ns() {
  constexpr int kReads = 2000;
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const pools::Instant begin = pools::Clock::now();
    pools::Instant end = begin;
    for (int i = 0; i < kReads; ++i) end = pools::Clock::now();
    best = std::min(best, static_cast<double>((end - begin).count()) / kReads);
  }
  return best;
}

/// What the process' living threads have waited for a core, in all.
double run_delay_s() {
  double sum_ns = 0;
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::istringstream facts(text_of(thread.path().string() + "/schedstat"));
    double on_cpu = 0;
    double waited = 0;
    if (facts >> on_cpu >> waited) sum_ns += waited;
  }
  return sum_ns * 1e-9;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

std::vector<std::string> command_line() {
  // Each word ends with a zero.
  const std::string words = text_of("/proc/self/cmdline");
  std::vector<std::string> command;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find('\0', begin), words.size());
    command.push_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return command;
}

Environment read_environment(const std::string& root) {
  Environment env;
  const std::string cpu_facts = text_of(root + "/proc/cpuinfo");
  env.cpu = value_of(cpu_facts, "model name");
  if (env.cpu.empty()) env.cpu = value_of(cpu_facts, "Model");
  env.cores = count_cores(cpu_facts);
  env.usable_cores = pools::usable_cores();
  env.virtualised = has_word(value_of(cpu_facts, "flags"), "hypervisor");
  env.smt = trimmed(text_of(root + "/sys/devices/system/cpu/smt/active")) == "1";
  utsname kernel{};
  if (::uname(&kernel) == 0) {
    env.kernel = fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine);
    // Tells two machines apart without publishing a name.
    env.hostname_hash = fmt::format("{:016x}", fingerprint(kernel.nodename));
  }
  env.os = value_of(text_of(root + "/etc/os-release"), "PRETTY_NAME");
  env.governor = trimmed(text_of(root + "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  env.kernel_clock_source =
      trimmed(text_of(root + "/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  env.thp = chosen(text_of(root + "/sys/kernel/mm/transparent_hugepage/enabled"));
  env.clock_source = pools::Clock::source();
  env.clock_read_ns = clock_read_ns();
  env.cgroup_cpus = pools::ControlGroup(root).quota_cores();
  env.timer_slack_ns = ::prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
  env.load_1min = number_in(text_of(root + "/proc/loadavg").substr(0, 8));
  const std::string total = value_of(text_of(root + "/proc/meminfo"), "MemTotal");
  env.memory_bytes = static_cast<std::int64_t>(number_in(total)) * 1024;
  return env;
}

MachineTime machine_time(const std::string& root) {
  return machine_time_in(text_of(root + "/proc/stat"));
}

MachineTime machine_time_in(const std::string& text) {
  std::istringstream cpu(text);
  std::string label;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  if (!(cpu >> label >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal)) {
    return {};
  }
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return {.busy_s = (user + nice + system + irq + softirq) / ticks_per_s,
          .stolen_s = steal / ticks_per_s};
}

Cost cost_so_far() {
  Cost cost;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    cost.user_s = seconds(usage.ru_utime);
    cost.system_s = seconds(usage.ru_stime);
    cost.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
    cost.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
    cost.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
    cost.major_faults = static_cast<std::uint64_t>(usage.ru_majflt);
  }
  std::istringstream pages(text_of("/proc/self/statm"));
  std::int64_t whole = 0;
  std::int64_t resident = 0;
  if (pages >> whole >> resident) cost.rss_bytes = resident * ::sysconf(_SC_PAGESIZE);
  const MachineTime machine = machine_time();
  cost.stolen_s = machine.stolen_s;
  cost.others_s = machine.busy_s - cost.cpu_s();
  cost.run_delay_s = run_delay_s();
  cost.throttled_s = pools::ControlGroup().throttled_s();
  return cost;
}

Cost cost_between(const Cost& before, const Cost& after) {
  Cost cost = after;
  cost.user_s -= before.user_s;
  cost.system_s -= before.system_s;
  cost.voluntary_switches -= before.voluntary_switches;
  cost.involuntary_switches -= before.involuntary_switches;
  cost.minor_faults -= before.minor_faults;
  cost.major_faults -= before.major_faults;
  cost.stolen_s = std::max(0.0, after.stolen_s - before.stolen_s);
  cost.others_s = std::max(0.0, after.others_s - before.others_s);
  cost.run_delay_s = std::max(0.0, after.run_delay_s - before.run_delay_s);
  cost.throttled_s = std::max(0.0, after.throttled_s - before.throttled_s);
  return cost;
}

}  // namespace results
