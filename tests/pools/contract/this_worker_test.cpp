// A task can ask which worker of which pool runs it.
#include "pools/this_worker.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "pools/task_group.h"
#include "tests/pools/contract/gate.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::this_worker;
using pools::ThisWorker;

class ThisWorkerOf : public testing::TestWithParam<Subject> {
 protected:
  bool ours() const { return pools::find_dispatch(GetParam().config.dispatch.name) != nullptr; }
};
class IdOf : public testing::TestWithParam<Subject> {};

TEST_P(ThisWorkerOf, IsKnownInsideATaskAndNowhereElse) {
  const auto pool = pools::make_pool(GetParam().config);
  EXPECT_EQ(this_worker().pool, nullptr);
  std::mutex mutex;
  std::vector<ThisWorker> seen;
  const auto look = [&] {
    const std::lock_guard lock(mutex);
    seen.push_back(this_worker());
  };
  for (int i = 0; i < 100; ++i) ASSERT_EQ(pool->submit(look), pools::SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(this_worker().pool, nullptr);
  ASSERT_EQ(seen.size(), 100U);
  for (const ThisWorker& worker : seen) {
    // A full foreign pool may have its submitter run the task, and that is no worker.
    if (!ours() && worker.pool == nullptr) continue;
    EXPECT_EQ(worker.pool, pool.get());
    if (ours()) {
      EXPECT_LT(worker.id, pool->config().max_workers);
    }
  }
}

TEST_P(IdOf, AWorkerIsItsOwn) {
  const auto pool = with_workers(GetParam(), 3);
  std::mutex mutex;
  std::set<pools::WorkerId> ids;
  Gate gate;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(pool->submit([&, wait = gate.blocker()] {
      {
        const std::lock_guard lock(mutex);
        ids.insert(this_worker().id);
      }
      wait();
    }),
              pools::SubmitStatus::Accepted);
  }
  ASSERT_TRUE(gate.await_arrivals(3));
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(ids, (std::set<pools::WorkerId>{0, 1, 2}));
}

TEST_P(IdOf, AWorkerStaysWhileItHelps) {
  const auto pool = with_workers(GetParam(), 1);
  ThisWorker before, inner, after;
  ASSERT_EQ(pool->submit([&] {
    before = this_worker();
    pools::TaskGroup group(*pool);
    EXPECT_EQ(group.run([&] { inner = this_worker(); }), pools::SubmitStatus::Accepted);
    group.wait();
    after = this_worker();
  }),
            pools::SubmitStatus::Accepted);
  expect_quiet(*pool);
  for (const ThisWorker& worker : {before, inner, after}) {
    EXPECT_EQ(worker.pool, pool.get());
    EXPECT_EQ(worker.id, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Pools, ThisWorkerOf, testing::ValuesIn(every_pool()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, IdOf, testing::ValuesIn(that_share(strategies())),
                         subject_name);

}  // namespace
}  // namespace contract
