// The program as a test sees it: run in a shell or as a child, in a folder of the test's own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/results/folder.h"

namespace tests {

/// A scenario of a quarter of a second for each of five pools.
constexpr const char* kTiny = R"({
  "schema": "poollab.scenario/1", "name": "tiny", "seed": 3,
  "run": {"warmup_s": 0.05, "sample_interval_s": 0.02},
  "classes": [{"name": "task", "service": {"dist": "constant", "value_us": 20}}],
  "phases": [{"name": "load", "duration_s": 0.2,
              "arrival": {"process": "poisson", "rate_per_s": 5000}}],
  "expect": [{"metric": "failed", "op": "==", "value": 0},
             {"metric": "rejected", "op": "==", "value": 0}]})";

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

class Program : public ::testing::Test {
 protected:
  /// Runs `poollab ARGS` in a shell, in the test's folder.
  Outcome run(const std::string& args, const std::string& before = "") const {
    return shell("env -u DISPLAY -u WAYLAND_DISPLAY -u POOLLAB_SCENARIOS -u COLUMNS " + before +
                 " " POOLLAB_PROGRAM " " + args);
  }

  /// Runs any command in the test's folder; $POOLLAB is the program.
  Outcome shell(const std::string& command) const {
    const std::string whole =
        "cd " + folder_.path() + " && POOLLAB=" POOLLAB_PROGRAM "; " + command;
    const int raw = std::system(
        ("(" + whole + "\n) >" + folder_.path("out") + " 2>" + folder_.path("err")).c_str());
    return {WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw), folder_.read("out"),
            folder_.read("err")};
  }

  std::string tiny(const std::string& from = "", const std::string& to = "") const {
    std::string text = kTiny;
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    return folder_.write("tiny.json", text);
  }

  nlohmann::json result(const std::string& name) const {
    return nlohmann::json::parse(folder_.read(name));
  }

  bool meets_schema(const std::string& name) const {
    const std::string command = "/usr/bin/python3 " POOLLAB_SOURCE_DIR
                                "/tests/results/validate_json " POOLLAB_SOURCE_DIR
                                "/results/schema/result-1.schema.json " +
                                folder_.path(name);
    return std::system(command.c_str()) == 0;
  }

  Folder folder_;
};

}  // namespace tests
