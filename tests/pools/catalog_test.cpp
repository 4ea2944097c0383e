// The library by itself knows no foreign pool; a program adds what it likes.
#include "pools/catalog.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "pools/make_pool.h"

namespace pools {
namespace {

std::string refusal(const std::string& dispatch) {
  PoolConfig config;
  config.dispatch.name = dispatch;
  try {
    static_cast<void>(make_pool(config));
  } catch (const ConfigError& error) {
    return error.text;
  }
  return "no refusal";
}

PeerRow twin_of_pull(std::string_view name) {
  return {.name = name,
          .summary = "pull by another name",
          .knobs = {},
          .capabilities = find_dispatch("pull")->capabilities,
          .make = [](const PoolConfig& config) -> std::unique_ptr<Pool> {
            PoolConfig twin = config;
            twin.dispatch = {"pull", {}};
            return make_pool(twin);
          }};
}

TEST(Catalog, KnowsNoPeersButThoseThatTheProgramAdds) {
  EXPECT_TRUE(peer_catalog().empty());
  EXPECT_EQ(find_peer("tbb_task_group"), nullptr);
  EXPECT_EQ(refusal("tbb"),
            "/dispatch/name: expected a dispatch strategy (pull, push, stealing, priority, batch), "
            "got \"tbb\"; this program has no peer pools");

  add_peers({twin_of_pull("twin")}, {{"tbb", "it was not built in"}});
  ASSERT_NE(find_peer("twin"), nullptr);
  PoolConfig config;
  config.dispatch.name = "twin";
  bool ran = false;
  {
    const auto pool = make_pool(config);
    EXPECT_EQ(pool->submit([&ran] { ran = true; }), SubmitStatus::Accepted);
  }
  EXPECT_TRUE(ran);
  EXPECT_EQ(refusal("tbb"),
            "/dispatch/name: expected a dispatch strategy or peer pool of this build, got \"tbb\": "
            "it was not built in");
  EXPECT_EQ(refusal("twine"),
            "/dispatch/name: expected a dispatch strategy or peer pool (pull, push, stealing, "
            "priority, batch, twin), got \"twine\"; did you mean \"twin\"?");
}

}  // namespace
}  // namespace pools
