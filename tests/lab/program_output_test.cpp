// Where the program writes results, and what it never writes over.
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/program.h"

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using tests::Outcome;
using Json = nlohmann::json;

class ProgramOutput : public tests::Program {};

TEST_F(ProgramOutput, NeverWritesOverAScenario) {
  tiny();
  std::filesystem::create_symlink("tiny.json", folder_.path("link.json"));
  for (const char* out : {"tiny.json", "./tiny.json", ".", "link.json"}) {
    for (const char* force : {"", " --force"}) {
      const Outcome outcome = run(std::string("run tiny.json --pools pull --out ") + out + force);
      EXPECT_EQ(outcome.status, 2) << out << force;
      EXPECT_THAT(outcome.err, HasSubstr("that is the scenario tiny.json")) << out;
      EXPECT_THAT(outcome.err, HasSubstr(".result.json")) << "a way out";
      EXPECT_THAT(outcome.out, IsEmpty()) << "nothing was run";
      EXPECT_EQ(folder_.read("tiny.json"), tests::kTiny);
    }
  }
  folder_.write("other.json", tests::kTiny);
  EXPECT_EQ(run("run tiny.json other.json --pools pull --out .").status, 2)
      << "nor over another one of those read";
}

TEST_F(ProgramOutput, ReplacesAnOlderResultOnlyOfTheSameScenarioOrByForce) {
  tiny();
  ASSERT_EQ(run("run tiny.json --pools pull -o r.json").status, 0);
  const Outcome again = run("run tiny.json --pools pull -o r.json");
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr(", in place of that of 20")) << "it says so";

  const std::string kept = folder_.read("r.json");
  const Outcome other = run("run tiny.json --pools push -o r.json");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("--out r.json: holds the result of another run ('tiny', 20"));
  EXPECT_THAT(other.err, HasSubstr("--force"));
  EXPECT_THAT(other.out, IsEmpty());
  EXPECT_EQ(folder_.read("r.json"), kept);
  EXPECT_EQ(run("run tiny.json --pools push -o r.json --force").status, 0);
  EXPECT_EQ(result("r.json").at("trials").at(0).at("pool"), "push");

  folder_.write("notes.txt", "mine");
  const Outcome foreign = run("run tiny.json --pools pull -o notes.txt");
  EXPECT_EQ(foreign.status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("no result"));
  EXPECT_EQ(folder_.read("notes.txt"), "mine");
}

TEST_F(ProgramOutput, FailsBeforeRunningWhereNoFileCanBeMade) {
  tiny();
  const Outcome outcome = run("run tiny.json --out /proc/x.json");
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("cannot create a file beside /proc/x.json"));
  EXPECT_THAT(outcome.out, IsEmpty()) << "a long run must not end in this message";
}

TEST_F(ProgramOutput, KeepsTheOldResultAndLeavesNothingBehindWhenTheDiskIsFull) {
  tiny();
  ASSERT_EQ(run("run tiny.json --pools pull --out r.json").status, 0);
  const std::string kept = folder_.read("r.json");
  // Files of at most 8 blocks of 512 bytes: less than a result, more than a table. What comes is
  // not only a failing write but a signal that ends those who do not expect it.
  const Outcome outcome = shell(
      "bash -c 'ulimit -f 4; exec \"$@\"' bash $POOLLAB run tiny.json --pools pull --out "
      "r.json");
  EXPECT_EQ(outcome.status, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("cannot write r.json: File too large"));
  EXPECT_EQ(folder_.read("r.json"), kept);
  EXPECT_EQ(folder_.files(), 4U) << "tiny.json, r.json, out, err";
}

TEST_F(ProgramOutput, GivesStandardOutputToTheResultAlone) {
  tiny();
  for (const char* out : {"-", "/dev/stdout", "/dev/fd/1"}) {
    const Outcome outcome = run(std::string("run tiny.json --pools pull --out ") + out);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(Json::parse(outcome.out).at("trials").size(), 1U) << out;
    EXPECT_THAT(outcome.err, StartsWith("tiny  1 pool")) << "the table goes where it can be seen";
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path("-")));
}

TEST_F(ProgramOutput, AppendsWhereTheShellAppends) {
  tiny();
  folder_.write("log", "first\n");
  const Outcome outcome = run("run tiny.json --pools pull --quiet --out /dev/stdout >>log");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(folder_.read("log"), StartsWith("first\n{"));
}

TEST_F(ProgramOutput, WritesIntoAPipeAndAFifo) {
  tiny();
  Outcome outcome = shell("$POOLLAB run tiny.json --pools pull --out - 2>/dev/null | cat >piped");
  EXPECT_TRUE(meets_schema("piped")) << outcome.err;
  ASSERT_EQ(::mkfifo(folder_.path("fifo").c_str(), 0600), 0);
  outcome = shell("cat fifo >read & $POOLLAB run tiny.json --pools pull --out fifo && wait");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("tiny  1 pool"));
  EXPECT_TRUE(meets_schema("read"));
  EXPECT_TRUE(std::filesystem::is_fifo(folder_.path("fifo"))) << "not replaced by a file";
  outcome = shell("bash -c '$0 run tiny.json --pools pull --out >(cat >sub); wait $!' $POOLLAB");
  EXPECT_TRUE(meets_schema("sub")) << outcome.err;
}

TEST_F(ProgramOutput, ExitsWith3WhenTheDeviceTakesNothing) {
  tiny();
  const Outcome outcome = run("run tiny.json --pools pull --out /dev/full");
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write /dev/full: No space left on device"));
  EXPECT_EQ(run("run tiny.json --pools pull --out /dev/null").status, 0);
}

}  // namespace
