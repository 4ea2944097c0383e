// The tree keeps its rules, and each rule is shown to bite on a made-up tree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/tree_rules.h"

namespace tests {

std::ostream& operator<<(std::ostream& out, const Violation& violation) {
  return out << violation.where << ": " << violation.what << " [" << violation.rule << "]";
}

namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

TEST(Tree, KeepsItsRules) {
  const TreeReport report = check_tree(POOLLAB_SOURCE_DIR);
  EXPECT_GT(report.files_read, 20U) << "is " POOLLAB_SOURCE_DIR " the right folder?";
  EXPECT_THAT(report.violations, IsEmpty());
}

/// A small tree that keeps every rule, to which a test adds what it needs.
class MadeUpTree : public testing::Test {
 protected:
  MadeUpTree() {
    std::string name = (fs::temp_directory_path() / "poollab-tree-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    write("CMakeLists.txt", "add_subdirectory(pools)\n");
    write("pools/CMakeLists.txt", "add_library(pools STATIC\n  queue.cpp engine/worker.cpp)\n");
    write("pools/queue.h",
          "// A queue.\n#pragma once\n\n#include <vector>\n\nnamespace pools {\n"
          "// nlohmann is named in a comment only\n}\n");
    write("pools/queue.cpp",
          "#include \"pools/queue.h\"\n\n#include <atomic>\n\nnamespace pools {\nnamespace {\n"
          "std::atomic<int> depth;\n}\nint load() {\n  return depth.load(\n"
          "      std::memory_order_relaxed);\n}\n}\n");
    write("pools/engine/worker.cpp", "namespace pools {\nstd::thread worker;\n}\n");
    write("lab/CMakeLists.txt", "add_executable(lab main.cpp)\n");
    write("lab/main.cpp", "#include \"pools/queue.h\"\n\nint main() {}\n");
    write("tests/CMakeLists.txt", "");
    write(".gitignore", "");
    write("r.json", "{}");
    write("lab/README.md",
          "[pools](../pools/queue.h), [here](#there), [web](https://example.org)\n");
  }
  ~MadeUpTree() override { fs::remove_all(root_); }

  void write(const fs::path& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void write_and_list(const fs::path& path, const std::string& text) {
    write(path, text);
    std::ofstream(root_ / "CMakeLists.txt", std::ios::app) << " " << path.string() << "\n";
  }

  fs::path root_;
};

TEST_F(MadeUpTree, IsCleanToBeginWith) {
  EXPECT_THAT(check_tree(root_).violations, IsEmpty());
  EXPECT_EQ(check_tree(root_).files_read, 4U);
}

struct Breach {
  std::string rule;
  std::string path;
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const Breach& breach) {
  return out << breach.rule << " " << breach.path;
}

const std::vector<Breach>& breaches() {
  static const std::vector<Breach> kBreaches = {
      {"root", "notes/plan.md", ""},
      {"root", "build.sh", ""},
      {"include", "pools/x.h", "#pragma once\n#include \"queue.h\"\nnamespace pools {}\n"},
      {"layer", "pools/x.h", "#pragma once\n#include \"lab/x.h\"\nnamespace pools {}\n"},
      {"layer", "results/x.h", "#pragma once\n#include \"tests/x.h\"\nnamespace results {}\n"},
      {"peers", "pools/x.cpp", "#include \"pools/peers/peers.h\"\nnamespace pools {}\n"},
      {"peers", "scenarios/x.cpp", "#include \"pools/peers/peers.h\"\nnamespace scenarios {}\n"},
      {"public", "pools/x.h", "#pragma once\n#include \"pools/engine/y.h\"\nnamespace pools {}\n"},
      {"window", "lab/x.h", "#pragma once\n#include <imgui.h>\nnamespace lab {}\n"},
      {"window", "lab/x.cpp", "#include <GLFW/glfw3.h>\nnamespace lab {}\n"},
      {"json", "pools/x.cpp", "#include <nlohmann/json.hpp>\nnamespace pools {}\n"},
      {"json", "scenarios/x_json.h", "#pragma once\nnamespace scenarios { nlohmann::json x; }\n"},
      {"json", "scenarios/json/x_json.cpp",
       "#include <nlohmann/json.hpp>\nnamespace scenarios {}\n"},
      {"json", "lab/x_json.cpp", "#include \"scenarios/json/document.h\"\nnamespace lab {}\n"},
      {"json", "results/x_json.cpp", "namespace results {\nauto x = Json::parse(text);}\n"},
      {"namespace", "results/x.cpp", "namespace lab {}\nnamespace results {}\n"},
      {"namespace", "results/x.cpp", "int x;\n"},
      {"fence", "pools/x.cpp",
       std::string("namespace pools {\nstd::atomic_thread") + "_fence(x);}\n"},
      {"order", "pools/x.cpp", "#include <atomic>\nnamespace pools {\nint y = x.load();}\n"},
      {"order", "lab/x.cpp", "#include <atomic>\nnamespace lab {\nx.fetch_add(\n  1);}\n"},
      {"threads", "pools/x.cpp", "namespace pools {\nstd::thread extra;}\n"},
      {"loop", "pools/engine/x.cpp", "namespace pools {\nauto n = dispatch_->take(id, out);}\n"},
      {"neutral", "pools/dispatch/x.cpp", "namespace pools {\nauto t = Clock::now();}\n"},
      {"neutral", "pools/policies/x.cpp", "namespace pools {\nthread_local int turn;}\n"},
      {"pragma", "pools/x.h", "#include <vector>\n#pragma once\nnamespace pools {}\n"},
      {"name", "pools/queue_utils.h", "#pragma once\nnamespace pools {}\n"},
      {"name", "pools/common/queue.h", "#pragma once\nnamespace pools {}\n"},
      {"link", "README.md", "the [tour](pools/gone.h)\n"},
      {"link", "pools/README.md", "[tour](../lab/gone.h#part)\n"},
      {"length", "pools/x.h", "#pragma once\nnamespace pools {\n" + std::string(399, '\n') + "}\n"},
  };
  return kBreaches;
}

class Rule : public MadeUpTree, public testing::WithParamInterface<Breach> {};

TEST_P(Rule, Bites) {
  write_and_list(GetParam().path, GetParam().text);
  const auto violations = check_tree(root_).violations;
  ASSERT_EQ(violations.size(), 1U) << testing::PrintToString(violations);
  EXPECT_EQ(violations[0].rule, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(Tree, Rule, testing::ValuesIn(breaches()),
                         [](const testing::TestParamInfo<Breach>& case_of) {
                           return case_of.param.rule + std::to_string(case_of.index);
                         });

TEST_F(MadeUpTree, WithAnUnlistedSourceIsFound) {
  write("pools/forgotten.cpp", "namespace pools {}\n");
  const auto violations = check_tree(root_).violations;
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].rule, "listed");
}

TEST(Rules, AreAllShownToBite) {
  std::set<std::string> shown = {"listed"};
  for (const Breach& breach : breaches()) shown.insert(breach.rule);
  const auto names = rule_names();
  EXPECT_EQ(shown, std::set<std::string>(names.begin(), names.end()));
}

}  // namespace
}  // namespace tests
