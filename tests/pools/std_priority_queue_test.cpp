// The baseline for priorities keeps the order that it is compared for.
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "pools/make_pool.h"

namespace tests {
namespace {

TEST(StdPriorityQueue, RunsTheMostUrgentLevelFirstAndEachInOrder) {
  pools::PoolConfig config;
  config.dispatch.name = "std_priority_queue";
  config.min_workers = config.max_workers = 1;
  std::vector<int> ran;  // the one worker's
  const auto pool = pools::make_pool(config);
  std::promise<void> open;
  ASSERT_EQ(pool->submit([opened = open.get_future().share()] { opened.wait(); }),
            pools::SubmitStatus::Accepted);
  for (const int task : {20, 0, 21, 10, 1, 11}) {
    const auto status = pool->submit([&ran, task] { ran.push_back(task); },
                                     {.level = static_cast<std::uint8_t>(task / 10)});
    ASSERT_EQ(status, pools::SubmitStatus::Accepted);
  }
  open.set_value();
  ASSERT_TRUE(pool->wait_idle(std::chrono::seconds(60)));
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 10, 11, 20, 21}));
}

}  // namespace
}  // namespace tests
