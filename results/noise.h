// What disturbed a trial from outside, and its slowest tasks with what was seen to happen
// meanwhile. Plain values. Times are seconds from the start of the trial, the warm-up included, as
// in the timeline; NAN where it could not be had.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace results {

/// What happened in one sampling interval.
struct NoiseInterval {
  double t_s = 0;          ///< its end
  double stolen_s = 0;     ///< all cores together, taken by the hypervisor; in ticks of 10 ms
  double others_s = 0;     ///< CPU time of all other processes; in ticks as well
  double throttled_s = 0;  ///< all cores together, held back by a quota of the control group
  double run_delay_s = 0;  ///< all threads of the process that were ready and waited for a core
  double minor_faults = 0;
  double major_faults = 0;
  double involuntary_switches = 0;  ///< of all threads of the process
  /// The same of each worker's thread, by slot, as far as its thread can be told.
  std::vector<double> worker_run_delay_s;
};

/// The generator's thread stood still.
struct HiccupMark {
  double t_s = 0;  ///< when it was over
  double length_us = 0;
};

/// Beside what Cost says of the trial as a whole.
struct Noise {
  double worker_run_delay_s = NAN;           ///< workers that were ready and waited for a core
  double worker_involuntary_switches = NAN;  ///< of the workers alive at the end
  double cpu_pressure_s = NAN;   ///< the kernel's: time in which some thread waited for a core
  double worst_hiccup_us = NAN;  ///< the longest the generator's thread stood still
  double speed_before = NAN;     ///< a fixed piece of work, rounds per us, just before the trial
  double speed_after = NAN;
  double backlog = 0;               ///< the warm-up's tasks still in the pool when measuring began
  double huge_pages = NAN;          ///< given out or put together meanwhile, by the whole machine
  double compaction_stalls = NAN;   ///< waits for memory to be put together, likewise
  std::vector<HiccupMark> hiccups;  ///< the longest, none below 100 us
  std::vector<NoiseInterval> intervals;

  /// By how much the machine's speed changed: 0.03 is 3 %, either way. NAN: not known.
  double speed_change() const noexcept {
    return std::fabs(speed_after - speed_before) / speed_before;
  }
};

/// What a task's response was for the most part made of, or what it was waiting for.
enum class Cause : std::uint8_t {
  None,           ///< nothing was seen that explains it
  OwnWork,        ///< its own service time, as planned
  GeneratorLate,  ///< it was sent late
  Spawned,        ///< another task of its request submitted it so much later
  QueueFull,      ///< its submitter was kept waiting for room
  Queued,         ///< its worker was busy with others all the while
  LongTask,       ///< and of these one took most of it
  Scaling,        ///< workers were being added
  WokenLate,      ///< its worker had nothing to do, and came late all the same
  NotOnCpu,       ///< the thread was ready and waited for a core, beside others of the process
  Others,         ///< and other processes used the cores
  Stolen,         ///< the hypervisor did
  Throttled,      ///< the quota of the control group was used up
  PageFaults,
  Hiccup,  ///< the generator's thread, which comes before all others, stood still as well
};

inline constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::Hiccup) + 1;

/// One of the slowest tasks of the measured phases.
struct SlowestTask {
  std::string phase;
  std::string task_class;
  std::int64_t worker = -1;  ///< -1: a submitter ran it
  double due_s = 0;
  double sent_us = NAN;    ///< after it was due, as are these: submitted by the generator; NAN: it
                           ///< was not in the timetable, or another task submitted it
  double accepted_us = 0;  ///< by the pool
  double started_us = 0;
  double finished_us = 0;   ///< its response time
  double planned_us = NAN;  ///< its service time on an idle core; NAN: not planned
  Cause cause = Cause::None;
  std::string text;  ///< what was seen, with figures
};

/// As in the file: "generator_late".
std::string_view cause_name(Cause cause) noexcept;
/// What to call it after "12 of 20 were": "sent late".
std::string_view cause_words(Cause cause) noexcept;

}  // namespace results
