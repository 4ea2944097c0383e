// A scenario that shows what a policy is good for must fail when the policy is taken out of it:
// else its gates show nothing. Each is run so, shortened; as it is, library_quick_test runs it.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/lab/program.h"
#include "tests/results/folder.h"

namespace {

using Json = nlohmann::json;

struct Without {
  std::string name;      ///< of the case
  std::string scenario;  ///< of the library
  std::vector<std::string> set;
  std::string gate;  ///< how the text of a gate begins that must not hold any more
};

void PrintTo(const Without& one, std::ostream* out) { *out << one.name; }

const std::vector<Without>& cases() {
  static const std::vector<Without> kCases{
      {"retry_budget", "retry-storm", {"/pools/budget/retry/budget_share=10"}, "retries "},
      {"replacing_lost_workers",
       "stuck-worker",
       {"/pools/watched/spares=0", "/pools/watched/stuck_after_ms=3600000"},
       "lost_workers "},
      {"time_limit", "time-outs", {"/classes/call/timeout_us=3600000000"}, "timed_out "},
  };
  return kCases;
}

class PolicyOut : public ::testing::TestWithParam<Without> {};

TEST_P(PolicyOut, AGateFails) {
  const tests::Folder folder;
  std::string command = "cd " + folder.path() +
                        " && " POOLLAB_PROGRAM " run " POOLLAB_SOURCE_DIR "/scenarios/library/" +
                        GetParam().scenario + ".json --quick --quiet --out r.json";
  for (const std::string& set : GetParam().set) command += " --set '" + set + "'";
  const int raw = std::system((command + " >out 2>err").c_str());
  ASSERT_TRUE(std::ifstream(folder.path("r.json")).good()) << raw << "\n" << folder.read("err");
  const Json result = Json::parse(folder.read("r.json"));
  bool failed = false;
  std::string said;
  for (const Json& verdict : result.at("verdicts")) {
    const auto text = verdict.at("text").get<std::string>();
    const auto what = verdict.at("verdict").get<std::string>();
    said += what + ": " + text + "\n";
    failed = failed || (what == "fail" && text.starts_with(GetParam().gate));
  }
  EXPECT_TRUE(failed) << said;
}

INSTANTIATE_TEST_SUITE_P(Library, PolicyOut, ::testing::ValuesIn(cases()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
