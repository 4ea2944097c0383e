#include "lab/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lab/cli/doctor_text.h"

namespace lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A machine that nothing is wrong with.
results::Environment quiet_machine() {
  results::Environment env;
  env.cores = env.usable_cores = 8;
  env.governor = "performance";
  return env;
}
Probe quiet_probe() {
  return {.real_time = true,
          .others_share = 0.001,
          .late_p99_us = 12,
          .lost_share = 0.0005,
          .longest_stop_us = 80,
          .detectable_p50 = 1.05,
          .detectable_p99 = 1.1,
          .trials = 20};
}

Finding about(const std::vector<Finding>& all, const std::string& what) {
  for (const Finding& one : all) {
    if (one.about == what) return one;
  }
  ADD_FAILURE() << "nothing about " << what;
  return {};
}

TEST(Doctor, FindsNothingWrongWithAQuietMachine) {
  const auto all = findings(quiet_machine(), quiet_probe());
  EXPECT_EQ(overall(all), Fitness::Good);
  for (const Finding& one : all) EXPECT_EQ(one.advice, "") << one.about;
  EXPECT_THAT(cli::doctor_text(all, {}), HasSubstr("Fit to measure on."));
}

TEST(Doctor, SaysWhatToChange) {
  struct Case {
    const char* about;
    void (*spoil)(results::Environment&, Probe&);
    Fitness fitness;
    const char* advice;
  };
  constexpr Case kCases[] = {
      {"cores", [](auto& env, auto&) { env.usable_cores = 2; }, Fitness::Fair, "fewer workers"},
      {"cores", [](auto& env, auto&) { env.usable_cores = 1; }, Fitness::Poor, "four and more"},
      {"CPU quota", [](auto& env, auto&) { env.cgroup_cpus = 1.5; }, Fitness::Poor, "without one"},
      {"frequency", [](auto& env, auto&) { env.governor = "powersave"; }, Fitness::Fair,
       "cpupower frequency-set"},
      {"SMT", [](auto& env, auto&) { env.smt = true; }, Fitness::Fair, "smt/control"},
      {"SMT",
       [](auto&, auto& probe) {
         probe.pair = {0.6, 0, 4};
       },
       Fitness::Fair, "whose cores are its own"},
      {"frequency", [](auto&, auto& probe) { probe.speed_spread = 0.05; }, Fitness::Fair, "turbo"},
      {"frequency",
       [](auto& env, auto& probe) {
         env.virtualised = true;
         probe.speed_spread = 0.2;
       },
       Fitness::Poor, "the host changes its clock rate"},
      {"clock", [](auto& env, auto&) { env.clock_read_ns = 700; }, Fitness::Poor, "tsc"},
      {"generator", [](auto&, auto& probe) { probe.real_time = false; }, Fitness::Fair,
       "ulimit -r"},
      {"timer", [](auto&, auto& probe) { probe.late_p99_us = 300; }, Fitness::Fair, "idle states"},
      {"timer", [](auto&, auto& probe) { probe.late_p99_us = 3000; }, Fitness::Poor, "late"},
      {"other processes", [](auto&, auto& probe) { probe.others_share = 0.05; }, Fitness::Fair,
       "top"},
      {"other processes", [](auto&, auto& probe) { probe.others_share = 0.5; }, Fitness::Poor,
       "stop them"},
      {"stops", [](auto&, auto& probe) { probe.longest_stop_us = 4000; }, Fitness::Fair,
       "isolcpus"},
      {"stops",
       [](auto& env, auto& probe) {
         env.virtualised = true;
         probe.lost_share = 0.1;
       },
       Fitness::Poor, "the host takes the cores"},
      {"precision", [](auto&, auto& probe) { probe.detectable_p99 = 1.6; }, Fitness::Fair,
       "--repeat 20"},
      {"precision", [](auto&, auto& probe) { probe.detectable_p50 = INFINITY; }, Fitness::Poor,
       "more blocks"},
      {"precision", [](auto&, auto& probe) { probe.spoilt = probe.trials; }, Fitness::Poor,
       "names what spoilt it"},
  };
  for (const Case& one : kCases) {
    results::Environment env = quiet_machine();
    Probe probe = quiet_probe();
    one.spoil(env, probe);
    const auto all = findings(env, probe);
    const Finding finding = about(all, one.about);
    EXPECT_EQ(finding.fitness, one.fitness) << one.about;
    EXPECT_THAT(finding.advice, HasSubstr(one.advice));
    EXPECT_EQ(overall(all), one.fitness) << "nothing else is wrong";
    const std::string text = cli::doctor_text(all, {});
    EXPECT_THAT(text, HasSubstr(one.advice));
    EXPECT_THAT(text, Not(HasSubstr("Fit to measure on.")));
    EXPECT_THAT(doctor_json(env, probe), HasSubstr(fitness_name(one.fitness)));
  }
}

TEST(Doctor, SaysWhichCoresShareOne) {
  Probe probe = quiet_probe();
  probe.pair = {0.6, 0, 4};
  EXPECT_EQ(about(findings(quiet_machine(), probe), "SMT").found,
            "off; cores 0 and 4 together run at 60 % of their speed");
  EXPECT_THAT(doctor_json(quiet_machine(), probe), HasSubstr("\"pair_speed\": 0.6"));
}

TEST(Doctor, TriesPairsOfCores) {
  const PairSpeed pair = probe_pairs();
  EXPECT_GT(pair.share, 0);
  EXPECT_LE(pair.share, 1);
  EXPECT_EQ(pair.first >= 0, pair.share < 1);
}

TEST(Doctor, HasNullWhereNothingCanBeTold) {
  Probe probe = quiet_probe();
  probe.detectable_p99 = INFINITY;
  EXPECT_THAT(doctor_json(quiet_machine(), probe), HasSubstr("\"detectable_p99\": null"));
}

TEST(Doctor, StaysWithinTheTerminal) {
  cli::TextStyle narrow;
  narrow.width = 80;
  Probe probe;
  std::istringstream lines(cli::doctor_text(findings({}, probe), narrow));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(cli::columns(line), 80U) << line;
}

}  // namespace
}  // namespace lab
