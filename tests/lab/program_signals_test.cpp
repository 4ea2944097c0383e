// The program and the signals that end it.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/program.h"

namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

/// A scenario that goes on for ten minutes.
constexpr const char* kLong = R"({
  "schema": "poollab.scenario/1", "name": "long",
  "run": {"warmup_s": 0, "sample_interval_s": 0.02},
  "classes": [{"name": "task", "service": {"dist": "constant", "value_us": 20}}],
  "phases": [{"name": "load", "duration_s": 600,
              "arrival": {"process": "poisson", "rate_per_s": 5000}}],
  "expect": [{"metric": "failed", "op": "==", "value": 0}]})";

/// The same with tasks of a minute, of which one is always running.
constexpr const char* kStuck = R"({
  "schema": "poollab.scenario/1", "name": "stuck",
  "run": {"warmup_s": 0, "drain_timeout_s": 60},
  "classes": [{"name": "t", "work": {"kind": "sleep"},
               "service": {"dist": "constant", "value_us": 60000000}}],
  "phases": [{"name": "p", "duration_s": 600,
              "arrival": {"process": "constant", "rate_per_s": 1000}}],
  "pools": [{"id": "slow", "dispatch": "pull", "workers": 1}]})";

class ProgramSignals : public tests::Program {
 protected:
  enum class Output : std::uint8_t { Kept, Gone };

  /// Starts `poollab run FILE --out r.json` and returns once it serves load.
  pid_t serving(const char* file, Output output = Output::Kept, int ignored = 0) {
    int pipe[2] = {-1, -1};
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      if (ignored != 0) ::signal(ignored, SIG_IGN);
      if (::chdir(folder_.path().c_str()) != 0) ::_exit(99);
      const int out = ::open("out", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
      ::dup2(output == Output::Gone ? pipe[1] : out, STDOUT_FILENO);
      ::close(pipe[0]);
      ::execl(POOLLAB_PROGRAM, POOLLAB_PROGRAM, "run", file, "--out", "r.json",
              static_cast<char*>(nullptr));
      ::_exit(98);
    }
    ::close(pipe[0]);
    ::close(pipe[1]);
    // Main, session, sampler, generator and a worker make five threads.
    const std::string threads = "/proc/" + std::to_string(child) + "/task";
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    std::ptrdiff_t count = 0;
    while (count < 5 && std::chrono::steady_clock::now() < deadline) {
      std::error_code error;
      count = std::distance(std::filesystem::directory_iterator(threads, error), {});
      std::this_thread::yield();
    }
    EXPECT_GE(count, 5) << "it does not serve";
    return child;
  }

  static int ended(pid_t child) {
    int raw = 0;
    EXPECT_EQ(::waitpid(child, &raw, 0), child);
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 1000 + WTERMSIG(raw);
  }
};

TEST_F(ProgramSignals, WriteWhatWasMeasuredAndMarkTheRow) {
  folder_.write("long.json", kLong);
  for (const auto& [signal, status] :
       {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}, std::pair{SIGHUP, 129}}) {
    const pid_t child = serving("long.json");
    ASSERT_EQ(::kill(child, signal), 0);
    EXPECT_EQ(ended(child), status);
    EXPECT_TRUE(meets_schema("r.json"));
    const Json json = result("r.json");
    EXPECT_EQ(json.at("interrupted"), true);
    EXPECT_EQ(json.at("trials").at(0).at("interrupted"), true);
    EXPECT_EQ(json.at("trials").at(0).at("closes"), true);
    const std::string first = json.at("trials").at(0).at("pool");
    EXPECT_THAT(folder_.read("out"), HasSubstr("  " + first + " !"));
    EXPECT_THAT(folder_.read("out"), HasSubstr("! " + first + ": interrupted after "));
    std::filesystem::remove(folder_.path("r.json"));
  }
}

TEST_F(ProgramSignals, DoNotWaitForALongTaskAndDoNotCallItAHang) {
  folder_.write("stuck.json", kStuck);
  const pid_t child = serving("stuck.json");
  ASSERT_EQ(::kill(child, SIGINT), 0);
  EXPECT_EQ(ended(child), 130);
  EXPECT_TRUE(meets_schema("r.json"));
  const Json json = result("r.json");
  EXPECT_EQ(json.at("interrupted"), true);
  EXPECT_EQ(json.at("trials").at(0).at("interrupted"), true);
  EXPECT_EQ(json.at("trials").at(0).at("sound"), true);
  EXPECT_EQ(json.at("trials").at(0).at("closes"), true);
  EXPECT_THAT(folder_.read("out"), HasSubstr("  slow !"));
}

TEST_F(ProgramSignals, EndItAtOnceWhenTheyComeTwice) {
  folder_.write("stuck.json", kStuck);
  const pid_t child = serving("stuck.json");
  // Both are there when it goes on, so that none of this is a matter of time.
  ASSERT_EQ(::kill(child, SIGSTOP), 0);
  ASSERT_EQ(::kill(child, SIGINT), 0);
  ASSERT_EQ(::kill(child, SIGTERM), 0);
  ASSERT_EQ(::kill(child, SIGCONT), 0);
  EXPECT_THAT(ended(child), ::testing::AnyOf(130, 143)) << "whichever came second";
  EXPECT_FALSE(std::filesystem::exists(folder_.path("r.json"))) << "nothing more was done";
}

TEST_F(ProgramSignals, OfATerminalThatIsGoneStillLeaveTheResult) {
  folder_.write("long.json", kLong);
  const pid_t child = serving("long.json", Output::Gone);
  ASSERT_EQ(::kill(child, SIGHUP), 0);
  EXPECT_EQ(ended(child), 129) << "not 3, though there is nothing left to print to";
  EXPECT_EQ(result("r.json").at("interrupted"), true);
}

TEST_F(ProgramSignals, StayIgnoredUnderNohup) {
  folder_.write("long.json", kLong);
  const pid_t child = serving("long.json", Output::Kept, SIGHUP);
  ASSERT_EQ(::kill(child, SIGHUP), 0);
  ASSERT_EQ(::kill(child, SIGTERM), 0);
  EXPECT_EQ(ended(child), 143);
  EXPECT_EQ(result("r.json").at("interrupted"), true) << "the SIGTERM was its first signal";
}

}  // namespace
