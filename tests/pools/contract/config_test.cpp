// What make_pool fills in and what it refuses, naming the field.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "pools/usable_cores.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::ConfigError;
using pools::PoolConfig;

/// The refusal of this configuration: the field and the message.
std::string refusal(const std::function<void(PoolConfig&)>& change) {
  PoolConfig config;
  config.min_workers = 2;
  change(config);
  try {
    static_cast<void>(pools::make_pool(config));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

#define EXPECT_MENTIONS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(PoolConfig, IsFilledInWithDefaults) {
  const PoolConfig config = pools::resolved(PoolConfig{});
  EXPECT_EQ(config.id, "pull");
  EXPECT_EQ(config.min_workers, pools::usable_cores());
  EXPECT_EQ(config.max_workers, config.min_workers);
  const auto* row = pools::find_dispatch("pull");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(config.dispatch.settings.given().size(), row->knobs.size());
  EXPECT_GE(pools::usable_cores(), 1U);
}

TEST(PoolConfig, IsKeptByThePool) {
  PoolConfig config;
  config.id = "mine";
  config.min_workers = 1;
  config.queue_capacity = 77;
  const auto pool = pools::make_pool(config);
  EXPECT_EQ(pool->config().id, "mine");
  EXPECT_EQ(pool->config().queue_capacity, 77U);
  EXPECT_EQ(pool->config().max_workers, 1U);
}

TEST(PoolConfig, WithAnUnknownNameIsRefusedNamingTheNearest) {
  const std::string dispatch = refusal([](auto& c) { c.dispatch.name = "stealling"; });
  EXPECT_MENTIONS(dispatch, "/dispatch");
  EXPECT_MENTIONS(dispatch, "\"stealing\"");
  const std::string sizing = refusal([](auto& c) { c.sizing.name = "treshold"; });
  EXPECT_MENTIONS(sizing, "/sizing");
  EXPECT_MENTIONS(sizing, "\"threshold\"");
}

TEST(PoolConfig, WithAKnobThatIsNotIsRefused) {
  const std::string name = refusal([](auto& c) { c.dispatch.settings.set("no_such_knob", true); });
  EXPECT_MENTIONS(name, "/dispatch/no_such_knob");
  const std::string type = refusal([](auto& c) {
    c.dispatch.settings.set(std::string(pools::find_dispatch("pull")->knobs[0].name), 1.5);
  });
  EXPECT_MENTIONS(type, "/dispatch/");
}

TEST(PoolConfig, WithContradictoryWorkersIsRefused) {
  const std::string text = refusal([](auto& c) {
    c.min_workers = 5;
    c.max_workers = 2;
  });
  EXPECT_MENTIONS(text, "workers");
}

TEST(Catalogs, NameEachRowOnceAndDescribeItAndItsKnobs) {
  std::set<std::string_view> names;
  const auto check = [&names](std::string_view name, std::string_view summary,
                              const std::vector<pools::Knob>& knobs) {
    EXPECT_TRUE(names.insert(name).second) << name << " twice";
    EXPECT_FALSE(summary.empty()) << name;
    std::set<std::string_view> knob_names;
    for (const auto& knob : knobs) {
      EXPECT_TRUE(knob_names.insert(knob.name).second) << name << "/" << knob.name << " twice";
      EXPECT_FALSE(knob.help.empty()) << name << "/" << knob.name;
      EXPECT_TRUE(pools::Settings().resolved({knob}, "").given().contains(knob.name));
      if (!knob.choices.empty()) {
        const auto& word = std::get<std::string>(knob.fallback);
        EXPECT_NE(std::count(knob.choices.begin(), knob.choices.end(), word), 0)
            << name << "/" << knob.name << ": the default is no choice";
      }
    }
  };
  for (const auto& row : pools::dispatch_catalog()) check(row.name, row.summary, row.knobs);
  for (const auto& row : pools::peer_catalog()) check(row.name, row.summary, row.knobs);
  for (const auto& row : pools::sizing_catalog()) check(row.name, row.summary, row.knobs);
  for (const auto& row : pools::on_full_catalog()) check(row.name, row.summary, {});
  for (const auto& row : pools::metrics_catalog()) check(row.name, row.summary, {});
  for (const auto* name : {"pull", "push", "stealing", "priority", "batch"}) {
    EXPECT_NE(pools::find_dispatch(name), nullptr) << name;
  }
  EXPECT_NE(pools::find_sizing("fixed"), nullptr);
  EXPECT_EQ(pools::find_dispatch("nothing"), nullptr);
  EXPECT_EQ(pools::find_sizing(""), nullptr);
  EXPECT_EQ(pools::find_peer("nothing"), nullptr);
}

}  // namespace
}  // namespace contract
