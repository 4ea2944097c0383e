// Does the lab tell the truth? truth [PART...]: measures itself with known answers.
//   self    a pool against itself, while another process takes one core half of the time: how often
//           is a difference called that is none?
//   slower  a pool against one whose times are 20 % longer: how often is that found?
//   theory  queues whose mean response theory knows
//   observer  the same load with the window open and without: see observer.h
// Prints what it finds; README.md says what is wanted. Not a test: it takes minutes, and a noisy
// machine is part of it.
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "lab/session.h"
#include "results/comparison.h"
#include "results/verdicts.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"
#include "tests/bench/observer.h"

namespace {

using results::Comparison;
using results::Standing;

/// Another process that takes one core half of the time, 50 ms on and 50 ms off, while it lives.
class Disturber {
 public:
  Disturber() : child_(::fork()) {
    if (child_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    ::sched_setaffinity(0, sizeof first, &first);
    using std::chrono::steady_clock;
    while (true) {
      const auto until = steady_clock::now() + std::chrono::milliseconds(50);
      while (steady_clock::now() < until) {
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  ~Disturber() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Disturber(const Disturber&) = delete;
  Disturber& operator=(const Disturber&) = delete;

 private:
  const pid_t child_;
};

/// Without running spoilt trials again: those count as well, see let_all_through().
results::RunResult run(const std::string& json) {
  lab::Session session(scenarios::read_scenario_text(json, "truth"), {});
  session.start();
  session.wait();
  const lab::SessionProgress end = session.progress();
  if (end.state != lab::SessionState::Finished) throw std::runtime_error(end.error);
  return session.result();
}

/// The same pool under several names: pull, copy1, copy2 ...
std::string copies(unsigned count, unsigned seed) {
  std::string pools = R"({"id": "pull", "dispatch": "pull", "workers": 2})";
  for (unsigned i = 1; i < count; ++i) {
    pools += fmt::format(R"(, {{"id": "copy{}", "dispatch": "pull", "workers": 2}})", i);
  }
  return fmt::format(R"({{"name": "truth", "seed": {},
    "run": {{"warmup_s": 0.1, "repetitions": 10, "aa_control": false}},
    "classes": [{{"name": "task", "service": {{"dist": "exponential", "mean_us": 40}}}}],
    "phases": [{{"name": "steady", "duration_s": 0.4,
                 "arrival": {{"process": "poisson", "rate_per_s": 10000}}}}],
    "pools": [{}]}})",
                     seed, pools);
}

/// As if nothing had spoilt them: what the statistics make of noise that is let through.
void let_all_through(std::vector<results::Trial>& trials) {
  for (results::Trial& trial : trials) trial.valid = true;
}

void count(const std::vector<Comparison>& all, std::map<Standing, unsigned>& by) {
  for (const Comparison& one : all) ++by[one.standing];
}

void report(const char* what, std::map<Standing, unsigned> by) {
  unsigned total = 0;
  for (const auto& [standing, n] : by) total += n;
  std::printf("  %s: %u comparisons", what, total);
  for (const auto& [standing, n] : by) {
    std::printf(", %u %s", n, results::standing_name(standing));
  }
  std::printf("; %.1f %% called different\n",
              100.0 * (by[Standing::Better] + by[Standing::Worse]) / std::max(1U, total));
}

void against_itself() {
  std::map<Standing, unsigned> strict, lax;
  unsigned valid = 0, trials = 0;
  const Disturber other;
  for (unsigned round = 0; round < 9; ++round) {
    results::RunResult result = run(copies(5, round + 1));
    count(results::comparisons(result), strict);
    for (const results::Trial& trial : result.trials) valid += trial.valid ? 1 : 0;
    trials += static_cast<unsigned>(result.trials.size());
    let_all_through(result.trials);
    count(results::comparisons(result), lax);
  }
  std::printf(
      "against itself, one core half taken by another process (wanted: at most 5 %%); "
      "%u of %u trials valid\n",
      valid, trials);
  report("the valid trials", strict);
  report("all of them", lax);
  std::fflush(stdout);
}

/// Every response of the trial, so many times as long.
void stretch(results::Trial& trial, double factor) {
  using pools::SeriesReport;
  for (results::SeriesResult& series : trial.series) {
    // Those that were sent late are among the first; by both the late sends' part is told.
    for (auto which :
         {&SeriesReport::response, &SeriesReport::late_response, &SeriesReport::late_since_send}) {
      pools::LatencyHistogram longer;
      (series.figures.*which)
          .for_each_bucket([&](std::uint64_t low, std::uint64_t, std::uint64_t n) {
            longer.record(
                pools::Nanos{static_cast<pools::Nanos::rep>(static_cast<double>(low) * factor)}, n);
          });
      series.figures.*which = longer;
    }
  }
}

void against_slower() {
  constexpr unsigned kRounds = 20;
  std::map<std::string, unsigned> strict, lax;
  unsigned valid = 0, trials = 0;
  const auto look = [](const results::RunResult& result, std::map<std::string, unsigned>& found) {
    for (const char* stat : {"p50", "p99"}) {
      // None where every trial of one of them was spoilt.
      const auto all = results::compare(result.trials, "pull", {{"response_us", stat}});
      found[stat] += !all.empty() && all.front().standing == Standing::Worse ? 1 : 0;
    }
  };
  for (unsigned round = 0; round < kRounds; ++round) {
    results::RunResult result = run(copies(2, 100 + round));
    for (results::Trial& trial : result.trials) {
      valid += trial.valid ? 1 : 0;
      ++trials;
      if (trial.pool == "copy1") stretch(trial, 1.2);
    }
    look(result, strict);
    let_all_through(result.trials);
    look(result, lax);
  }
  std::printf("20 %% slower, 10 blocks (wanted: 18 of %u); %u of %u trials valid\n", kRounds, valid,
              trials);
  std::printf("  the valid trials: found at p50 in %u, at p99 in %u\n", strict["p50"],
              strict["p99"]);
  std::printf("  all of them: found at p50 in %u, at p99 in %u\n", lax["p50"], lax["p99"]);
  std::fflush(stdout);
}

struct Queue {
  const char* name;
  const char* service;
  unsigned workers;
};

/// The mean response, in us, that workers without any overhead give to this very timetable, first
/// in, first out, if each service took `stretch` times as long. Theory's mean is that of endless
/// timetables; a few seconds of one are some per cent off.
double ideal(const scenarios::Timetable& timetable, unsigned workers, double stretch) {
  std::vector<double> free_at(workers, 0);
  double sum = 0, n = 0;
  for (const scenarios::Arrival& arrival : timetable.arrivals()) {
    const auto due = static_cast<double>(arrival.due.count());
    const auto first = std::min_element(free_at.begin(), free_at.end());
    *first = std::max(*first, due) + stretch * static_cast<double>(arrival.service.count());
    if (!timetable.phases()[arrival.phase].measured) continue;
    sum += *first - due;
    ++n;
  }
  return sum / n * 1e-3;
}

double mean_of(const results::Trial& trial, const char* metric) {
  scenarios::Expectation asked;
  asked.metric = metric;
  asked.stat = "mean";
  return results::observe(trial, asked).value;
}

void theory() {
  constexpr Queue kQueues[] = {
      {"M/M/1", R"("exponential", "mean_us": 200)", 1},
      {"M/D/1", R"("constant", "value_us": 200)", 1},
      {"M/G/1", R"("lognormal", "mean_us": 200, "cv": 2)", 1},
      {"M/M/2", R"("exponential", "mean_us": 200)", 2},
  };
  std::printf(
      "mean response over the ideal one of the same timetable with the services as measured, and "
      "as\nplanned; medians (and range) of 5 timetables of 4 s at half of the capacity\n");
  for (const Queue& queue : kQueues) {
    for (const char* idle : {"spinning", "parked"}) {
      std::vector<double> measured, planned;
      for (unsigned seed = 1; seed <= 5; ++seed) {
        const bool spins = std::string(idle) == "spinning";
        const std::string json = fmt::format(
            R"({{"name": "queue", "seed": {}, "run": {{"warmup_s": 0.2}},
              "classes": [{{"name": "task", "service": {{"dist": {}}}}}],
              "phases": [{{"name": "steady", "duration_s": 4,
                           "arrival": {{"process": "poisson", "rate_per_s": {}}}}}],
              "pools": [{{"id": "pull", "dispatch": "pull", "workers": {}, "spin_us": {}}}]}})",
            seed, queue.service, 2500 * queue.workers, queue.workers, spins ? 20000 : 0);
        const results::RunResult result = run(json);
        const scenarios::Timetable timetable(scenarios::read_scenario_text(json, "truth"), seed);
        double service = 0;
        for (const scenarios::PhaseSpan& span : timetable.phases()) service += span.demand.count();
        service *= 1e6 / static_cast<double>(timetable.arrivals().size());
        const results::Trial& trial = result.trials.front();
        const double stretch = mean_of(trial, "service_us") / service;
        const double response = mean_of(trial, "response_us");
        measured.push_back(response / ideal(timetable, queue.workers, stretch));
        planned.push_back(response / ideal(timetable, queue.workers, 1));
      }
      std::sort(measured.begin(), measured.end());
      std::sort(planned.begin(), planned.end());
      std::printf("  %s %-8s  %.3f (%.3f to %.3f)   planned %.3f (%.3f to %.3f)\n", queue.name,
                  idle, measured[2], measured[0], measured[4], planned[2], planned[0], planned[4]);
      std::fflush(stdout);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, void (*)()> parts{{"observer", truth::observer},
                                                {"self", against_itself},
                                                {"slower", against_slower},
                                                {"theory", theory}};
  std::vector<std::string> asked(argv + 1, argv + argc);
  if (asked.empty()) asked = {"theory", "slower", "self", "observer"};
  try {
    for (const std::string& part : asked) {
      const auto found = parts.find(part);
      if (found == parts.end()) {
        std::fprintf(stderr, "truth: no part '%s'; there are observer, self, slower, theory\n",
                     part.c_str());
        return 2;
      }
      found->second();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "truth: %s\n", error.what());
    return 1;
  }
}
