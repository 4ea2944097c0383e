#include "pools/control_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pools/usable_cores.h"
#include "tests/results/folder.h"

namespace pools {
namespace {

using ::testing::HasSubstr;

/// A machine with version 2 alone, as most have it.
void mount_version2(const tests::Folder& root, const std::string& group,
                    const std::string& top = "/") {
  root.write("proc/self/mountinfo",
             "24 1 0:22 / /proc rw,relatime - proc proc rw\n"
             "31 23 0:28 " +
                 top + " /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n");
  root.write("proc/self/cgroup", "0::" + group + "\n");
}

/// Version 1, several controllers in one hierarchy, version 2 mounted beside it.
void mount_version1(const tests::Folder& root) {
  root.write("proc/self/mountinfo",
             "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
             "33 31 0:30 / /sys/fs/cgroup/pids rw,relatime shared:9 - cgroup cgroup rw,pids\n"
             "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n");
  root.write("proc/self/cgroup", "8:pids:/lab\n4:cpu,cpuacct:/lab/run:1\n0::/\n");
}

TEST(ControlGroup, ReadsItsOwnGroupAndAllParents) {
  const tests::Folder root;
  mount_version2(root, "/a/b/c");
  const ControlGroup group(root.path());
  EXPECT_EQ(group.quota_cores(), 0) << "nothing there yet";
  root.write("sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
  root.write("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(group.quota_cores(), 1.5) << "a parent's binds as well";
  root.write("sys/fs/cgroup/a/cpu.max", "25000 50000\n");
  EXPECT_DOUBLE_EQ(group.quota_cores(), 0.5) << "the tightest counts";
  root.write("sys/fs/cgroup/other/cpu.max", "1000 100000\n");
  EXPECT_DOUBLE_EQ(group.quota_cores(), 0.5) << "nobody else's";
}

TEST(ControlGroup, ReadsVersion1) {
  const tests::Folder root;
  mount_version1(root);
  root.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/lab/run:1/cpu.cfs_quota_us", "50000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/lab/run:1/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(ControlGroup(root.path()).quota_cores(), 0.5);
}

TEST(ControlGroup, FindsItselfInAContainer) {
  // The container's own group is mounted as if it were the top.
  const tests::Folder docker;
  mount_version2(docker, "/docker/ab/job", "/docker/ab");
  docker.write("sys/fs/cgroup/job/cpu.max", "200000 100000\n");
  docker.write("sys/fs/cgroup/cpu.max", "300000 100000\n");
  EXPECT_DOUBLE_EQ(ControlGroup(docker.path()).quota_cores(), 2);
  const tests::Folder above;
  mount_version2(above, "/../../elsewhere");
  above.write("sys/fs/cgroup/cpu.max", "300000 100000\n");
  EXPECT_DOUBLE_EQ(ControlGroup(above.path()).quota_cores(), 3);
}

TEST(ControlGroup, TakesWhatItCannotUnderstandForNoLimit) {
  for (const char* text : {"", "\n", "max\n", "50000", "x y\n", "-5 100000\n", "1 0\n", "1e999 1\n",
                           "99999999999999999999999999 max\n"}) {
    const tests::Folder root;
    mount_version2(root, "/a");
    root.write("sys/fs/cgroup/a/cpu.max", text);
    EXPECT_EQ(ControlGroup(root.path()).quota_cores(), 0) << text;
  }
  const tests::Folder torn;
  torn.write("proc/self/cgroup", "no colons\n1:\n::\n0::/a\n");
  torn.write("proc/self/mountinfo", "31 23\n- cgroup2\n31 23 0:28 / /sys - cgroup2\n");
  EXPECT_EQ(ControlGroup(torn.path()).quota_cores(), 0);
  EXPECT_EQ(ControlGroup("/no/such/root").throttled_s(), 0);
}

TEST(ControlGroup, AddsUpHowLongItWasThrottled) {
  const tests::Folder root;
  mount_version2(root, "/a/b");
  root.write("sys/fs/cgroup/a/b/cpu.stat",
             "usage_usec 900\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500000\n");
  root.write("sys/fs/cgroup/a/cpu.stat", "usage_usec 900\nthrottled_usec 500000\n");
  root.write("sys/fs/cgroup/cpu.stat", "usage_usec 900\n");
  EXPECT_DOUBLE_EQ(ControlGroup(root.path()).throttled_s(), 3);
  const tests::Folder old;
  mount_version1(old);
  old.write("sys/fs/cgroup/cpu,cpuacct/lab/run:1/cpu.stat",
            "nr_periods 10\nnr_throttled 4\nthrottled_time 8600000000\n");
  EXPECT_DOUBLE_EQ(ControlGroup(old.path()).throttled_s(), 8.6);
}

TEST(ControlGroup, FindsTheLimitThatLeavesTheFewestThreads) {
  const tests::Folder root;
  mount_version2(root, "/a/b");
  EXPECT_EQ(ControlGroup(root.path()).thread_limit().allowed, 0U);
  root.write("sys/fs/cgroup/a/b/pids.max", "max\n");
  root.write("sys/fs/cgroup/a/b/pids.current", "7\n");
  root.write("sys/fs/cgroup/a/pids.max", "100\n");
  root.write("sys/fs/cgroup/a/pids.current", "90\n");
  root.write("sys/fs/cgroup/pids.max", "50\n");
  root.write("sys/fs/cgroup/pids.current", "8\n");
  const ThreadLimit limit = ControlGroup(root.path()).thread_limit();
  EXPECT_EQ(limit.where, "/sys/fs/cgroup/a/pids.max");
  EXPECT_EQ(limit.room(), 10U);
  EXPECT_EQ(thread_limit_text(11, root.path()),
            "/sys/fs/cgroup/a/pids.max allows 100 threads, 90 are there");
  EXPECT_THAT(thread_limit_text(10, root.path()), ::testing::Not(HasSubstr("pids.max")));
}

}  // namespace
}  // namespace pools
