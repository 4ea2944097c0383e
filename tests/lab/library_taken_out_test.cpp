// What a scenario of the library shows is there because of one policy: without it its gates fail.
#include <string>

#include "tests/lab/program.h"

namespace tests {
namespace {

struct Without {
  const char* name;
  const char* scenario;
  const char* set;  ///< takes the policy out
};

class TakenOut : public Program, public ::testing::WithParamInterface<Without> {
 protected:
  Outcome run_with(const std::string& options) const {
    return run("run " POOLLAB_SOURCE_DIR "/scenarios/library/" + std::string(GetParam().scenario) +
               ".json --quick --quiet --out r.json " + options);
  }
  /// How many gates failed, of those that do not hang on times.
  int failed() const {
    int n = 0;
    for (const auto& verdict : result("r.json").at("verdicts")) {
      const bool timed = verdict.at("text").get<std::string>().find("_us ") != std::string::npos;
      n += verdict.at("verdict") == "fail" && !timed ? 1 : 0;
    }
    return n;
  }
};

TEST_P(TakenOut, FailsWithoutItsPolicyAlone) {
  run_with("");
  EXPECT_EQ(failed(), 0);
  const Outcome out = run_with(GetParam().set);
  EXPECT_NE(out.status, 0) << out.err;
  EXPECT_GT(failed(), 0) << GetParam().set;
}

INSTANTIATE_TEST_SUITE_P(
    Library, TakenOut,
    testing::Values(Without{"nested_wait", "nested-wait",
                            "--set /classes/0/work/wait=sleep --set /run/drain_timeout_s=0.3"},
                    Without{"blocking_calls", "blocking-calls",
                            "--set /classes/0/work/blocking=false"}),
    [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace tests
