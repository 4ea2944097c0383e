#include "tests/bench/observer.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "results/result_json.h"
#include "results/sign_test.h"
#include "results/verdicts.h"

namespace truth {
namespace {

constexpr unsigned kPairs = 7;
constexpr std::array<const char*, 2> kScenarios{"light-load", "burst"};
constexpr const char* kPools = "pull,stealing";
constexpr std::array<const char*, 2> kStats{"p50", "p99"};

/// A folder that is gone with the object.
class ScratchFolder {
 public:
  ScratchFolder() : path_(std::filesystem::temp_directory_path() / "poollab-observer-XXXXXX") {
    std::string name = path_.string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for results");
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Way {
  const char* name;
  std::vector<std::string> arguments;
};

std::vector<Way> ways(const ScratchFolder& folder) {
  // With a picture to take it leaves when the run is over.
  const std::vector<std::string> window{
      "gui", "--run", "--dark", "--size", "1440x900", "--screenshot", folder.file("w.png")};
  std::vector<std::string> still = window;
  still.emplace_back("--measure");
  return {{"headless", {"run", "--quiet", "--force"}}, {"window", window}, {"--measure", still}};
}

results::RunResult served(const Way& way, const char* scenario, unsigned seed,
                          const ScratchFolder& folder) {
  const std::string out = folder.file("r.json");
  std::filesystem::remove(out);
  std::vector<std::string> words{POOLLAB_PROGRAM};
  words.insert(words.end(), way.arguments.begin(), way.arguments.end());
  for (const std::string& word :
       {std::string(scenario), std::string("--pools"), std::string(kPools),
        fmt::format("--set=/seed={}", seed), std::string("--out"), out}) {
    words.push_back(word);
  }
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawn(&child, POOLLAB_PROGRAM, nullptr, nullptr, pointers.data(), environ) != 0) {
    throw std::runtime_error("cannot start " POOLLAB_PROGRAM);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  // A gate that failed is no reason not to compare.
  if (!std::filesystem::exists(out)) {
    throw std::runtime_error(fmt::format("no result from {} of {}", way.name, scenario));
  }
  return results::read_result_file(out);
}

/// A figure of each trial, by pool.
using Figures = std::map<std::string, std::map<std::string, double>>;

Figures figures_of(const results::RunResult& result) {
  Figures figures;
  for (const results::Trial& trial : result.trials) {
    for (const char* stat : kStats) {
      scenarios::Expectation asked;
      asked.metric = "response_us";
      asked.stat = stat;
      figures[stat][trial.pool] = results::observe(trial, asked).value;
    }
  }
  return figures;
}

/// What is gathered of one way to run one scenario.
struct Gathered {
  std::map<std::string, std::vector<double>> ratios;  ///< to headless, by stat; of all pools
  std::map<std::string, std::vector<double>> values;  ///< by stat
  unsigned valid = 0, trials = 0;
  double frames = 0, seconds = 0;
};

void gather(const results::RunResult& result, const Figures& headless, Gathered& into) {
  for (const auto& [stat, by_pool] : figures_of(result)) {
    for (const auto& [pool, value] : by_pool) {
      into.values[stat].push_back(value);
      into.ratios[stat].push_back(value / headless.at(stat).at(pool));
    }
  }
  for (const results::Trial& trial : result.trials) {
    into.valid += trial.valid ? 1 : 0;
    ++into.trials;
    into.frames += static_cast<double>(trial.frames_drawn);
    into.seconds += trial.elapsed_s;
  }
}

void print(const Way& way, const Gathered& all) {
  std::printf("  %-10s", way.name);
  for (const char* stat : kStats) {
    const std::vector<double>& ratios = all.ratios.at(stat);
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    std::printf("  %s %9.1f us  x %.2f (%.2f to %.2f)", stat, results::median(all.values.at(stat)),
                results::median(ratios), *least, *most);
  }
  std::printf("  %u of %u valid, %.1f frames/s\n", all.valid, all.trials,
              all.frames / std::max(all.seconds, 1e-9));
}

}  // namespace

void observer() {
  if (std::getenv("DISPLAY") == nullptr) {
    throw std::runtime_error("no display for the window: tests/bench/truth starts one");
  }
  const ScratchFolder folder;
  const std::vector<Way> all_ways = ways(folder);
  std::printf(
      "window against headless, pools %s, %u rounds in turn: median of each trial's figure, and of "
      "its\nratio to the same round's headless one (range); wanted p50 within 10 %%, p99 within "
      "30 %%\n",
      kPools, kPairs);
  for (const char* scenario : kScenarios) {
    std::vector<Gathered> gathered(all_ways.size());
    for (unsigned round = 0; round < kPairs; ++round) {
      // No way is always the first, or always behind the same other one.
      std::vector<results::RunResult> results(all_ways.size());
      for (std::size_t i = 0; i < all_ways.size(); ++i) {
        const std::size_t step = round % 2 == 0 ? i : all_ways.size() - i;
        const std::size_t which = (round + step) % all_ways.size();
        results[which] = served(all_ways[which], scenario, round + 1, folder);
      }
      const Figures headless = figures_of(results.front());
      for (std::size_t i = 0; i < all_ways.size(); ++i) gather(results[i], headless, gathered[i]);
    }
    std::printf("%s\n", scenario);
    for (std::size_t i = 0; i < all_ways.size(); ++i) print(all_ways[i], gathered[i]);
    std::fflush(stdout);
  }
}

}  // namespace truth
