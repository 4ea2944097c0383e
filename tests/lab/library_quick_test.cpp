// Every scenario of the library, run as `poollab run NAME --quick`: what someone tries first must
// hold. Gates on times are the measurement's to decide: where the machine spoils it (the trial is
// not valid), they are open, which is no failure here.
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pools/catalog.h"
#include "tests/results/folder.h"

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Without those that name a peer this build lacks.
std::vector<std::string> library() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(POOLLAB_SOURCE_DIR "/scenarios/library")) {
    std::ifstream file(entry.path());
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const bool whole = std::ranges::none_of(pools::missing_peers(), [&](const auto& peer) {
      return text.find('"' + std::string(peer.name) + '"') != std::string::npos;
    });
    if (whole) names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class LibraryQuick : public ::testing::TestWithParam<std::string> {
 protected:
  /// The exit status; the result is then in r.json.
  int run() const {
    const std::string command = "cd " + folder_.path() +
                                " && " POOLLAB_PROGRAM " run " POOLLAB_SOURCE_DIR
                                "/scenarios/library/" +
                                GetParam() + ".json --quick --quiet --out r.json >out 2>err";
    fs::remove(folder_.path("r.json"));
    const int raw = std::system(command.c_str());
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  }

  /// What of the result is neither met nor excused by a spoilt measurement.
  std::string unmet() const {
    const Json result = Json::parse(folder_.read("r.json"));
    std::string text;
    for (const Json& verdict : result.at("verdicts")) {
      if (verdict.at("verdict") == "pass") continue;
      const auto said = verdict.at("text").get<std::string>();
      const bool spoilt =
          said.ends_with("(a trial is not valid)") || said.ends_with("(late sends reach into it)");
      if (spoilt && verdict.at("verdict") == "inconclusive") continue;
      // The mean of a queue in less than half a second depends on whether the system puts generator
      // and worker on one core (362 to 546 us seen for one timetable): --quick cannot hold it to a
      // tenth, which is what mm1 run in full is for.
      if (said.starts_with("response_us mean ")) continue;
      // A gate on times that failed on a machine on which much else ran says nothing either.
      if (said.find("_us ") != std::string::npos && disturbed(result, verdict.at("pool"))) continue;
      if (near_miss(verdict)) continue;
      text += verdict.at("verdict").get<std::string>() + ": " +
              verdict.at("pool").get<std::string>() + ": " + said + "\n";
    }
    return text;
  }

  /// A bound on a high percentile of times, missed by less than threefold: in the few hundred
  /// milliseconds that --quick leaves of a phase one stop of the host is its p99.
  static bool near_miss(const Json& verdict) {
    const auto metric = verdict.at("metric").get<std::string>();
    if (!metric.ends_with("_us") || verdict.contains("compare")) return false;
    if (!verdict.value("stat", "").starts_with("p9") || verdict.at("observed").is_null()) {
      return false;
    }
    return verdict.at("op") == "<" &&
           verdict.at("observed").get<double>() < 3 * verdict.at("value").get<double>();
  }

  /// Whether others took so much of the machine that a time within a tenth of what theory says
  /// means nothing: at half load each per cent of it is two in the response. (A trial is not valid
  /// only from a tenth on.) `pools`: one, or two with a slash between.
  static bool disturbed(const Json& result, const std::string& pools) {
    return std::ranges::any_of(result.at("trials"), [&](const Json& trial) {
      const auto id = trial.at("pool").get<std::string>();
      if (pools != id && !pools.starts_with(id + "/") && !pools.ends_with("/" + id)) return false;
      const auto seconds = [&](const char* key) {
        const Json& value = trial.at("cost").at(key);
        return value.is_null() ? 0.0 : value.get<double>();
      };
      const double room =
          trial.at("elapsed_s").get<double>() * result.at("env").at("usable_cores").get<double>();
      const double lost =
          std::min(seconds("run_delay_s"), seconds("others_s") + seconds("stolen_s"));
      return lost > 0.02 * room;
    });
  }

  tests::Folder folder_;
};

TEST_P(LibraryQuick, Holds) {
  int status = run();
  // Hiccups of the machine may cost a gate on times that is close: what is wrong is so three times.
  for (int again = 0; again < 2 && status != 0; ++again) status = run();
  EXPECT_TRUE(status == 0 || status == 5 || status == 1) << status << "\n" << folder_.read("err");
  ASSERT_TRUE(fs::exists(folder_.path("r.json"))) << folder_.read("err");
  EXPECT_EQ(unmet(), "");
}

INSTANTIATE_TEST_SUITE_P(Library, LibraryQuick, ::testing::ValuesIn(library()),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
