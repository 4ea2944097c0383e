// What a program does with a pool's results and life: futures, groups that are cancelled, a pause,
// calls that block, an orderly end.
#include <pools/blocking.h>
#include <pools/future.h>
#include <pools/make_pool.h>
#include <pools/task_group.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

int fib(pools::Pool& pool, int n) {
  if (n < 2) return n;
  auto left = pool.submit_result([&pool, n] { return fib(pool, n - 1); });
  const int right = fib(pool, n - 2);
  return left.get() + right;  // helps meanwhile
}

/// A search in several places that ends with the first hit.
int searched(pools::Pool& pool) {
  pools::TaskGroup group(pool);
  std::atomic<int> found{-1};
  for (int place = 0; place < 1000; ++place) {
    const auto look = [&, place](const pools::TaskContext& self) {
      if (self.stop.stop_requested()) return;
      if (place != 7) return;
      found = place;
      group.cancel();  // the rest is given back unrun
    };
    if (group.run(look) != pools::SubmitStatus::Accepted) return -1;
  }
  (void)group.wait();
  return found;
}

}  // namespace

int main() {
  pools::PoolConfig config;
  config.dispatch.name = "stealing";
  config.min_workers = 2;
  config.max_workers = 8;  // room for those who stand in for blocked ones
  const auto pool = pools::make_pool(config);

  std::vector<pools::Future<std::string>> parts;
  for (int n = 10; n < 13; ++n) {
    parts.push_back(pool->submit_result([&pool = *pool, n] { return fib(pool, n); })
                        .then([](int value) { return std::to_string(value); }));
  }
  std::string text;
  for (auto& part : pools::when_all(*pool, std::move(parts)).get()) text += part.get() + " ";

  auto broken = pool->submit_result([]() -> int { throw std::runtime_error("no answer"); });
  try {
    broken.get();
  } catch (const std::runtime_error& error) {
    text += error.what();
  }

  // Four calls that block, on two workers: others come for them.
  std::vector<pools::Future<bool>> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(pool->submit_result([] {
      const pools::Blocking wait;
      std::this_thread::sleep_for(1ms);
      return wait.compensated();
    }));
  }
  bool stood_in = false;
  for (auto& call : calls) stood_in = call.get() || stood_in;

  (void)pool->pause();
  auto unwanted = pool->submit_result([] {});
  auto wanted = pool->submit_result([] { return 1; });
  const bool withdrawn = unwanted.cancel();
  (void)pool->resume();
  const int kept = wanted.get();
  if (!pool->wait_idle(5s)) return 1;

  (void)pool->pause();
  for (int i = 0; i < 5; ++i) (void)pool->submit([] {});
  const auto cleared = pool->clear().cancelled;
  for (int i = 0; i < 3; ++i) (void)pool->submit([] {});
  const auto end = pool->shutdown(pools::ShutdownMode::CancelQueued, 5s);

  std::printf("%s; found %d; stood in %d; withdrawn %d, kept %d; cleared %d, given back %d\n",
              text.c_str(), searched(*pools::make_pool(config)), stood_in, withdrawn, kept,
              static_cast<int>(cleared), static_cast<int>(end.cancelled));
  return end.complete ? 0 : 1;
}
