// The fuzzer's kept inputs, replayed in every build: with any compiler, under every sanitizer.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/scenario_fuzz.h"

namespace {

namespace fs = std::filesystem;

TEST(ScenarioCorpus, KeepsThePromisesOfTheReader) {
  std::size_t count = 0;
  for (const char* const folder :
       {"tests/fuzz/corpus", "tests/scenarios/bad", "scenarios/library"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(POOLLAB_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::vector<char> bytes(std::istreambuf_iterator<char>(in), {});
      SCOPED_TRACE(entry.path());
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      ++count;
    }
  }
  EXPECT_GE(count, 100U);
}

}  // namespace
