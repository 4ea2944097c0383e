// A pool's threads can be told apart in `top -H` and in a debugger.
#include "pools/thread_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "pools/make_pool.h"
#include "pools/task_group.h"
#include "pools/this_worker.h"
#include "tests/pools/contract/gate.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

std::string name_in(const std::filesystem::path& task) {
  std::ifstream in(task / "comm");
  std::string name;
  std::getline(in, name);
  return name;
}

/// Of all threads of this process; one that ends meanwhile has none.
std::vector<std::string> thread_names() {
  std::vector<std::string> names;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", gone)) {
    names.push_back(name_in(task.path()));
  }
  return names;
}

TEST(ThreadName, IsCutToWhatTheSystemKeeps) {
  std::thread([] {
    pools::name_this_thread("a-name-that-is-too-long");
    EXPECT_EQ(name_in("/proc/thread-self"), "a-name-that-is-");
    pools::name_this_thread("pl-work", 1023);
    EXPECT_EQ(name_in("/proc/thread-self"), "pl-work-1023");
  }).join();
}

TEST(ThreadName, SaysWhichWorkerAndWhichThreadSizes) {
  pools::PoolConfig config;
  config.min_workers = 3;
  config.max_workers = 4;
  config.sizing.name = "threshold";
  const auto pool = pools::make_pool(config);
  ASSERT_EQ(pool->submit([] {
    EXPECT_EQ(name_in("/proc/thread-self"), "pl-work-" + std::to_string(pools::this_worker().id));
    // The others may be about to start.
    for (const char* const name : {"pl-work-0", "pl-work-1", "pl-work-2", "pl-size"}) {
      EXPECT_TRUE(eventually([name] {
        const std::vector<std::string> names = thread_names();
        return std::find(names.begin(), names.end(), name) != names.end();
      })) << name;
    }
  }),
            pools::SubmitStatus::Accepted);
  expect_quiet(*pool);
}

TEST(ThreadName, OfTheThreadThatStandsInForAWorkerIsTheWorkers) {
  pools::PoolConfig config;
  config.min_workers = 1;
  const auto pool = pools::make_pool(config);
  std::string first, stand_in;
  // Each task waits for the next, until the worker's stack is spent and another thread goes on.
  std::function<void(std::thread::id)> chain = [&](std::thread::id worker) {
    if (std::this_thread::get_id() != worker) {
      stand_in = name_in("/proc/thread-self");
      return;
    }
    pools::TaskGroup group(*pool);
    EXPECT_EQ(group.run([&chain, worker] { chain(worker); }), pools::SubmitStatus::Accepted);
    group.wait();
  };
  ASSERT_EQ(pool->submit([&] {
    first = name_in("/proc/thread-self");
    chain(std::this_thread::get_id());
  }),
            pools::SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(first, "pl-work-0");
  EXPECT_EQ(stand_in, "pl-work-0");
}

}  // namespace
}  // namespace contract
