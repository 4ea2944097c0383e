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

namespace bench {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;
using pools::SubmitStatus;

constexpr Nanos kHangs = std::chrono::seconds(60);

double seconds_since(Instant start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void must(bool held, const char* what) {
  if (!held) throw std::runtime_error(what);
}

template <typename F>
void submit(pools::Pool& pool, F&& callable) {
  must(pool.submit(std::forward<F>(callable)) == SubmitStatus::Accepted, "a task was refused");
}

void await_all(pools::Pool& pool) { must(pool.wait_idle(kHangs), "the pool hangs"); }

Percentiles percentiles(std::vector<double>& us) {
  std::sort(us.begin(), us.end());
  const auto at = [&](double q) {
    const auto rank = static_cast<std::size_t>(q * static_cast<double>(us.size()));
    return us[std::min(rank, us.size() - 1)];
  };
  return {at(0.50), at(0.99)};
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

double external_submit(pools::Pool& pool, std::uint32_t producers, std::uint64_t tasks) {
  std::latch ready(static_cast<std::ptrdiff_t>(producers)), go(1);
  std::vector<std::thread> others;
  const auto produce = [&pool](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) submit(pool, [] {});
  };
  const std::uint64_t each = tasks / producers;
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
  for (auto& other : others) other.join();
  await_all(pool);
  return seconds_since(start);
}

namespace {

struct TreeNode {
  pools::Pool* pool;
  std::uint64_t index;
  std::uint64_t tasks;
  void operator()() const {
    for (const std::uint64_t child : {2 * index + 1, 2 * index + 2}) {
      if (child < tasks) submit(*pool, TreeNode{pool, child, tasks});
    }
  }
};

/// A call that waits for its two children without holding a worker: the last
/// one to end goes on.
struct Call {
  explicit Call(Call* of) : parent(of) {}
  Call* const parent;
  std::atomic<int> open{2};
  std::atomic<std::uint64_t> value{0};
};

void complete(Call* call, std::uint64_t value) {
  while (call != nullptr) {
    call->value.fetch_add(value, std::memory_order_relaxed);
    // acq_rel: the last child sees what the other added, and owns the call from
    // here.
    if (call->open.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    value = call->value.load(std::memory_order_relaxed);
    Call* parent = call->parent;
    if (parent != nullptr) delete call;
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
  const Instant start = Clock::now();
  for (std::uint64_t i = 0; i < tasks; ++i) {
    const auto level = static_cast<std::uint8_t>(i % 4);
    must(pool.submit([] {}, {.level = level}) == SubmitStatus::Accepted, "a task was refused");
  }
  await_all(pool);
  return seconds_since(start);
}

double bulk_submit(pools::Pool& pool, std::uint64_t items) {
  constexpr std::size_t kGroup = 1'000;
  const Instant start = Clock::now();
  for (std::uint64_t done = 0; done < items; done += kGroup) {
    // The asm keeps the compiler from removing the loop over a range's items.
    const auto item = [](std::size_t i) { asm volatile("" : : "r"(i)); };
    must(pool.submit_bulk(kGroup, item) == kGroup, "items were refused");
  }
  await_all(pool);
  return seconds_since(start);
}

double spawn_tree(pools::Pool& pool, std::uint64_t tasks) {
  const Instant start = Clock::now();
  submit(pool, TreeNode{&pool, 0, tasks});
  await_all(pool);
  return seconds_since(start);
}

double fork_join(pools::Pool& pool, int n, std::uint64_t& calls) {
  const std::uint64_t fib = fibonacci(n, calls);
  Call root(nullptr);
  root.open.store(1, std::memory_order_relaxed);
  const Instant start = Clock::now();
  submit(pool, Fib{&pool, &root, n});
  await_all(pool);
  const double seconds = seconds_since(start);
  must(root.value.load(std::memory_order_relaxed) == fib, "fib came out wrong");
  return seconds;
}

double task_group_fib(pools::Pool& pool, int n, std::uint64_t& calls) {
  const std::uint64_t fib = fibonacci(n, calls);
  std::uint64_t value = 0;
  const Instant start = Clock::now();
  submit(pool, GroupFib{&pool, &value, n});
  await_all(pool);
  const double seconds = seconds_since(start);
  must(value == fib, "fib came out wrong");
  return seconds;
}

Percentiles wake_latency(pools::Pool& pool, std::uint32_t samples, Nanos rest) {
  std::vector<double> us;
  us.reserve(samples);
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  for (std::uint32_t i = 0; i < samples; ++i) {
    std::this_thread::sleep_for(rest);
    std::atomic<std::int64_t> started{0};
    const Instant submitted = Clock::now();
    submit(pool, [&started] {
      started.store(Clock::now().time_since_epoch().count(), std::memory_order_release);
    });
    await_all(pool);
    const std::int64_t at = started.load(std::memory_order_acquire);
    us.push_back(static_cast<double>(at - submitted.time_since_epoch().count()) * 1e-3);
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
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  const double cpu_before = cpu_seconds();
  const Instant start = Clock::now();
  for (std::size_t i = 0; i < tasks; ++i) {
    const Instant when = start + due[i];
    if (const Nanos ahead = when - kSpin - Clock::now(); ahead > Nanos{0}) {
      std::this_thread::sleep_for(ahead);
    }
    while (Clock::now() < when) pools::RealSync::relax();
    submit(pool, [when, service, &response = us[i]] {
      const Instant end = Clock::now() + service;
      while (Clock::now() < end) {
      }
      response = std::chrono::duration<double, std::micro>(Clock::now() - when).count();
    });
  }
  await_all(pool);
  const double elapsed = seconds_since(start);
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
