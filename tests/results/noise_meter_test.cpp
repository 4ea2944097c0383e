#include "results/noise_meter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <string>
#include <thread>

#include "pools/thread_name.h"
#include "tests/results/folder.h"

namespace results {
namespace {

/// A thread of a made-up process.
void put_thread(const tests::Folder& root, const std::string& id, const std::string& name,
                double waited_ms) {
  const std::string task = "proc/self/task/" + id + "/";
  root.write(task + "comm", name + "\n");
  root.write(task + "schedstat",
             "5000000 " + std::to_string(static_cast<long long>(waited_ms * 1e6)) + " 7\n");
}

TEST(NoiseMeter, SaysWhatHappenedSinceTheLastTime) {
  const tests::Folder root;
  root.write("proc/stat", "cpu  1000 0 0 5000 0 0 0 10 0 0\n");
  put_thread(root, "1", "poollab", 100);
  put_thread(root, "2", "pl-work-0", 50);
  put_thread(root, "3", "pl-work-2", 0);
  NoiseMeter meter(root.path());
  EXPECT_DOUBLE_EQ(meter.interval().run_delay_s, 0) << "what was before it does not count";
  root.write("proc/stat", "cpu  1100 0 0 5000 0 0 0 14 0 0\n");
  put_thread(root, "1", "poollab", 101);
  put_thread(root, "2", "pl-work-0", 60);
  put_thread(root, "3", "pl-work-2", 4);
  const NoiseInterval seen = meter.interval();
  EXPECT_NEAR(seen.run_delay_s, 0.015, 1e-9);
  ASSERT_EQ(seen.worker_run_delay_s.size(), 3U);
  EXPECT_NEAR(seen.worker_run_delay_s[0], 0.01, 1e-9);
  EXPECT_NEAR(seen.worker_run_delay_s[1], 0, 1e-9);
  EXPECT_NEAR(seen.worker_run_delay_s[2], 0.004, 1e-9);
  EXPECT_DOUBLE_EQ(seen.stolen_s, 0.04) << "four ticks";
  EXPECT_NEAR(seen.others_s, 1, 0.2) << "a hundred ticks, less what this test has used";
  EXPECT_DOUBLE_EQ(meter.interval().run_delay_s, 0);
}

TEST(NoiseMeter, FollowsThreadsThatComeAndGo) {
  const tests::Folder root;
  put_thread(root, "1", "poollab", 0);
  NoiseMeter meter(root.path());
  put_thread(root, "2", "poollab", 3);  // new, and not yet named
  EXPECT_NEAR(meter.interval().run_delay_s, 0.003, 1e-9) << "all of it is of this interval";
  put_thread(root, "2", "pl-work-1", 5);
  EXPECT_NEAR(meter.interval().worker_run_delay_s.at(1), 0.002, 1e-9) << "named by now";
  std::filesystem::remove_all(root.path("proc/self/task/2"));
  EXPECT_TRUE(meter.interval().worker_run_delay_s.empty());
}

TEST(NoiseMeter, ReadsWhatTheKernelCounts) {
  const tests::Folder root;
  root.write("proc/pressure/cpu",
             "some avg10=3.27 avg60=35.28 avg300=35.91 total=2500000\n"
             "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
  root.write("proc/vmstat", "thp_fault_alloc 3\nthp_collapse_alloc 4\ncompact_stall 5\n");
  put_thread(root, "2", "pl-work-0", 0);
  root.write("proc/self/task/2/status",
             "Name:\tpl-work-0\nvoluntary_ctxt_switches:\t9\nnonvoluntary_ctxt_switches:\t12\n");
  const NoiseMeter meter(root.path());
  EXPECT_DOUBLE_EQ(meter.cpu_pressure_s(), 2.5);
  EXPECT_DOUBLE_EQ(meter.huge_pages(), 7);
  EXPECT_DOUBLE_EQ(meter.compaction_stalls(), 5);
  EXPECT_DOUBLE_EQ(meter.worker_involuntary_switches(), 12);
}

TEST(NoiseMeter, WhatTheKernelDoesNotSayIsNotKnown) {
  const tests::Folder root;
  NoiseMeter meter(root.path());
  EXPECT_TRUE(std::isnan(meter.cpu_pressure_s()));
  EXPECT_TRUE(std::isnan(meter.huge_pages()));
  EXPECT_TRUE(std::isnan(meter.compaction_stalls()));
  EXPECT_TRUE(std::isnan(meter.worker_involuntary_switches()));
  const NoiseInterval seen = meter.interval();
  EXPECT_DOUBLE_EQ(seen.run_delay_s, 0);
  EXPECT_TRUE(seen.worker_run_delay_s.empty());
}

TEST(NoiseMeter, KnowsTheWorkersOfThisMachine) {
  std::atomic<int> step{0};
  std::thread worker([&step] {
    pools::name_this_thread("pl-work", 3);
    step.store(1);
    step.notify_all();
    step.wait(1);
  });
  step.wait(0);
  NoiseMeter meter;
  EXPECT_EQ(meter.interval().worker_run_delay_s.size(), 4U);
  EXPECT_GE(meter.worker_involuntary_switches(), 0);
  step.store(2);
  step.notify_all();
  worker.join();
  EXPECT_TRUE(meter.interval().worker_run_delay_s.empty());
}

TEST(PresentSpeed, IsANumberOfRounds) { EXPECT_GT(present_speed(), 0); }

}  // namespace
}  // namespace results
