#include "tests/bench/loads.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <latch>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "pools/engine/sync.h"
#include "pools/task_group.h"
#include "tests/bench/finish_line.h"

namespace bench {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;
using pools::SubmitStatus;

constexpr Nanos kHangs = std::chrono::seconds(60);

double seconds_between(Instant start, Instant end) {
  return std::chrono::duration<double>(end - start).count();
}
double seconds_since(Instant start) { return seconds_between(start, Clock::now()); }

void must(bool held, const char* what) {
  if (!held) throw std::runtime_error(what);
}

template <typename F>
void submit(pools::Pool& pool, F&& callable) {
  must(pool.submit(std::forward<F>(callable)) == SubmitStatus::Accepted, "a task was refused");
}

void await_all(pools::Pool& pool) { must(pool.wait_idle(kHangs), "the pool hangs"); }

/// The threads that may run the pool's tasks: its own, and these that submit.
std::uint32_t threads_of(const pools::Pool& pool, std::uint32_t submitters) {
  return pool.config().max_workers + submitters;
}

/// Seconds from `start` until the load has crossed its line. The pool then comes to rest, so that
/// the next load finds it as this one did.
double finish(pools::Pool& pool, Instant start, FinishLine& line) {
  const double seconds = seconds_between(start, line.wait());
  await_all(pool);
  return seconds;
}

Percentiles percentiles(std::vector<double>& us) {
  std::sort(us.begin(), us.end());
  const auto at = [&](double q) {
    const auto rank = static_cast<std::size_t>(q * static_cast<double>(us.size()));
    return us[std::min(rank, us.size() - 1)];
  };
  return {at(0.50), at(0.99)};
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double external_submit(pools::Pool& pool, std::uint32_t producers, std::uint64_t tasks) {
  std::latch ready(static_cast<std::ptrdiff_t>(producers)), go(1);
  std::vector<std::thread> others;
  const std::uint64_t each = tasks / producers;
  FinishLine line(each * producers, threads_of(pool, producers));
  const auto produce = [&pool, &line](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) submit(pool, [&line] { line.pass(); });
  };
  for (std::uint32_t p = 1; p < producers; ++p) {
    others.emplace_back([&] {
      ready.count_down();
      go.wait();
      produce(each);
    });
  }
  ready.arrive_and_wait();
  const Instant start = Clock::now();
  go.count_down();
  produce(each);
  const double seconds = seconds_between(start, line.wait());
  for (auto& other : others) other.join();
  await_all(pool);
  return seconds;
}

namespace {

struct Tree {
  pools::Pool& pool;
  std::uint64_t tasks;
  FinishLine line;
};

struct TreeNode {
  Tree* tree;
  std::uint64_t index;
  void operator()() const {
    for (const std::uint64_t child : {2 * index + 1, 2 * index + 2}) {
      if (child < tree->tasks) submit(tree->pool, TreeNode{tree, child});
    }
    tree->line.pass();
  }
};

/// A call that waits for its two children without holding a worker: the last
/// one to end goes on.
struct Call {
  explicit Call(Call* of) : parent(of) {}
  Call* const parent;  ///< nullptr: the outermost
  std::atomic<int> open{2};
  std::atomic<std::uint64_t> value{0};
};

struct Root : Call {
  Root() : Call(nullptr) { open.store(1, std::memory_order_relaxed); }
  FinishLine line{1, 1};
};

void complete(Call* call, std::uint64_t value) {
  while (call != nullptr) {
    call->value.fetch_add(value, std::memory_order_relaxed);
    // acq_rel: the last child sees what the other added, and owns the call from
    // here.
    if (call->open.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    value = call->value.load(std::memory_order_relaxed);
    Call* parent = call->parent;
    if (parent == nullptr) return static_cast<Root*>(call)->line.pass();
    delete call;
    call = parent;
  }
}

struct Fib {
  pools::Pool* pool;
  Call* parent;
  int n;
  void operator()() const {
    if (n < 2) {
      complete(parent, static_cast<std::uint64_t>(n));
      return;
    }
    Call* const call = new Call(parent);
    submit(*pool, Fib{pool, call, n - 1});
    submit(*pool, Fib{pool, call, n - 2});
  }
};

struct GroupFib {
  pools::Pool* pool;
  std::uint64_t* value;
  int n;
  void operator()() const {
    if (n < 2) {
      *value = static_cast<std::uint64_t>(n);
      return;
    }
    std::uint64_t left = 0, right = 0;
    pools::TaskGroup group(*pool);
    must(group.run(GroupFib{pool, &left, n - 1}) == SubmitStatus::Accepted, "a task was refused");
    GroupFib{pool, &right, n - 2}();
    group.wait();
    *value = left + right;
  }
};

/// fib(n), and how many calls a recursion without cut-off makes for it.
std::uint64_t fibonacci(int n, std::uint64_t& calls) {
  std::uint64_t fib = 0, next = 1;
  for (int i = 0; i < n; ++i) fib = std::exchange(next, fib + next);
  calls = 2 * next - 1;
  return fib;
}

}  // namespace

std::uint64_t fib_calls(int n) noexcept {
  std::uint64_t calls = 0;
  fibonacci(n, calls);
  return calls;
}

double priority_submit(pools::Pool& pool, std::uint64_t tasks) {
  FinishLine line(tasks, threads_of(pool, 1));
  const Instant start = Clock::now();
  for (std::uint64_t i = 0; i < tasks; ++i) {
    const auto level = static_cast<std::uint8_t>(i % 4);
    must(pool.submit([&line] { line.pass(); }, {.level = level}) == SubmitStatus::Accepted,
         "a task was refused");
  }
  return finish(pool, start, line);
}

double bulk_submit(pools::Pool& pool, std::uint64_t items) {
  constexpr std::size_t kGroup = 1'000;
  // An item is next to nothing, so it is the last one of a range that passes.
  const std::size_t ranges = std::size_t{4} * pool.config().max_workers;
  const std::size_t range = kGroup / ranges;
  must(kGroup % ranges == 0, "a group does not make equal ranges");
  FinishLine line(items / kGroup * ranges, threads_of(pool, 1));
  const Instant start = Clock::now();
  for (std::uint64_t done = 0; done < items; done += kGroup) {
    const auto item = [&line, range](std::size_t i) {
      asm volatile("" : : "r"(i));  // keeps the compiler from removing the loop over the items
      if (i % range == range - 1) line.pass();
    };
    must(pool.submit_bulk(kGroup, item) == kGroup, "items were refused");
  }
  return finish(pool, start, line);
}

double spawn_tree(pools::Pool& pool, std::uint64_t tasks) {
  Tree tree{pool, tasks, {tasks, threads_of(pool, 1)}};
  const Instant start = Clock::now();
  submit(pool, TreeNode{&tree, 0});
  return finish(pool, start, tree.line);
}

double fork_join(pools::Pool& pool, int n, std::uint64_t& calls) {
  const std::uint64_t fib = fibonacci(n, calls);
  Root root;
  const Instant start = Clock::now();
  submit(pool, Fib{&pool, &root, n});
  const double seconds = finish(pool, start, root.line);
  must(root.value.load(std::memory_order_relaxed) == fib, "fib came out wrong");
  return seconds;
}

double task_group_fib(pools::Pool& pool, int n, std::uint64_t& calls) {
  const std::uint64_t fib = fibonacci(n, calls);
  std::uint64_t value = 0;
  FinishLine line(1, 1);
  const Instant start = Clock::now();
  submit(pool, [&pool, &value, &line, n] {
    GroupFib{&pool, &value, n}();
    line.pass();
  });
  const double seconds = finish(pool, start, line);
  must(value == fib, "fib came out wrong");
  return seconds;
}

double parallel_loop(pools::Pool& pool, std::uint32_t loops, Nanos piece) {
  const std::uint32_t pieces = pool.config().max_workers;
  const auto work = [piece] {
    const Instant end = Clock::now() + piece;
    while (Clock::now() < end) {
    }
  };
  const Instant start = Clock::now();
  for (std::uint32_t i = 0; i < loops; ++i) {
    // The caller does its own piece, then waits for the others: as Eigen's and OpenMP's loops do.
    pools::TaskGroup barrier(pool);
    for (std::uint32_t p = 1; p < pieces; ++p) {
      must(barrier.run(work) == SubmitStatus::Accepted, "a piece was refused");
    }
    work();
    barrier.wait();
  }
  return seconds_since(start);
}

Percentiles wake_latency(pools::Pool& pool, std::uint32_t samples, Nanos rest) {
  std::vector<double> us;
  us.reserve(samples);
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  for (std::uint32_t i = 0; i < samples; ++i) {
    std::this_thread::sleep_for(rest);
    Instant started{};
    Signal ran;
    const Instant submitted = Clock::now();
    submit(pool, [&started, &ran] {
      started = Clock::now();
      ran.raise();
    });
    ran.await();
    us.push_back(std::chrono::duration<double, std::micro>(started - submitted).count());
    await_all(pool);
  }
  return percentiles(us);
}

OpenLoop open_loop(pools::Pool& pool, double per_second, Nanos service, double seconds) {
  // A sleeper wakes some microseconds late; that must not be charged to the pool.
  constexpr Nanos kSpin = std::chrono::microseconds(40);
  const auto tasks = static_cast<std::size_t>(per_second * seconds);
  std::mt19937_64 random(1);
  std::exponential_distribution<> gap(per_second);
  std::vector<Nanos> due;
  double at = 0;
  for (std::size_t i = 0; i < tasks; ++i) {
    at += gap(random);
    due.emplace_back(static_cast<Nanos::rep>(at * 1e9));
  }
  std::vector<double> us(tasks);
  FinishLine line(tasks, threads_of(pool, 1));
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  const double cpu_before = cpu_seconds();
  const Instant start = Clock::now();
  for (std::size_t i = 0; i < tasks; ++i) {
    const Instant when = start + due[i];
    if (const Nanos ahead = when - kSpin - Clock::now(); ahead > Nanos{0}) {
      std::this_thread::sleep_for(ahead);
    }
    while (Clock::now() < when) pools::RealSync::relax();
    submit(pool, [when, service, &line, &response = us[i]] {
      const Instant end = Clock::now() + service;
      while (Clock::now() < end) {
      }
      response = std::chrono::duration<double, std::micro>(Clock::now() - when).count();
      line.pass();
    });
  }
  const double elapsed = finish(pool, start, line);
  OpenLoop figures;
  figures.cores = (cpu_seconds() - cpu_before) / elapsed;
  figures.response = percentiles(us);
  return figures;
}

QueueMemory queue_memory(pools::Pool& pool, std::uint64_t tasks) {
  external_submit(pool, 1, 1'000);  // whatever is allocated once
  std::latch release(1);
  std::atomic<std::uint32_t> stuck{0};
  const std::uint32_t workers = pool.snapshot().workers;
  for (std::uint32_t i = 0; i < workers; ++i) {
    submit(pool, [&] {
      stuck.fetch_add(1, std::memory_order_relaxed);
      release.wait();
    });
  }
  const Instant start = Clock::now();
  while (stuck.load(std::memory_order_relaxed) < workers) {
    must(Clock::now() - start < kHangs, "not every worker took a task");
    std::this_thread::yield();
  }
  const double before = resident_bytes();
  for (std::uint64_t i = 0; i < tasks; ++i) submit(pool, [] {});
  const double full = resident_bytes();
  const auto waiting = static_cast<double>(pool.snapshot().ledger.queued);
  release.count_down();
  await_all(pool);
  const double drained = resident_bytes();
  const auto n = static_cast<double>(tasks);
  return {waiting / n, (full - before) / n, std::max(drained - before, 0.0) / n};
}

double idle_cpu_ms(pools::Pool& pool, double seconds) {
  external_submit(pool, 1, 10'000);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // whoever spins has given up
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return (cpu_seconds() - before) * 1e3;
}

}  // namespace bench
