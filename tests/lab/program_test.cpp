// The program from outside: exit statuses, what it prints, what it writes.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/program.h"

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

using tests::Outcome;
using tests::Program;

TEST_F(Program, RunsAScenarioAndWritesAResultThatMeetsItsSchema) {
  tiny();
  const Outcome outcome = run("run tiny.json --out r.json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, IsEmpty()) << "no progress where nobody watches";
  EXPECT_THAT(outcome.out, StartsWith("tiny  5 pools"));
  EXPECT_THAT(outcome.out, HasSubstr("tasks accounted for\n"));
  EXPECT_THAT(outcome.out, HasSubstr("result  r.json"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b"))) << "plain when piped";
  EXPECT_TRUE(meets_schema("r.json"));
  const Json json = result("r.json");
  EXPECT_EQ(json.at("interrupted"), false);
  ASSERT_EQ(json.at("trials").size(), 5U);
  for (const Json& trial : json.at("trials")) {
    EXPECT_EQ(trial.at("closes"), true) << trial.at("pool");
    EXPECT_EQ(trial.at("ledger").at("completed"), trial.at("ledger").at("submitted"));
    EXPECT_FALSE(trial.at("series").at("t_s").empty());
  }
  EXPECT_EQ(json.at("verdicts").size(), 10U);
}

TEST_F(Program, ServesTheSameTimetableForTheSameSeed) {
  tiny();
  ASSERT_EQ(run("run tiny.json --pools pull --out a.json").status, 0);
  ASSERT_EQ(run("run tiny.json --pools pull --out b.json").status, 0);
  const Json a = result("a.json");
  const Json b = result("b.json");
  EXPECT_EQ(a.at("scenario_hash"), b.at("scenario_hash"));
  EXPECT_EQ(a.at("trials").at(0).at("ledger").at("submitted"),
            b.at("trials").at(0).at("ledger").at("submitted"));
  EXPECT_NE(a.at("run_id"), b.at("run_id"));
}

TEST_F(Program, ExitsWith1WhenAGateFails) {
  tiny(R"("rejected", "op": "==", "value": 0)", R"("submitted", "op": "<", "value": 1)");
  const Outcome outcome = run("run tiny.json --pools pull,push");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("FAIL  submitted < 1"));
  const Outcome quiet = run("run tiny.json --pools pull --quiet");
  EXPECT_EQ(quiet.status, 1);
  EXPECT_THAT(quiet.out, IsEmpty());
  EXPECT_THAT(quiet.err, HasSubstr("tiny: pull: fail: submitted count < 1: "));
}

TEST_F(Program, ExitsWith5WhenAGateCannotBeDecided) {
  tiny(R"("rejected", "op": "==", "value": 0)",
       R"("response_us", "stat": "p99.9", "op": "<", "value": 1e9)");
  const Outcome outcome = run("run tiny.json --pools pull");
  EXPECT_EQ(outcome.status, 5) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("open  response p99.9"));
}

TEST_F(Program, ExitsWith2AndRunsNothingOnABadScenario) {
  tiny(R"("duration_s": 0.2)", R"("duration": 0.2)");
  const Outcome outcome = run("run tiny.json --out r.json");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("tiny.json:5:"));
  EXPECT_THAT(outcome.err, HasSubstr("duration_s"));
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path("r.json")));
  EXPECT_EQ(run("validate tiny.json").status, 2);
}

TEST_F(Program, ExitsWith2AndNamesTheNearestOnBadUsage) {
  tiny();
  const std::pair<const char*, const char*> cases[] = {
      {"rnu tiny.json", "did you mean 'run'?"},
      {"run tiny.json --pools steeling", "did you mean 'stealing'?"},
      {"run brust", "did you mean 'burst'?"},
      {"run tiny.json --quik", "did you mean '--quick'?"},
      {"run tiny.json --sede=3", "did you mean '--seed'?"},
      {"run tiny.json --pool pull", "did you mean '--pools'?"},
      {"burst", "did you mean 'poollab run burst'?"},
      {"tiny.json --quick", "did you mean 'poollab run tiny.json'?"},
      {"run tiny.json --seed x", "/seed"},
      {"run tiny.json --rate 0", "--rate"},
      {"run tiny.json --rate 1e12", "tiny.json with --rate"},
      {"run tiny.json --set /sede=3", "did you mean \"seed\"?"},
      {"run tiny.json --set seed=3", "--set seed=3: expected /json/pointer=value"},
      {"run tiny.json tiny.json --out r.json", "must be an existing folder"},
      {"list strategy", "strategies"},
      {"run", "FILE"},
      {"gui --size huge", "poollab"},
  };
  for (const auto& [args, message] : cases) {
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.status, 2) << args;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << args;
    EXPECT_THAT(outcome.out, IsEmpty()) << args;
  }
}

TEST_F(Program, ExitsWith3BeforeRunningWhenTheResultCannotBeWritten) {
  tiny();
  const Outcome outcome = run("run tiny.json --out none/r.json");
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write none/r.json: No such file or directory"));
  EXPECT_THAT(outcome.out, IsEmpty()) << "a long run must not end in this message";
}

TEST_F(Program, ExitsWith3WhenNobodyReadsItsOutput) {
  EXPECT_EQ(run("list >/dev/full").status, 3);
  EXPECT_EQ(run("list >&-").status, 3);
  tiny();
  const Outcome outcome = run("run tiny.json --pools pull --out r.json >&-");
  EXPECT_EQ(outcome.status, 3);
  EXPECT_TRUE(meets_schema("r.json")) << "the result is written all the same";
}

TEST_F(Program, ExitsWith4AndDescribesThePoolThatHangs) {
  // One task that sleeps for an hour outlasts every limit.
  folder_.write("hang.json", R"({
    "schema": "poollab.scenario/1", "name": "hang",
    "run": {"warmup_s": 0, "drain_timeout_s": 0.1},
    "classes": [{"name": "t", "work": {"kind": "sleep"},
                 "service": {"dist": "constant", "value_us": 60000000}}],
    "phases": [{"name": "p", "duration_s": 0.1,
                "arrival": {"process": "constant", "rate_per_s": 100}}],
    "pools": [{"id": "stuck", "dispatch": "pull", "workers": 1}]})");
  const Outcome outcome = run("run hang.json --out r.json");
  EXPECT_EQ(outcome.status, 4) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("pool 'stuck' hangs"));
  EXPECT_THAT(outcome.err, HasSubstr("worker 0: busy"));
  EXPECT_TRUE(meets_schema("r.json"));
  EXPECT_EQ(result("r.json").at("trials").at(0).at("sound"), false);
}

TEST_F(Program, NamesTheLimitThatLeavesNoThread) {
  tiny(R"("expect")", R"("pools": [{"id": "all", "dispatch": "pull", "workers": 64}], "expect")");
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  // The limit does not bind root, and another user cannot reach a build below a closed folder, such
  // as root's home: there, and only there, this is not tried. One thread is the program's first;
  // ten are less than the pool's.
  const std::string nobody =
      ::geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  if (shell(nobody + "$POOLLAB --version").status != 0) GTEST_SKIP() << "no other user may run it";
  for (const char* threads : {"1", "10"}) {
    // AddressSanitizer looks for leaks on a thread of its own, for which there is none.
    const Outcome outcome =
        shell("ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 " + nobody + "bash -c 'ulimit -u " +
              threads + "; exec \"$@\"' bash $POOLLAB run tiny.json");
    EXPECT_EQ(outcome.status, 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("Resource temporarily unavailable; "));
    EXPECT_THAT(outcome.err, HasSubstr(std::string("ulimit -u (RLIMIT_NPROC) allows the user ") +
                                       threads + " threads"));
  }
}

TEST_F(Program, QuickKeepsTheLoadAndShortensTheTime) {
  tiny(R"("duration_s": 0.2)", R"("duration_s": 600)");
  const Outcome outcome = run("run tiny.json --pools pull --quick --out r.json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json phase = result("r.json").at("scenario").at("phases").at(0);
  EXPECT_LT(phase.at("duration_s"), 10);
  EXPECT_EQ(phase.at("arrival").at("rate_per_s"), 5000);
}

TEST_F(Program, SetChangesTheScenarioThatIsRunAndRecorded) {
  tiny();
  const Outcome outcome =
      run("run tiny.json --pools pull --set /seed=99 "
          "--set /phases/0/arrival/rate_per_s=1000 --out r.json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json scenario = result("r.json").at("scenario");
  EXPECT_EQ(scenario.at("seed"), 99);
  EXPECT_EQ(scenario.at("phases").at(0).at("arrival").at("rate_per_s"), 1000);
  EXPECT_EQ(scenario.at("pools").size(), 1U);
}

TEST_F(Program, TakesAScenarioFromAPipe) {
  tiny();
  EXPECT_EQ(run("validate - <tiny.json").status, 0);
  EXPECT_EQ(run("validate /dev/stdin <tiny.json").status, 0);
  const auto fed = [this](const char* by, const char* args) {
    return run(args, "bash -c '" + std::string(by) + "' bash");
  };
  EXPECT_EQ(fed(R"(cat tiny.json | "$@")", "run - --pools pull --quiet").status, 0);
  EXPECT_EQ(fed(R"("$@" <(cat tiny.json))", "validate").status, 0);
  EXPECT_EQ(fed(R"(echo {} | "$@")", "validate -").err,
            "<stdin>:1:1 /phases: expected a list of phases, got nothing\n");
}

TEST_F(Program, SaysThatAResultIsNoScenario) {
  tiny();
  ASSERT_EQ(run("run tiny.json --pools pull --quiet --out r.json").status, 0);
  const Outcome outcome = run("run r.json");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, StartsWith("r.json: expected a scenario, got the result of a run;"));
  EXPECT_EQ(run("validate -", R"(bash -c 'jq .scenario r.json | "$@"' bash)").status, 0);
}

TEST_F(Program, ReplacesTheResultOfTheSameRunWhicheverBuildWroteIt) {
  tiny();
  ASSERT_EQ(run("run tiny.json --pools pull --quiet --out r.json").status, 0);
  Json other = result("r.json");
  other["repetition"] = 2;
  other["scenario"]["pools"][0]["dispatch"] = {{"name", "crossbeam"}, {"lanes", 3}};
  other["trials"][0]["config"]["dispatch"] = {{"name", "crossbeam"}, {"lanes", 3}};
  folder_.write("r.json", other.dump());
  const Outcome again = run("run tiny.json --pools pull --out r.json");
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("in place of that of"));
}

TEST_F(Program, TakesSeedRateAndDurationFromTheCommandLine) {
  tiny();
  const Outcome outcome =
      run("run tiny.json --pools pull --seed 99 --rate 1000 --duration 0.1 -o r.json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json scenario = result("r.json").at("scenario");
  EXPECT_EQ(scenario.at("seed"), 99);
  EXPECT_EQ(scenario.at("phases").at(0).at("arrival").at("rate_per_s"), 1000);
  EXPECT_EQ(scenario.at("phases").at(0).at("duration_s"), 0.1);
}

TEST_F(Program, FitsTheColumnsThatAPipesUserAsksFor) {
  tiny();
  const auto widest = [](const std::string& text) {
    std::size_t most = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
    return most;
  };
  EXPECT_GT(widest(run("run tiny.json --pools pull").out), 60U);
  EXPECT_LE(widest(run("run tiny.json --pools pull", "COLUMNS=60").out), 60U);
}

TEST_F(Program, WritesOneResultPerScenarioIntoAFolder) {
  tiny();
  std::filesystem::create_directory(folder_.path("results"));
  const Outcome outcome = run("run tiny.json tiny.json --pools pull --out results");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(meets_schema("results/tiny.json"));
  EXPECT_TRUE(meets_schema("results/tiny-2.json"));
}

TEST_F(Program, ListsEveryCatalogForPeopleAndPrograms) {
  const Outcome text = run("list");
  EXPECT_EQ(text.status, 0);
  for (const char* word : {"strategies", "stealing", "sizing", "threshold", "poisson", "lognormal",
                           "response_us", "burst", "ring | locked"}) {
    EXPECT_THAT(text.out, HasSubstr(word));
  }
  const Outcome json = run("list --json");
  EXPECT_EQ(json.status, 0);
  const Json lists = Json::parse(json.out);
  EXPECT_GE(lists.at("strategies").size(), 5U);
  EXPECT_GE(lists.at("scenarios").size(), 8U);
  for (const auto& [kind, rows] : lists.items()) {
    for (const Json& row : rows) EXPECT_FALSE(row.at("summary").get<std::string>().empty()) << kind;
  }
  EXPECT_EQ(Json::parse(run("list sizing --json").out).size(), 1U);
}

TEST_F(Program, ValidatesItsWholeLibrary) {
  const Outcome outcome = run("validate " POOLLAB_SOURCE_DIR "/scenarios/library/*.json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_F(Program, HelpsEverywhere) {
  for (const char* args :
       {"--help", "run --help", "list --help", "validate --help", "doctor --help", "gui --help"}) {
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.status, 0) << args;
    EXPECT_THAT(outcome.out, HasSubstr("Examples:")) << args;
    EXPECT_THAT(outcome.err, IsEmpty()) << args;
  }
  EXPECT_THAT(run("--version").out, StartsWith("poollab "));
  const Outcome bare = run("");
  EXPECT_EQ(bare.status, 0);
  EXPECT_THAT(bare.out, HasSubstr("Commands:")) << "no command and no display: the help";
}

}  // namespace
