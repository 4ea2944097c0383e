// Every scene holds under every strategy, and every seeded bug is found. Compiled twice: the short
// tier, and with MODELS_LONG the long one, with other seeds and deeper bounds.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

#ifdef MODELS_LONG
constexpr Effort kEffort{.depth_first = 30'000'000,
                         .random = 2'000'000,
                         .priorities = 2'000'000,
                         .preemptions = 3,
                         .stale = 3,
                         .seed = 1'000'000'000};
#else
constexpr Effort kEffort{.depth_first = 250'000, .random = 100'000, .priorities = 100'000};
#endif

class Scenes : public testing::TestWithParam<SceneRow> {};
class SeededBugs : public testing::TestWithParam<SceneRow> {};

std::string name_of_case(const testing::TestParamInfo<SceneRow>& row) { return row.param.name; }

TEST_P(Scenes, Holds) {
  Effort effort = kEffort;
  if (const char* seed = std::getenv("MODEL_SEED")) effort.seed = std::stoull(seed);
  const Outcome out = explore(GetParam(), effort);
  EXPECT_FALSE(out.failed) << out.report(GetParam().name);
  std::printf("%s: %llu executions, seed %llu, %.0f/s; depth first to %u preemptions %s\n",
              GetParam().name.c_str(), static_cast<unsigned long long>(out.executions),
              static_cast<unsigned long long>(effort.seed),
              static_cast<double>(out.executions) / out.seconds, effort.preemptions,
              out.complete ? "complete" : "INCOMPLETE");
}

TEST_P(SeededBugs, IsFound) {
  const Outcome out = explore(GetParam(), kEffort);
  EXPECT_TRUE(out.failed);
  std::printf("%s: found by %s after %llu: %s\n", GetParam().name.c_str(), out.found_by.c_str(),
              static_cast<unsigned long long>(out.executions), out.why.c_str());
}

#ifdef MODELS_LONG
INSTANTIATE_TEST_SUITE_P(LongModels, Scenes, testing::ValuesIn(all_scenes()), name_of_case);
INSTANTIATE_TEST_SUITE_P(LongModels, SeededBugs, testing::ValuesIn(broken_scenes()), name_of_case);
#else
INSTANTIATE_TEST_SUITE_P(Models, Scenes, testing::ValuesIn(all_scenes()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Models, SeededBugs, testing::ValuesIn(broken_scenes()), name_of_case);
#endif

}  // namespace
}  // namespace models
