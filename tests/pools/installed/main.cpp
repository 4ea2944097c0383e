#include <pools/make_pool.h>
#include <pools/task_group.h>
#include <pools/this_worker.h>

#include <atomic>
#include <cstdio>

int main() {
  pools::PoolConfig config;  // pull, one worker for each core
  const auto pool = pools::make_pool(config);
  std::atomic<int> at_home{0};
  pools::TaskGroup group(*pool);
  for (int i = 0; i < 100; ++i) {
    const auto task = [&] { at_home += pools::this_worker().pool == pool.get() ? 1 : 0; };
    if (group.run(task) != pools::SubmitStatus::Accepted) return 1;
  }
  group.wait();
  std::printf("%d tasks knew their pool\n", at_home.load());
}
