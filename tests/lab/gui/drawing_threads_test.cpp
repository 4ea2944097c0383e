#include "lab/gui/drawing_threads.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>

namespace lab::gui {
namespace {

pid_t this_thread() { return static_cast<pid_t>(::syscall(SYS_gettid)); }
int policy(pid_t thread = 0) { return ::sched_getscheduler(thread); }

/// A thread that does nothing until it is told to end.
class Idler {
 public:
  Idler()
      : thread_([this] {
          id_ = this_thread();
          begun_.count_down();
          end_.wait();
        }) {
    begun_.wait();
  }
  ~Idler() {
    end_.count_down();
    thread_.join();
  }
  Idler(const Idler&) = delete;
  Idler& operator=(const Idler&) = delete;

  pid_t id() const { return id_; }

 private:
  std::latch begun_{1}, end_{1};
  std::atomic<pid_t> id_{0};
  std::thread thread_;
};

/// Whether a thread may come back from SCHED_IDLE here; tried on one that does not matter.
bool may_come_back() {
  bool back = false;
  std::thread([&back] {
    const sched_param none{};
    ::sched_setscheduler(0, SCHED_IDLE, &none);
    back = ::sched_setscheduler(0, SCHED_OTHER, &none) == 0;
  }).join();
  return back;
}

TEST(DrawingThreads, StandBackAndComeForward) {
  DrawingThreads threads;
  const Idler rasterizer;
  ASSERT_EQ(policy(), SCHED_OTHER);
  threads.stand_back();
  EXPECT_EQ(policy(), SCHED_IDLE);
  EXPECT_EQ(policy(rasterizer.id()), SCHED_IDLE);
  const Idler later;
  EXPECT_EQ(policy(later.id()), SCHED_IDLE) << "one that a drawing thread starts meanwhile";
  threads.come_forward();
  const int expected = may_come_back() ? SCHED_OTHER : SCHED_IDLE;
  for (const pid_t thread : {this_thread(), rasterizer.id(), later.id()}) {
    EXPECT_EQ(policy(thread), expected);
  }
}

TEST(DrawingThreads, WhatIsMeasuredIsOrdinary) {
  DrawingThreads threads;
  threads.stand_back();
  std::unique_ptr<Idler> worker;
  threads.run_ordinary([&] { worker = std::make_unique<Idler>(); });
  EXPECT_EQ(policy(worker->id()), SCHED_OTHER);
  threads.come_forward();
  // One that outlives its run, as a foreign pool's does, is none of the drawing ones in the next.
  threads.stand_back();
  EXPECT_EQ(policy(worker->id()), SCHED_OTHER);
  threads.come_forward();
}

TEST(DrawingThreads, WhatGoesWrongOnTheOrdinaryThreadIsTheCallersAffair) {
  DrawingThreads threads;
  EXPECT_THROW(threads.run_ordinary([] { throw std::runtime_error("no thread"); }),
               std::runtime_error);
  bool ran = false;
  threads.run_ordinary([&ran] { ran = true; });
  EXPECT_TRUE(ran);
}

/// In a process of its own without any right: what an ordinary user has.
int measured_policy_without_rights() {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NICE, &none);
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(100);
    if (may_come_back()) ::_exit(101);
    DrawingThreads threads;
    int measured = -1;
    for (int run = 0; run < 2; ++run) {
      threads.stand_back();
      if (policy() != SCHED_IDLE) ::_exit(102);
      threads.run_ordinary([&] { std::thread([&] { measured = policy(); }).join(); });
      threads.come_forward();
    }
    ::_exit(measured);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(DrawingThreads, WithoutRightsTheyStayBackAndWhatIsMeasuredIsOrdinaryAllTheSame) {
  EXPECT_EQ(measured_policy_without_rights(), SCHED_OTHER);
}

}  // namespace
}  // namespace lab::gui
