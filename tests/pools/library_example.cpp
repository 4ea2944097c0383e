#include <pools/make_pool.h>
#include <pools/task_group.h>

#include <cstdio>
#include <vector>

int main() {
  pools::PoolConfig config;  // all else as it comes: unbounded, a fixed number of workers
  config.dispatch.name = "stealing";
  config.min_workers = 4;
  const auto pool = pools::make_pool(config);
  if (pool->submit([] { std::puts("hello from outside"); }) != pools::SubmitStatus::Accepted)
    return 1;

  std::vector<int> squares(1000);
  (void)pool->submit_bulk(squares.size(),
                          [&](std::size_t i) { squares[i] = static_cast<int>(i * i); });
  pool->wait_idle(std::chrono::seconds(5));

  pools::TaskGroup group(*pool);
  (void)group.run([&] {  // a task may submit, and wait for, others
    (void)group.run([&] { std::printf("30 x 30 = %d\n", squares[30]); });
  });
  group.wait();
  return pool->shutdown(pools::ShutdownMode::Drain, std::chrono::seconds(5)).complete ? 0 : 1;
}
