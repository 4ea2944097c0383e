// What a gate can ask about: every metric with its statistics and filters. The reader refuses
// anything else; verdicts in results/ know how to find each figure.
#pragma once

#include <string_view>
#include <vector>

namespace scenarios {

struct GateMetric {
  std::string_view name;
  std::string_view unit;
  std::string_view help;                ///< one line
  std::vector<std::string_view> stats;  ///< the first is meant when a gate names none
  bool by_class = false;                ///< may be asked of one class
  bool by_phase = false;                ///< may be asked of one phase; else the whole trial
  std::string_view strategy = {};       ///< only pools of this dispatch have it
};

const std::vector<GateMetric>& gate_metrics();
/// Nullptr when there is none of that name.
const GateMetric* find_gate_metric(std::string_view name);

/// < <= > >= ==
const std::vector<std::string_view>& gate_operators();

}  // namespace scenarios
