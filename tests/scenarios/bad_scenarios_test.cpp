// Golden messages: for every bad/X.json, bad/X.txt holds what the reader says about it.
// POOLLAB_WRITE_GOLDEN=1 writes the .txt files anew, to be reviewed as a diff.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scenarios/json/json_value.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(POOLLAB_SOURCE_DIR) / "tests/scenarios/bad"; }

std::string bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> bad_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

/// A path of this process alone: several builds' tests may run at once.
fs::path temporary_path(const std::string& name) {
  return fs::path(testing::TempDir()) / ("poollab_" + std::to_string(getpid()) + "_" + name);
}

/// What reading the file says, or "" when it is accepted.
std::string complaint(const std::string& path) {
  try {
    read_scenario_file(path);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "";
}

class BadScenario : public testing::TestWithParam<std::string> {};

TEST_P(BadScenario, IsRefusedWithTheGoldenMessage) {
  const fs::path file = folder() / (GetParam() + ".json");
  const fs::path golden = folder() / (GetParam() + ".txt");
  std::string said;
  try {
    read_scenario_text(bytes(file), GetParam() + ".json");
  } catch (const ScenarioError& error) {
    said = error.text + "\n";
  }
  ASSERT_FALSE(said.empty()) << "accepted";
  if (std::getenv("POOLLAB_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << said;
  EXPECT_EQ(said, bytes(golden));
  // Reading from the file itself says the same, only with the path.
  const std::string from_file = complaint(file.string());
  EXPECT_EQ(std::ranges::count(from_file, '\n') + 1, std::ranges::count(said, '\n'));
}

INSTANTIATE_TEST_SUITE_P(Reader, BadScenario, testing::ValuesIn(bad_files()),
                         [](const auto& instance) { return instance.param; });

TEST(ScenarioFile, ThatIsNoFileIsRefusedWithTheReason) {
  const fs::path temporary = temporary_path("no_files");
  fs::remove_all(temporary);
  fs::create_directories(temporary);
  const std::string missing = (temporary / "missing.json").string();
  EXPECT_EQ(complaint(missing),
            missing + ": expected a readable file, got: No such file or directory");
  EXPECT_EQ(complaint(temporary.string()),
            temporary.string() + ": expected a file, got a directory");
  EXPECT_EQ(complaint("/dev/null"), "/dev/null:1:1: expected a JSON value, got an empty text");
  const std::string loop = (temporary / "loop.json").string();
  fs::create_symlink(loop, loop);
  EXPECT_EQ(complaint(loop),
            loop + ": expected a readable file, got: Too many levels of symbolic links");
  const std::string secret = (temporary / "secret.json").string();
  std::ofstream(secret) << "{}";
  fs::permissions(secret, fs::perms::none);
  if (geteuid() != 0) {  // root reads everything
    EXPECT_EQ(complaint(secret), secret + ": expected a readable file, got: Permission denied");
  }
  fs::remove_all(temporary);
}

TEST(ScenarioFile, MayBeAFifo) {
  const std::string fifo = temporary_path("fifo.json").string();
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  std::thread writer([&fifo] { std::ofstream(fifo) << "{\"phases\": [{}],\n\"sed\": 1}"; });
  EXPECT_THAT(complaint(fifo), testing::StartsWith(fifo + ":2:1 /sed: expected a known field"));
  writer.join();
  fs::remove(fifo);
}

/// What a child whose standard input is `text` reads and says.
std::string said_of_standard_input(const std::string& path, const std::string& text) {
  const fs::path in = temporary_path("stdin.json");
  const fs::path out = temporary_path("said");
  std::ofstream(in) << text;
  const pid_t child = fork();
  if (child == 0) {
    const bool opened = freopen(in.c_str(), "r", stdin) != nullptr;
    std::string said;
    try {
      if (opened) said = read_scenario_file(path).name;
    } catch (const ScenarioError& error) {
      said = error.what();
    }
    std::ofstream(out) << said;
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  std::string said = bytes(out);
  fs::remove(in);
  fs::remove(out);
  return said;
}

TEST(ScenarioFile, MayBeStandardInput) {
  EXPECT_EQ(said_of_standard_input("-", R"({"phases": [{}]})"), "scenario");
  EXPECT_EQ(said_of_standard_input("/dev/stdin", R"({"phases": [{}], "name": "n"})"), "n");
  EXPECT_EQ(said_of_standard_input("-", ""),
            "<stdin>:1:1: expected a JSON value, got an empty text");
}

TEST(ScenarioFile, GivesItsNameInTheCharactersThatANameMayHave) {
  const std::string text = R"({"phases": [{}]})";
  for (const auto& [path, name] : {std::pair{"some dir/my \xC3\xA4 file.json", "my----file"},
                                   std::pair{"/dev/fd/63", "scenario"}, std::pair{"", "scenario"},
                                   std::pair{"a.b.json", "a.b"}}) {
    const Scenario scenario = read_scenario_text(text, path);
    EXPECT_EQ(scenario.name, name);
    EXPECT_NO_THROW(read_scenario_text(scenario_to_json(scenario), "again.json"));
  }
}

TEST(ScenarioFile, WithAByteOrderMarkIsReadWithoutIt) {
  EXPECT_EQ(read_scenario_text("\xEF\xBB\xBF{\"phases\": [{}]}", "x").text, "{\"phases\": [{}]}");
}

TEST(ScenarioFile, ThatIsAHugeResultIsCalledOne) {
  const std::string text =
      "{\n  \"schema\": \"poollab.result/1\"," + std::string(kJsonLargest, ' ') + "}";
  try {
    read_scenario_text(text, "r.json");
    FAIL() << "accepted";
  } catch (const ScenarioError& error) {
    EXPECT_THAT(error.text,
                testing::StartsWith("r.json: expected a scenario, got the result of a run"));
  }
}

TEST(ScenarioFile, ThatIsTooLargeIsRefusedUnread) {
  const fs::path large = temporary_path("large.json");
  std::ofstream(large) << "{}";
  fs::resize_file(large, kJsonLargest + 1);
  EXPECT_EQ(complaint(large.string()).substr(large.string().size(), 33),
            ":1:1: expected at most 8388608 by");
  fs::remove(large);
}

/// Threads of 64 kB are what many programs with a thousand of them make.
TEST(ScenarioFile, IsReadOnASmallStack) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr std::size_t kStack = 1U << 20U;  // instrumented code needs several times as much
#else
  constexpr std::size_t kStack = 64U << 10U;
#endif
  std::string name;
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
  pthread_t thread{};
  const auto read = [](void* out) -> void* {
    *static_cast<std::string*>(out) =
        read_scenario_file(POOLLAB_SOURCE_DIR "/scenarios/library/burst.json").name;
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, read, &name), 0);
  EXPECT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
  EXPECT_EQ(name, "burst");
}

}  // namespace
}  // namespace scenarios
