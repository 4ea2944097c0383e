#include "results/noise_meter.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

#include "pools/clock.h"
#include "results/environment.h"
#include "scenarios/work/cpu.h"

namespace results {
namespace {

/// The engine names its workers' threads so, with the slot behind it. A foreign pool's threads have
/// names of their own, which say nothing about its seats.
constexpr std::string_view kWorkerName = "pl-work-";

std::int64_t worker_named(const std::string& comm) {
  if (!comm.starts_with(kWorkerName)) return -1;
  std::int64_t slot = -1;
  std::from_chars(comm.data() + kWorkerName.size(), comm.data() + comm.size(), slot);
  return slot;
}

/// What follows `key` in a text of "key value" lines; NAN where there is no such line.
double number_after(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    std::istringstream rest(line.substr(key.size()));
    double value = NAN;
    return rest >> value ? value : NAN;
  }
  return NAN;
}

double grown(double before, double after) { return std::max(0.0, after - before); }

}  // namespace

ProcFile::ProcFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

ProcFile::~ProcFile() {
  if (file_ >= 0) ::close(file_);
}

ProcFile::ProcFile(ProcFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

ProcFile& ProcFile::operator=(ProcFile&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

std::string ProcFile::text() const {
  std::array<char, 4096> text;
  const ssize_t length = file_ < 0 ? -1 : ::pread(file_, text.data(), text.size(), 0);
  return length <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(length));
}

NoiseMeter::NoiseMeter(const std::string& root)
    : root_(root), group_(root), has_quota_(group_.quota_cores() > 0), stat_(root + "/proc/stat") {
  static_cast<void>(interval());
}

NoiseMeter::Totals NoiseMeter::totals() const {
  Totals now;
  const MachineTime machine = machine_time_in(stat_.text());
  now.machine_busy_s = machine.busy_s;
  now.stolen_s = machine.stolen_s;
  if (has_quota_) now.throttled_s = group_.throttled_s();
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return now;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  now.own_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  now.minor_faults = static_cast<double>(usage.ru_minflt);
  now.major_faults = static_cast<double>(usage.ru_majflt);
  now.involuntary_switches = static_cast<double>(usage.ru_nivcsw);
  return now;
}

NoiseInterval NoiseMeter::interval() {
  const Totals now = totals();
  NoiseInterval one;
  one.stolen_s = grown(before_.stolen_s, now.stolen_s);
  one.others_s = grown(before_.machine_busy_s - before_.own_s, now.machine_busy_s - now.own_s);
  one.throttled_s = grown(before_.throttled_s, now.throttled_s);
  one.minor_faults = grown(before_.minor_faults, now.minor_faults);
  one.major_faults = grown(before_.major_faults, now.major_faults);
  one.involuntary_switches = grown(before_.involuntary_switches, now.involuntary_switches);
  read_threads(one);
  before_ = now;
  return one;
}

void NoiseMeter::read_threads(NoiseInterval& into) {
  std::map<std::string, Thread> alive;
  std::error_code error;
  const std::string folder = root_ + "/proc/self/task";
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string path = entry.path().string();
    const std::string id = entry.path().filename().string();
    const auto known = threads_.find(id);
    Thread thread = known != threads_.end() ? std::move(known->second) : Thread();
    double on_cpu = 0;
    double delay_ns = 0;
    std::istringstream times(thread.times.text());
    if (!(times >> on_cpu >> delay_ns)) {
      // New here, or the id is another thread's by now.
      thread = {ProcFile(path + "/schedstat"), -1, 0};
      std::istringstream first(thread.times.text());
      if (!(first >> on_cpu >> delay_ns)) continue;
    }
    // A new thread names itself a little after it began.
    if (thread.worker < 0) thread.worker = worker_named(ProcFile(path + "/comm").text());
    const double delay_s = delay_ns * 1e-9;
    const double waited_s = grown(thread.delay_s, delay_s);
    thread.delay_s = delay_s;
    into.run_delay_s += waited_s;
    if (thread.worker >= 0) {
      const auto slot = static_cast<std::size_t>(thread.worker);
      if (into.worker_run_delay_s.size() <= slot) into.worker_run_delay_s.resize(slot + 1);
      into.worker_run_delay_s[slot] += waited_s;
    }
    alive.emplace(id, std::move(thread));
  }
  threads_ = std::move(alive);
}

double NoiseMeter::worker_involuntary_switches() const {
  double sum = NAN;
  for (const auto& [id, thread] : threads_) {
    if (thread.worker < 0) continue;
    const std::string status = ProcFile(root_ + "/proc/self/task/" + id + "/status").text();
    const double switches = number_after(status, "nonvoluntary_ctxt_switches:");
    if (!std::isnan(switches)) sum = std::isnan(sum) ? switches : sum + switches;
  }
  return sum;
}

double NoiseMeter::cpu_pressure_s() const {
  const std::string text = ProcFile(root_ + "/proc/pressure/cpu").text();
  const std::size_t total = text.find("total=");
  return total == std::string::npos ? NAN : number_after(text.substr(total), "total=") * 1e-6;
}

double NoiseMeter::from_vmstat(const std::vector<std::string_view>& keys) const {
  std::ifstream file(root_ + "/proc/vmstat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  double sum = NAN;
  for (const std::string_view key : keys) {
    const double count = number_after(text, std::string(key) + ' ');
    if (!std::isnan(count)) sum = std::isnan(sum) ? count : sum + count;
  }
  return sum;
}

double NoiseMeter::huge_pages() const {
  return from_vmstat({"thp_fault_alloc", "thp_collapse_alloc"});
}

double NoiseMeter::compaction_stalls() const { return from_vmstat({"compact_stall"}); }

double present_speed() {
  constexpr int kTries = 20;
  constexpr std::uint64_t kRounds = 250'000;
  double best = 0;
  for (int i = 0; i < kTries; ++i) {
    const pools::Instant begin = pools::Clock::now();
    static_cast<void>(scenarios::spin(kRounds));
    const std::chrono::duration<double, std::micro> took = pools::Clock::now() - begin;
    best = std::max(best, static_cast<double>(kRounds) / std::max(took.count(), 1.0));
  }
  return best;
}

}  // namespace results
