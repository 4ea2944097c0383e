// The foreign pools count what became of each series as ours do.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "pools/catalog.h"
#include "tests/pools/contract/outcomes.h"

namespace tests {
namespace {

class PeerOutcomes : public testing::TestWithParam<std::string> {
 protected:
  static pools::PoolConfig config() {
    constexpr std::uint32_t kWorkers = 2;
    const pools::PeerRow& row = *pools::find_peer(GetParam());
    pools::PoolConfig out;
    out.dispatch.name = row.name;
    for (const pools::Knob& knob : row.knobs) {
      if (knob.name == "max_threads") {
        out.dispatch.settings.set("max_threads", std::int64_t{kWorkers});
      }
    }
    out.min_workers = out.max_workers = kWorkers;
    return out;
  }
};

TEST_P(PeerOutcomes, OfEachSeriesAreExactAtEveryMetricsLevel) {
  for (const auto level :
       {pools::MetricsLevel::Full, pools::MetricsLevel::Sampled, pools::MetricsLevel::Off}) {
    contract::expect_exact_outcomes(config(), level);
  }
}

TEST_P(PeerOutcomes, CancelledTasksAreCountedPerSeriesWithTheirAge) {
  for (const auto level : {pools::MetricsLevel::Full, pools::MetricsLevel::Off}) {
    contract::expect_cancelled_with_their_age(config(), level);
  }
}

std::vector<std::string> peer_names() {
  std::vector<std::string> names;
  for (const pools::PeerRow& row : pools::peer_catalog()) names.emplace_back(row.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Every, PeerOutcomes, testing::ValuesIn(peer_names()),
                         [](const auto& name) { return name.param; });

/// The pool has one place; the submitter would wait for ever if it were lost.
TEST(ThreadPerTask, ATaskThatCouldNotBeHandedOverGivesItsPlaceBack) {
  pools::PoolConfig config;
  config.dispatch.name = "thread_per_task";
  config.queue_capacity = 1;
  config.thread_factory = [](const std::function<void()>&) -> std::thread {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  };
  const auto pool = pools::make_pool(config);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THROW(static_cast<void>(pool->submit([] {})), std::system_error);
  }
  EXPECT_EQ(pool->snapshot().ledger.rejected, 2U);
}

}  // namespace
}  // namespace tests
