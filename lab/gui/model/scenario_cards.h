// The scenarios that can be picked: the library's files with what a card shows of each. GUI thread.
#pragma once

#include <string>
#include <vector>

namespace lab::gui {

struct ScenarioCard {
  std::string path;
  std::string name;
  std::string description;
  double seconds = 0;  ///< one pool's trial, warm-up included
  std::size_t pools = 0;
  double peak_per_s = 0;     ///< 0: closed load, which follows the pool
  std::vector<double> load;  ///< preview, offered tasks per second
  std::string problem;       ///< why it cannot be run; empty: it can
};

/// The library's scenarios, by name. A file that cannot be read is listed with its problem.
std::vector<ScenarioCard> read_scenario_cards();

}  // namespace lab::gui
