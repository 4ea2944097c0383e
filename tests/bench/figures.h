// The figures by which pools are compared: each load gives one or several. One
// table, so that the program that measures and the one that prints agree.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/candidate.h"

namespace bench {

struct Figure {
  std::string name;  ///< "submit 2w 1p"
  std::string unit;  ///< "M/s"
  bool more_is_better = true;
  double value = 0;
};

struct Load {
  std::string name;  ///< "submit:2:1"
  unsigned most_runs;
  std::vector<Figure> (*measure)(const Candidate& candidate);
};

const std::vector<Load>& loads();
/// Nullptr when there is none of that name.
const Load* find_load(const std::string& name);

}  // namespace bench
