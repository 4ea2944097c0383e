// What make_pool fills in and what it refuses, naming the field.
#include <gtest/gtest.h>

#include <algorithm>
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

TEST(PoolConfig, OfWhatBecomesOfTasksIsCheckedAsWell) {
  const auto retry = [](const char* name, const char* knob, pools::KnobValue value) {
    return [=](PoolConfig& config) {
      config.retry.name = name;
      config.retry.settings.set(knob, value);
    };
  };
  EXPECT_MENTIONS(refusal([](PoolConfig& config) { config.retry.name = "again"; }),
                  "/retry/name: expected a retry policy (discard, backoff), got \"again\"");
  EXPECT_MENTIONS(refusal(retry("backoff", "max_attempts", std::int64_t{1})),
                  "/retry/max_attempts: expected an integer from 2 to 100 attempts, got 1");
  EXPECT_MENTIONS(refusal(retry("backoff", "max_ms", 5.0)),
                  "/retry/max_ms: expected base_ms (10) or more, got 5");
  EXPECT_MENTIONS(refusal([](PoolConfig& config) { config.classes.resize(2); }),
                  "/classes: expected a number that divides series (1), got 2");
  EXPECT_MENTIONS(refusal([](PoolConfig& config) {
                    config.classes.resize(1);
                    config.classes[0].timeout = std::chrono::hours(2);
                  }),
                  "/classes/0/timeout_us: expected from 0 (none) to an hour");
  EXPECT_MENTIONS(refusal([](PoolConfig& config) { config.spares = 1; }),
                  "/spares: expected stuck_after_ms beside it");
  EXPECT_MENTIONS(refusal([](PoolConfig& config) {
                    config.stuck_after = std::chrono::seconds(1);
                    config.spares = 5000;
                  }),
                  "/spares: expected at most 1024 workers and spares, got 2 and 5000");
}

TEST(PoolConfig, OfAPeerAsksForNothingThatItDoesNotDo) {
  for (const auto& row : pools::peer_catalog()) {
    const auto with = [&row](auto change) {
      return refusal([&](PoolConfig& config) {
        config.dispatch.name = row.name;
        change(config);
      });
    };
    EXPECT_MENTIONS(with([](PoolConfig& config) { config.retry.name = "backoff"; }),
                    "/retry: expected none");
    EXPECT_MENTIONS(with([](PoolConfig& config) { config.stuck_after = std::chrono::seconds(1); }),
                    "/stuck_after_ms: expected none");
    EXPECT_MENTIONS(with([](PoolConfig& config) {
                      config.classes.resize(1);
                      config.classes[0].timeout = std::chrono::seconds(1);
                    }),
                    "/classes/0/timeout_us: expected none");
  }
}

TEST(PoolConfig, WithAKnobThatWouldDoNothingIsRefusedSayingWhatItNeeds) {
  const auto set = [](const char* dispatch, const char* knob, pools::KnobValue value) {
    return [=](PoolConfig& config) {
      config.dispatch.name = dispatch;
      config.dispatch.settings.set(knob, value);
    };
  };
  EXPECT_EQ(
      refusal(set("batch", "flush_us", 500.0)),
      "/dispatch/flush_us: expected early_flush false beside it, or it does nothing, got true");
  EXPECT_EQ(refusal([&](PoolConfig& config) {
              set("pull", "queue", std::string("locked"))(config);
              set("pull", "ring_capacity", std::int64_t{64})(config);
            }),
            "/dispatch/ring_capacity: expected queue ring beside it, or it does nothing, got "
            "\"locked\"");
  EXPECT_EQ(refusal([&](PoolConfig& config) {
              set("priority", "levels", std::int64_t{1})(config);
              set("priority", "ageing_ms", 5.0)(config);
            }),
            "/dispatch/ageing_ms: expected levels 2 or more beside it, or it does nothing, got 1");
  PoolConfig locked;
  set("pull", "queue", std::string("locked"))(locked);
  EXPECT_NO_THROW(static_cast<void>(pools::resolved(pools::resolved(locked)))) << "defaults given";
  EXPECT_EQ(refusal(set("pull", "ring_capacity", std::int64_t{64})), "accepted");
  EXPECT_EQ(refusal(set("priority", "ageing_ms", 5.0)), "accepted");
}

TEST(PoolConfig, WithABatchThatTheQueueCannotHoldIsRefused) {
  const auto batch = [](std::int64_t size, std::uint64_t capacity, bool early) {
    return [=](PoolConfig& config) {
      config.dispatch.name = "batch";
      config.dispatch.settings.set("size", size);
      config.dispatch.settings.set("early_flush", early);
      config.queue_capacity = capacity;
    };
  };
  EXPECT_MENTIONS(refusal(batch(256, 10, false)),
                  "/dispatch/size: expected at most queue_capacity (10)");
  EXPECT_EQ(refusal(batch(10, 10, false)), "accepted");
  EXPECT_EQ(refusal(batch(256, 10, true)), "accepted") << "takes what there is";
  EXPECT_EQ(refusal(batch(256, 0, false)), "accepted");
}

TEST(Knobs, WithANeedNameAKnobOfTheirRow) {
  const auto check = [](const auto& rows) {
    for (const auto& row : rows) {
      for (const pools::Knob& knob : row.knobs) {
        if (knob.needs.knob.empty()) continue;
        const auto other = std::ranges::find(row.knobs, knob.needs.knob, &pools::Knob::name);
        ASSERT_NE(other, row.knobs.end()) << row.name << "/" << knob.name;
        EXPECT_EQ(other->fallback.index(), knob.needs.value.index())
            << row.name << "/" << knob.name;
      }
    }
  };
  check(pools::dispatch_catalog());
  check(pools::peer_catalog());
  check(pools::sizing_catalog());
}

TEST(Knobs, AreNamedByPartsOfTheirNamesToo) {
  EXPECT_EQ(pools::nearest_name("work_stealing", {"pull", "stealing"}), "stealing");
  EXPECT_EQ(pools::nearest_name("WorkStealing", {"pull", "stealing"}), "stealing");
  EXPECT_EQ(pools::nearest_name("PULL", {"pull", "stealing"}), "pull");
  EXPECT_EQ(pools::nearest_name("idle", {"round_robin", "join_idle"}), "join_idle");
  EXPECT_EQ(pools::nearest_name("stealling", {"pull", "stealing"}), "stealing");
  EXPECT_EQ(pools::nearest_name("op", {"topic"}), "") << "too short to tell";
  EXPECT_EQ(pools::nearest_name("throughput", {"pull", "push"}), "");
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

TEST(PoolConfig, WithANumberNoPoolCouldKeepToIsRefusedNamingTheField) {
  const auto expect_refused = [](std::string_view field, std::string_view got,
                                 const std::function<void(PoolConfig&)>& change) {
    const std::string text = refusal(change);
    EXPECT_EQ(text.find(field), 0U) << text;
    EXPECT_NE(text.find(got), std::string::npos) << text;
  };
  for (const std::uint64_t capacity :
       {pools::kLargestQueue + 1, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    expect_refused("/queue_capacity", std::to_string(capacity),
                   [&](auto& c) { c.queue_capacity = capacity; });
  }
  expect_refused("/series", "0", [](auto& c) { c.series = 0; });
  for (const auto spin : {std::chrono::nanoseconds::max(), std::chrono::nanoseconds::min(),
                          std::chrono::nanoseconds{-1'000}}) {
    expect_refused("/spin_us", "1000000", [&](auto& c) { c.spin = spin; });
  }
  expect_refused("/on_full", "9", [](auto& c) {
    c.queue_capacity = 1;
    c.on_full = static_cast<pools::OnFull>(9);
  });
  expect_refused("/metrics", "7", [](auto& c) { c.metrics = static_cast<pools::MetricsLevel>(7); });
  expect_refused("/workers", "4294967295", [](auto& c) { c.min_workers = c.max_workers = ~0U; });
}

TEST(PoolConfig, WithWhatThePoolWouldIgnoreIsRefused) {
  const std::string rule = refusal([](auto& c) { c.on_full = pools::OnFull::Reject; });
  EXPECT_EQ(rule.find("/on_full"), 0U) << rule;
  for (const pools::PeerRow& row : pools::peer_catalog()) {
    const std::string workers = refusal([&](auto& c) {
      c.dispatch.name = row.name;
      c.max_workers = 4;
    });
    EXPECT_EQ(workers.find("/workers"), 0U) << workers;
  }
}

TEST(PoolConfig, AtItsLimitsIsAccepted) {
  EXPECT_EQ(refusal([](auto& c) {
              c.queue_capacity = pools::kLargestQueue;
              c.series = 1;
              c.spin = pools::kLongestSpin;
            }),
            "accepted");
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
      EXPECT_TRUE(pools::Settings().resolved({&knob, 1}, "").given().contains(knob.name));
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
