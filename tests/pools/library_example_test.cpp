// The program in pools/README.md is tests/pools/library_example.cpp, letter for letter; that it
// builds and runs is the test LibraryExample.Runs.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace tests {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(std::string(POOLLAB_SOURCE_DIR "/") + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(LibraryExample, IsWhatTheReadmeShows) {
  const std::string example = text_of("tests/pools/library_example.cpp");
  ASSERT_FALSE(example.empty());
  EXPECT_NE(text_of("pools/README.md").find("```cpp\n" + example + "```\n"), std::string::npos);
}

}  // namespace
}  // namespace tests
