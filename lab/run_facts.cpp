#include "lab/run_facts.h"

#include <unistd.h>

#include <array>
#include <ctime>

#include <fmt/format.h>

#include "pools/clock.h"
#include "results/build_facts.h"
#include "results/environment.h"
#include "results/fingerprint.h"

namespace lab {
namespace {

std::string time_text(std::time_t time, const char* format) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &utc);
  return {text.data(), length};
}

}  // namespace

results::RunResult facts_before(const scenarios::Scenario& scenario) {
  results::RunResult facts;
  const std::time_t now = std::time(nullptr);
  facts.started_at = time_text(now, "%Y-%m-%dT%H:%M:%SZ");
  facts.environment = results::read_environment();
  facts.build = results::build_facts();
  facts.command = results::command_line();
  facts.scenario = scenario;
  facts.scenario_hash = results::scenario_hash(scenario);
  const std::string unique = fmt::format("{} {} {}", facts.scenario_hash, ::getpid(),
                                         pools::Clock::now().time_since_epoch().count());
  facts.run_id = fmt::format("{}-{:08x}", time_text(now, "%Y%m%dT%H%M%SZ"),
                             results::fingerprint(unique) >> 32U);
  return facts;
}

}  // namespace lab
