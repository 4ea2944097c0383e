#include "scenarios/cores.h"

#include <gtest/gtest.h>

#include <thread>

namespace scenarios {
namespace {

Cores four() {
  Cores cores;
  for (const int core : {0, 2, 3, 70}) cores.add(core);
  return cores;
}

pools::PoolConfig of(std::uint32_t workers) {
  pools::PoolConfig config;
  config.min_workers = config.max_workers = workers;
  return config;
}

TEST(Arrange, GivesTheGeneratorACoreWhereThePoolLeavesOne) {
  const Arrangement apart = arrange(of(3), "auto", four());
  EXPECT_EQ(apart.generator.count(), 1U);
  EXPECT_TRUE(apart.generator.contains(70));
  EXPECT_EQ(apart.workers.count(), 3U);
  EXPECT_FALSE(apart.workers.contains(70));
}

TEST(Arrange, LeavesItToTheSystemWhereThereIsNoRoom) {
  for (const Arrangement& shared :
       {arrange(of(4), "auto", four()), arrange(of(1), "shared", four()),
        arrange(of(1), "own", four().last()), arrange(of(1), "auto", Cores())}) {
    EXPECT_TRUE(shared.generator.empty());
    EXPECT_TRUE(shared.workers.empty());
  }
}

TEST(Arrange, PartsThemInAnyCaseWhereThatIsAskedFor) {
  EXPECT_EQ(arrange(of(8), "own", four()).workers.count(), 3U);
}

TEST(Arrange, CountsTheThreadsOfAPoolThatMakesOneForEveryTask) {
  pools::PoolConfig config = of(1);
  config.dispatch.settings.set("max_threads", std::int64_t{128});
  EXPECT_TRUE(arrange(config, "auto", four()).generator.empty());
}

TEST(OnCores, BindsTheThreadAndWhatItStartsAndGivesThemBack) {
  const Cores before = Cores::usable();
  ASSERT_FALSE(before.empty());
  {
    const OnCores one(before.last());
    EXPECT_EQ(Cores::usable(), before.last());
    Cores inherited;
    std::thread([&inherited] { inherited = Cores::usable(); }).join();
    EXPECT_EQ(inherited, before.last());
  }
  EXPECT_EQ(Cores::usable(), before);
  const OnCores anywhere{Cores()};
  EXPECT_EQ(Cores::usable(), before);
}

}  // namespace
}  // namespace scenarios
