// Operations of the shipping code that may be changed without a scene noticing, each with its
// reason. mutants_test.cpp fails for a survivor that is not listed here, and for a row that no
// longer survives.
#pragma once

#include <string_view>
#include <vector>

namespace models {

struct Survivor {
  std::string_view file;
  std::string_view function;  ///< found in the function's signature
  std::string_view text;      ///< found in the line of code
  std::string_view change;    ///< as describe() puts it; empty: any change of the operation
  std::string_view why;
};

const std::vector<Survivor>& survivors();

}  // namespace models
