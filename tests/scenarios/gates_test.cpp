// Which figure may be asked of which pool: the whole table of metrics and catalog rows. A gate on
// what a pool does not have is met for ever, so the reader must refuse it and say why.
#include "scenarios/gates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "pools/catalog.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

using ::testing::HasSubstr;

using Names = std::set<std::string>;

struct Subject {
  std::string name;
  std::string pool;  ///< as in the file
  bool foreign = false;
};

/// Every catalog row as it comes, and the settings that give or take an ability.
const std::vector<Subject>& subjects() {
  static const std::vector<Subject> kSubjects = [] {
    std::vector<Subject> list;
    const auto add_row = [&list](std::string_view name, bool foreign) {
      const std::string text(name);
      list.push_back({text, R"("dispatch": ")" + text + R"(", "workers": 2)", foreign});
    };
    for (const auto& row : pools::dispatch_catalog()) add_row(row.name, false);
    for (const auto& row : pools::peer_catalog()) add_row(row.name, true);
    list.push_back(
        {"push that steals", R"("dispatch": {"name": "push", "steal": true}, "workers": 2)"});
    list.push_back({"one thief", R"("dispatch": "stealing", "workers": 1)"});
    list.push_back(
        {"no ageing", R"("dispatch": {"name": "priority", "ageing_ms": 0}, "workers": 2)"});
    list.push_back({"grows", R"("dispatch": "pull", "workers": {"min": 1, "max": 4},
                                "sizing": "threshold")"});
    list.push_back({"retries", R"("dispatch": "pull", "workers": 2, "retry": "backoff")"});
    list.push_back({"watches", R"("dispatch": "pull", "workers": 2, "stuck_after_ms": 100)"});
    list.push_back({"untimed", R"("dispatch": "pull", "workers": 2, "metrics": "off")"});
    list.push_back({"untimed peer", R"("dispatch": "thread_per_task", "metrics": "off")", true});
    return list;
  }();
  return kSubjects;
}

Names all() {
  Names names;
  for (const Subject& subject : subjects()) names.insert(subject.name);
  return names;
}

Names all_but(const Names& without) {
  Names names;
  for (const std::string& name : all()) {
    if (!without.contains(name)) names.insert(name);
  }
  return names;
}

Names ours() {
  Names names;
  for (const Subject& subject : subjects()) {
    if (!subject.foreign) names.insert(subject.name);
  }
  return names;
}

/// Who has the figure. A new metric is to be added here: who can make it move?
std::map<std::string, Names> owners() {
  const Names timed = all_but({"untimed", "untimed peer"});
  const Names thieves{"stealing", "push that steals"};
  Names claimants = ours();
  for (const char* const name : {"push", "one thief"}) claimants.erase(name);
  return {{"response_us", timed},
          {"queue_wait_us", timed},
          {"service_us", timed},
          {"generator_lag_us", all()},
          {"throughput_per_s", all()},
          {"goodput_per_s", all()},
          {"offered_per_s", all()},
          {"utilisation", all_but({"untimed peer"})},
          {"cpu_s", all()},
          {"workers", all()},
          {"queue_depth", all()},
          {"submitted", all()},
          {"rejected", all()},
          {"completed", all()},
          {"failed", all()},
          {"cancelled", all()},
          {"timed_out", {}},  // whose class has a limit, see TimeLimitsAreTheClasses
          {"retries", {"retries"}},
          {"recovered", {"retries"}},
          {"retries_denied", {"retries"}},
          {"overrun_ms", {}},
          {"lost_workers", {"watches"}},
          {"steals", thieves},
          {"steal_attempts", thieves},
          {"steal_hits", thieves},
          {"wakes", ours()},
          {"scale_up", {"grows"}},
          {"scale_down", {"grows"}},
          {"starvation_rescues", {"priority"}},
          {"batches", {"batch"}},
          {"partial_batches", {"batch"}},
          {"mean_batch_size", {"batch"}},
          {"claims", claimants}};
}

/// What the reader says about a gate on `metric` of pool p; "" when it accepts it.
std::string complaint(const std::string& pool, const std::string& metric,
                      const std::string& bound = R"("op": "<", "value": 1)") {
  try {
    read_scenario_text(R"({"phases": [{}], "pools": [{"id": "p", )" + pool +
                           R"(}], "expect": [{"metric": ")" + metric + R"(", )" + bound + "}]}",
                       "gate.json");
  } catch (const ScenarioError& error) {
    return error.text;
  }
  return "";
}

TEST(Gates, AskOnlyForWhatAPoolHas) {
  const auto table = owners();
  for (const GateMetric& metric : gate_metrics()) {
    const std::string name(metric.name);
    if (name == kCapacityMetric) continue;  // of a search: tests/scenarios/bad has it
    ASSERT_TRUE(table.contains(name)) << "who has " << name << "?";
    for (const Subject& subject : subjects()) {
      const std::string said = complaint(subject.pool, name);
      if (table.at(name).contains(subject.name)) {
        EXPECT_EQ(said, "") << name << " of " << subject.name;
      } else {
        EXPECT_THAT(said, HasSubstr("/expect/0/metric: expected a figure that can change in every "
                                    "pool asked, got \"" +
                                    name + "\" of pool \"p\": "))
            << name << " of " << subject.name;
      }
    }
  }
}

TEST(Gates, SayWhatThePoolLacks) {
  const auto why = [](const char* pool, const char* metric) {
    const std::string said = complaint(pool, metric);
    return said.substr(said.rfind(": ") + 2);
  };
  EXPECT_EQ(why(R"("dispatch": "pull")", "steals"), "its workers take no tasks from one another");
  EXPECT_EQ(why(R"("dispatch": "push")", "steals"), "its workers take no tasks from one another");
  EXPECT_EQ(why(R"("dispatch": "stealing", "workers": 1)", "steals"), "it has one worker");
  EXPECT_EQ(why(R"("dispatch": "push", "workers": 2)", "claims"),
            "its workers take no tasks from one another");
  EXPECT_EQ(why(R"("dispatch": "pull")", "scale_up"),
            "with sizing \"fixed\" its workers never change");
  EXPECT_EQ(why(R"("dispatch": "pull", "metrics": "off")", "response_us"),
            "with metrics \"off\" it times no task");
}

TEST(Gates, TimeLimitsAreTheClasses) {
  for (const char* const metric : {"timed_out", "overrun_ms"}) {
    const std::string text =
        R"({"phases": [{}], "classes": [{"timeout_us": 100}], "pools": ["pull"],
                                 "expect": [{"metric": ")" +
        std::string(metric) + R"(", "op": ">", "value": 0}]})";
    EXPECT_NO_THROW(read_scenario_text(text, "gate.json")) << metric;
  }
  EXPECT_NO_THROW(read_scenario_text(
      R"({"phases": [{}], "classes": [{"retry": "backoff"}], "pools": ["pull"],
          "expect": [{"metric": "recovered", "op": ">", "value": 0}]})",
      "gate.json"));
}

TEST(Gates, KnowWhatNothingCountsYet) {
  for (const char* const key : {"expired", "shed", "evicted"}) {
    EXPECT_EQ(find_gate_metric(key), nullptr);
    EXPECT_THAT(
        complaint(R"("dispatch": "pull")", key),
        HasSubstr(std::string("/expect/0/metric: expected a figure that can change, got \"") + key +
                  "\": nothing in this build does that to a task"));
  }
  for (const char* const key : {"queued", "running", "backing_off"}) {
    EXPECT_THAT(complaint(R"("dispatch": "pull")", key), HasSubstr("counts as \"cancelled\""));
  }
  EXPECT_EQ(why_constant("cancelled"), "");
}

TEST(Gates, HaveABoundThatCanBeMissed) {
  const std::string pool = R"("dispatch": "pull")";
  const std::pair<const char*, const char*> bad[] = {{"completed", R"("op": ">=", "value": 0)"},
                                                     {"response_us", R"("op": ">", "value": -1)"},
                                                     {"utilisation", R"("op": "<=", "value": 1)"},
                                                     {"utilisation", R"("op": "<", "value": 1.5)"}};
  for (const auto& [metric, bound] : bad) {
    EXPECT_THAT(complaint(pool, metric, bound),
                HasSubstr("/expect/0/value: expected a bound that can be missed"))
        << metric << " " << bound;
  }
  const std::pair<const char*, const char*> good[] = {{"completed", R"("op": ">", "value": 0)"},
                                                      {"failed", R"("op": "<=", "value": 0)"},
                                                      {"utilisation", R"("op": "<", "value": 1)"}};
  for (const auto& [metric, bound] : good) EXPECT_EQ(complaint(pool, metric, bound), "");
}

TEST(Gates, OfARatioAreAskedOfItsTwoPoolsOnly) {
  const auto said = [](const std::string& compare) -> std::string {
    try {
      read_scenario_text(
          R"({"phases": [{}], "pools": [{"id": "a", "dispatch": "stealing", "workers": 2},
        {"id": "b", "dispatch": {"name": "stealing", "steal": "one"}, "workers": 2},
        {"id": "c", "dispatch": "pull"}],
        "expect": [{"metric": "steals", "op": "<", "value": 2, "compare": ")" +
              compare + R"("}]})",
          "ratio.json");
    } catch (const ScenarioError& error) {
      return error.text;
    }
    return "";
  };
  EXPECT_EQ(said("a/b"), "");
  EXPECT_THAT(said("a/c"), HasSubstr("of pool \"c\""));
}

}  // namespace
}  // namespace scenarios
