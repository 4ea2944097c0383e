// The rules of the source tree that a compiler does not know: who may include whom, where JSON and
// the window's libraries may appear, what a file may be called and how long it may be. Reads text,
// not C++: comments are cut off, the rest is searched for plain words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tests {

struct Violation {
  std::string rule;   ///< one of the names in rule_names()
  std::string where;  ///< path from the root, with a line where there is one
  std::string what;

  bool operator==(const Violation&) const = default;
};

struct TreeReport {
  std::size_t files_read = 0;
  std::vector<Violation> violations;
};

/// Checks the tree whose root folder is `root`.
TreeReport check_tree(const std::filesystem::path& root);

std::vector<std::string> rule_names();

}  // namespace tests
