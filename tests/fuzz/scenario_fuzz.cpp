#include "tests/fuzz/scenario_fuzz.h"

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "pools/peers/peers.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"

namespace {

using scenarios::Override;
using scenarios::Scenario;
using scenarios::ScenarioError;

[[noreturn]] void broken(const char* promise, std::string_view what) {
  std::cerr << "broken promise: " << promise << "\n" << what << "\n";
  std::abort();
}

/// Cuts the leading lines `/json/pointer=value` off.
std::vector<Override> overrides_of(std::string_view& text) {
  std::vector<Override> overrides;
  while (text.starts_with('/') && overrides.size() < 8) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    const std::size_t equals = std::min(line.find('='), line.size() - 1);
    overrides.push_back(
        {std::string(line.substr(0, equals)), std::string(line.substr(equals + 1))});
  }
  return overrides;
}

void check_refusal(const ScenarioError& error) {
  if (error.problems.empty()) broken("a refusal has a reason", error.text);
  for (const scenarios::JsonProblem& problem : error.problems) {
    if (problem.message.empty()) broken("a problem has a message", error.text);
  }
}

/// `text` came from `scenario_to_json`: it is accepted and says the same again.
Scenario read_back(const char* promise, const std::string& text) {
  try {
    Scenario again = scenarios::read_scenario_text(text, "canonical.json");
    if (scenarios::scenario_to_json(again) != text) broken(promise, text);
    return again;
  } catch (const ScenarioError& error) {
    broken(promise, error.text + "\n" + text);
  }
}

void check_accepted(const Scenario& scenario) {
  const Scenario canonical =
      read_back("what is written reads back unchanged", scenarios::scenario_to_json(scenario));
  constexpr double kMostLaidOut = 2e4;  // a second per input would be too long
  const Scenario quick = scenarios::shortened(canonical, scenarios::Seconds{10});
  read_back("what --quick makes reads back unchanged", quick.text);
  if (scenarios::expected_arrivals(quick) < kMostLaidOut) {
    const scenarios::Timetable timetable(quick);
    scenarios::offered_load(quick, 16);
  }
}

}  // namespace

// libFuzzer calls it once; a test that replays inputs brings a main() that has done it.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  pools::add_all_peers();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::vector<Override> overrides = overrides_of(text);
  try {
    check_accepted(scenarios::read_scenario_text(text, "fuzz.json", overrides));
  } catch (const ScenarioError& error) {
    check_refusal(error);
  }
  return 0;
}
