#include "results/environment.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "results/build_facts.h"
#include "results/fingerprint.h"
#include "tests/results/folder.h"

namespace results {
namespace {

TEST(Environment, ReadsTheMachine) {
  const Environment env = read_environment();
  EXPECT_GE(env.cores, 1U);
  EXPECT_GE(env.usable_cores, 1U);
  EXPECT_FALSE(env.kernel.empty());
  EXPECT_GT(env.memory_bytes, 0);
  EXPECT_GT(env.clock_read_ns, 0);
  EXPECT_FALSE(env.clock_source.empty());
  EXPECT_GT(env.timer_slack_ns, 0);
  EXPECT_EQ(env.hostname_hash.size(), 16U);
}

TEST(Environment, UnderstandsWhatTheKernelShows) {
  const tests::Folder root;
  root.write("proc/cpuinfo",
             "processor\t: 0\nmodel name\t: Made-up 3000\nflags\t\t: fpu hypervisor tsc\n\n"
             "processor\t: 1\nmodel name\t: Made-up 3000\n");
  root.write("proc/loadavg", "1.25 0.50 0.10 1/100 999\n");
  root.write("proc/meminfo", "MemTotal:        2048 kB\nMemFree: 1 kB\n");
  root.write("etc/os-release", "NAME=\"X\"\nPRETTY_NAME=\"Made-up OS 12\"\n");
  root.write("sys/fs/cgroup/cpu.max", "150000 100000\n");
  root.write("sys/devices/system/cpu/smt/active", "1\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  root.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "kvm-clock\n");
  const Environment env = read_environment(root.path());
  EXPECT_EQ(env.cpu, "Made-up 3000");
  EXPECT_EQ(env.cores, 2U);
  EXPECT_TRUE(env.virtualised);
  EXPECT_TRUE(env.smt);
  EXPECT_DOUBLE_EQ(env.load_1min, 1.25);
  EXPECT_EQ(env.memory_bytes, 2048 * 1024);
  EXPECT_EQ(env.os, "Made-up OS 12");
  EXPECT_DOUBLE_EQ(env.cgroup_cpus, 1.5);
  EXPECT_EQ(env.governor, "powersave");
  EXPECT_EQ(env.thp, "madvise");
  EXPECT_EQ(env.kernel_clock_source, "kvm-clock");
}

TEST(Environment, LeavesOutWhatIsNotThere) {
  const tests::Folder root;
  Environment env = read_environment(root.path());
  EXPECT_TRUE(env.cpu.empty());
  EXPECT_TRUE(env.governor.empty());
  EXPECT_DOUBLE_EQ(env.cgroup_cpus, 0);
  root.write("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_DOUBLE_EQ(read_environment(root.path()).cgroup_cpus, 0);
  const tests::Folder old;
  old.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  old.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(read_environment(old.path()).cgroup_cpus, 0.5);
}

TEST(Environment, AddsUpTheMachinesTime) {
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const tests::Folder root;
  root.write("proc/stat",
             "cpu  100 20 30 4000 500 6 7 80 0 0\ncpu0 50 10 15 2000 250 3 4 40 0 0\n");
  const MachineTime machine = machine_time(root.path());
  EXPECT_DOUBLE_EQ(machine.busy_s, 163 / ticks_per_s) << "neither idle nor waiting for a disk";
  EXPECT_DOUBLE_EQ(machine.stolen_s, 80 / ticks_per_s);
  EXPECT_DOUBLE_EQ(machine_time(root.path("nowhere")).busy_s, 0);
}

TEST(Environment, CostIsADifference) {
  const Cost before = cost_so_far();
  volatile double sink = 0;
  for (int i = 0; i < 1'000'000; ++i) sink = sink + 1;
  const Cost cost = cost_between(before, cost_so_far());
  EXPECT_GE(cost.cpu_s(), 0);
  EXPECT_LT(cost.cpu_s(), cost_so_far().cpu_s() + 1e-9);
  EXPECT_GT(cost.rss_bytes, 0);
}

TEST(BuildFacts, NameCompilerAndCommit) {
  const BuildFacts& facts = build_facts();
  EXPECT_FALSE(facts.version.empty());
  EXPECT_FALSE(facts.compiler.empty());
  EXPECT_TRUE(facts.commit == "unknown" || facts.commit.size() == 40) << facts.commit;
}

TEST(Fingerprint, IsTheKnownFunction) {
  EXPECT_EQ(fingerprint(""), 0xcbf29ce484222325U);
  EXPECT_EQ(fingerprint("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_NE(fingerprint("ab"), fingerprint("ba"));
}

}  // namespace
}  // namespace results
