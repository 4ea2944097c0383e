// The scenes' own test: every atomic operation of the shipping code is weakened in turn - each
// memory order by one step and to relaxed - or left out, or split in two, and some scene must fail.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tests/models/scenes/catalog.h"
#include "tests/models/survivors.h"

namespace models {
namespace {

std::string line_of(const std::string& path, std::uint32_t line) {
  std::ifstream in(std::string(POOLLAB_SOURCE_DIR "/") + path);
  std::string text;
  for (std::uint32_t i = 0; i < line && std::getline(in, text); ++i) {
  }
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin);
}

/// Which scenes perform which operation of which shipping file.
using Sites = std::map<Site, std::vector<const SceneRow*>>;

const std::vector<SceneRow>& scenes() {
  static const std::vector<SceneRow> kScenes = all_scenes();
  return kScenes;
}

const Sites& sites() {
  static const Sites kSites = [] {
    Sites out;
    for (const SceneRow& row : scenes()) {
      std::set<Site> seen;
      Effort effort{.depth_first = 0, .random = 500, .priorities = 500};
      effort.record = &seen;
      explore(row, effort);
      for (const Site& site : seen) out[site].push_back(&row);
    }
    return out;
  }();
  return kSites;
}

bool is_in(const Site& site, std::string_view file) { return site.file == file; }

#ifdef MODELS_LONG
constexpr bool kLong = true;
#else
constexpr bool kLong = false;
#endif

class Mutants : public testing::TestWithParam<const char*> {};

TEST_P(Mutants, AreCaughtOrArgued) {
  const std::string file = GetParam();
  std::set<const Survivor*> met;
  unsigned mutants = 0;
  unsigned caught = 0;
  unsigned listed = 0;
  for (const auto& [site, rows] : sites()) {
    if (!is_in(site, file)) continue;
    for (const Mutation& mutation : mutations_of(site)) {
      ++mutants;
      const std::string text = line_of(site.file, site.line);
      const Survivor* argued = nullptr;
      for (const Survivor& survivor : survivors()) {
        if (!is_in(site, survivor.file) || text.find(survivor.text) == std::string::npos ||
            site.function.find(survivor.function) == std::string::npos ||
            (!survivor.change.empty() && survivor.change != describe(mutation))) {
          continue;
        }
        argued = &survivor;
        met.insert(&survivor);
      }
      // What is listed is searched for as long as what is not only in the long tier.
      if (argued != nullptr && !kLong) {
        ++listed;
        continue;
      }
      bool found = false;
      for (const std::uint64_t most : {300U, kLong ? 100'000U : 20'000U}) {
        for (const SceneRow* row : rows) {
          if (found) break;
          Effort effort{.depth_first = most, .random = most, .priorities = most};
          effort.mutation = mutation;
          found = explore(*row, effort).failed;
        }
      }
      if (found) {
        ++caught;
        EXPECT_EQ(argued, nullptr) << "no longer survives: " << describe(mutation) << ": " << text;
        continue;
      }
      if (argued != nullptr) {
        ++listed;
        continue;
      }
      ADD_FAILURE() << file << ":" << site.line << ": " << describe(mutation) << ": " << text;
    }
  }
  EXPECT_GT(mutants, 0U) << "no scene runs " << file;
  for (const Survivor& survivor : survivors()) {
    if (survivor.file != file) continue;
    EXPECT_TRUE(met.contains(&survivor))
        << "no longer survives: " << survivor.text << " (" << survivor.change << ")";
  }
  std::printf("%s: %u mutants, %u caught, %u listed as survivors\n", file.c_str(), mutants, caught,
              listed);
}

std::string name_of_case(const testing::TestParamInfo<const char*>& file) {
  std::string name = file.param;
  name = name.substr(name.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

constexpr const char* kFiles[] = {"pools/dispatch/priority_levels.h",
                                  "pools/queues/ring_queue.h",
                                  "pools/queues/stealing_deque.h",
                                  "pools/queues/locked_fifo.h",
                                  "pools/engine/claim_buffer.h",
                                  "pools/engine/futex_lock.h",
                                  "pools/group_count.h",
                                  "pools/engine/parking_lot.h",
                                  "pools/engine/capacity_gate.h",
                                  "pools/engine/quiescence.h",
                                  "pools/engine/outside_counts.h",
                                  "pools/engine/shutdown_phase.h",
                                  "pools/engine/pause_gate.h",
                                  "pools/result_word.h",
                                  "pools/engine/per_thread.h",
                                  "pools/engine/worker_life.h",
                                  "pools/engine/dormancy.h",
                                  "pools/timers/timers.h",
                                  "pools/retry/back_offs.h",
                                  "pools/metrics/worker_counters.h"};

#ifdef MODELS_LONG
INSTANTIATE_TEST_SUITE_P(LongModels, Mutants, testing::ValuesIn(kFiles), name_of_case);
#else
INSTANTIATE_TEST_SUITE_P(Models, Mutants, testing::ValuesIn(kFiles), name_of_case);
#endif

}  // namespace
}  // namespace models
