#include "lab/cli/catalogs.h"

#include <fmt/format.h>

#include "lab/scenario_library.h"
#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/gates.h"
#include "scenarios/scenario_json.h"

namespace lab::cli {
namespace {

std::vector<std::string> traits_of(const pools::Capabilities& can) {
  std::vector<std::string> traits;
  if (can.fifo) traits.push_back("fifo");
  if (can.steals) traits.push_back("steals");
  if (can.priorities) traits.push_back("priorities");
  if (can.bounded) traits.push_back("bounded");
  if (can.resizable) traits.push_back("resizable");
  if (can.cancels) traits.push_back("cancels");
  return traits;
}

template <typename Rows>
std::vector<CatalogEntry> entries_of(const Rows& rows) {
  std::vector<CatalogEntry> entries;
  for (const auto& row : rows) {
    CatalogEntry entry{std::string(row.name), std::string(row.summary), {}, {}};
    if constexpr (requires { row.capabilities; }) entry.traits = traits_of(row.capabilities);
    if constexpr (requires { row.knobs; }) entry.knobs = row.knobs;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<CatalogEntry> metric_entries() {
  std::vector<CatalogEntry> entries;
  for (const scenarios::GateMetric& metric : scenarios::gate_metrics()) {
    entries.push_back({std::string(metric.name),
                       fmt::format("{}; {}", metric.help, fmt::join(metric.stats, " ")),
                       {},
                       {}});
  }
  return entries;
}

std::vector<CatalogEntry> scenario_entries() {
  std::vector<CatalogEntry> entries;
  for (const std::string& path : library_scenarios()) {
    CatalogEntry entry{scenario_name(path), {}, {}, {}};
    try {
      entry.summary = scenarios::read_scenario_file(path).description;
    } catch (const scenarios::ScenarioError& error) {
      entry.summary = fmt::format("cannot be read: {}", error.problems.front().text());
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

std::vector<Catalog> catalogs() {
  return {
      {"strategies", "pools[].dispatch.name", entries_of(pools::dispatch_catalog())},
      {"peers", "pools[].dispatch.name", entries_of(pools::peer_catalog())},
      {"sizing", "pools[].sizing.name", entries_of(pools::sizing_catalog())},
      {"retry", "pools[].retry.name", entries_of(pools::retry_catalog())},
      {"admission", "pools[].on_full", entries_of(pools::on_full_catalog())},
      {"arrivals", "phases[].arrival.process", entries_of(scenarios::arrival_catalog())},
      {"services", "classes[].service.dist", entries_of(scenarios::service_catalog())},
      {"works", "classes[].work.kind", entries_of(scenarios::work_catalog())},
      {"metrics", "expect[].metric", metric_entries()},
      {"scenarios", "poollab run NAME", scenario_entries()},
  };
}

}  // namespace lab::cli
