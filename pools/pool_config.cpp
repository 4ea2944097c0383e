// A configuration made whole: defaults filled in, and refused with its reason where no pool could
// keep to it.
#include "pools/pool_config.h"

#include <string_view>
#include <vector>

#include "pools/catalog.h"
#include "pools/dispatch/worker_set.h"
#include "pools/usable_cores.h"

namespace pools {
namespace {

template <typename Row>
std::vector<std::string_view> names_of(const std::vector<Row>& rows) {
  std::vector<std::string_view> names;
  for (const Row& row : rows) names.push_back(row.name);
  return names;
}

constexpr std::string_view kDispatchName = "a dispatch strategy or peer pool";

[[noreturn]] void unknown_dispatch(std::string_view given) {
  std::vector<std::string_view> names = names_of(dispatch_catalog());
  if (peer_catalog().empty()) {
    throw ConfigError("/dispatch/name", unknown_name_text("a dispatch strategy", given, names) +
                                            "; this program has no peer pools");
  }
  const std::vector<std::string_view> peers = names_of(peer_catalog());
  names.insert(names.end(), peers.begin(), peers.end());
  throw ConfigError("/dispatch/name", unknown_name_text(kDispatchName, given, names));
}

/// Refuses plain values that no pool could keep to.
void check_values(const PoolConfig& config) {
  const auto us = [](std::chrono::nanoseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
  };
  if (config.queue_capacity > kLargestQueue) {
    throw ConfigError("/queue_capacity", "expected at most " + std::to_string(kLargestQueue) +
                                             " tasks (0: unbounded), got " +
                                             std::to_string(config.queue_capacity));
  }
  if (name_of(config.on_full).empty()) {
    throw ConfigError("/on_full", "expected a rule of on_full_catalog(), got number " +
                                      std::to_string(static_cast<int>(config.on_full)));
  }
  if (config.queue_capacity == 0 && config.on_full != OnFull::Block) {
    throw ConfigError("/on_full",
                      "expected a queue_capacity beside it (an unbounded queue is never full, so "
                      "this would be ignored), got none");
  }
  if (config.series == 0) throw ConfigError("/series", "expected at least 1, got 0");
  if (name_of(config.metrics).empty()) {
    throw ConfigError("/metrics", "expected a level of metrics_catalog(), got number " +
                                      std::to_string(static_cast<int>(config.metrics)));
  }
  if (config.spin.count() < 0 || config.spin > kLongestSpin) {
    throw ConfigError("/spin_us",
                      "expected from 0 to " + us(kLongestSpin) + " us, got " + us(config.spin));
  }
}

void resolve_retry(Choice& retry, const std::string& path) {
  const RetryRow* row = find_retry(retry.name);
  if (row == nullptr) {
    throw ConfigError(path + "/name",
                      unknown_name_text("a retry policy", retry.name, names_of(retry_catalog())));
  }
  retry.settings = retry.settings.resolved(row->knobs, path);
  if (row->check != nullptr) row->check(retry.settings, path);
}

/// What a pool does for tasks that fail, overrun or do not come back. `peer`: it is a foreign one.
void resolve_care(PoolConfig& config, bool peer) {
  const auto refuse = [&](const std::string& field) {
    throw ConfigError(field, "expected none: \"" + config.dispatch.name +
                                 "\" only runs its tasks, it does not see to them afterwards");
  };
  resolve_retry(config.retry, "/retry");
  if (peer && config.retry.name != "discard") refuse("/retry");
  if (!config.classes.empty() && config.series % config.classes.size() != 0) {
    throw ConfigError("/classes", "expected a number that divides series (" +
                                      std::to_string(config.series) + "), got " +
                                      std::to_string(config.classes.size()));
  }
  for (std::size_t i = 0; i < config.classes.size(); ++i) {
    ClassRules& rules = config.classes[i];
    const std::string at = "/classes/" + std::to_string(i);
    if (rules.retry) resolve_retry(*rules.retry, at + "/retry");
    if (peer && rules.retry && rules.retry->name != "discard") refuse(at + "/retry");
    if (rules.timeout.count() < 0 || rules.timeout > kLongestTimeLimit) {
      throw ConfigError(at + "/timeout_us", "expected from 0 (none) to an hour, got " +
                                                std::to_string(rules.timeout.count() / 1000) +
                                                " us");
    }
    if (peer && rules.timeout.count() != 0) refuse(at + "/timeout_us");
  }
  if (config.stuck_after.count() < 0 || config.stuck_after > kLongestTimeLimit) {
    throw ConfigError("/stuck_after_ms", "expected from 0 (nobody looks) to an hour, got " +
                                             std::to_string(config.stuck_after.count() / 1000000) +
                                             " ms");
  }
  if (peer && config.stuck_after.count() != 0) refuse("/stuck_after_ms");
  if (config.spares != 0 && config.stuck_after.count() == 0) {
    throw ConfigError("/spares",
                      "expected stuck_after_ms beside it (else no worker is ever lost), "
                      "got none");
  }
}

}  // namespace

PoolConfig resolved(PoolConfig config) {
  check_values(config);
  const DispatchRow* dispatch = find_dispatch(config.dispatch.name);
  const PeerRow* peer = dispatch == nullptr ? find_peer(config.dispatch.name) : nullptr;
  if (dispatch == nullptr && peer == nullptr) {
    if (const MissingPeer* missing = find_missing_peer(config.dispatch.name)) {
      throw ConfigError("/dispatch/name", missing_text(kDispatchName, *missing));
    }
    unknown_dispatch(config.dispatch.name);
  }
  const SizingRow* sizing = find_sizing(config.sizing.name);
  if (sizing == nullptr) {
    throw ConfigError("/sizing/name", unknown_name_text("a sizing policy", config.sizing.name,
                                                        names_of(sizing_catalog())));
  }
  const Capabilities& can = dispatch != nullptr ? dispatch->capabilities : peer->capabilities;
  config.dispatch.settings = config.dispatch.settings.resolved(
      dispatch != nullptr ? dispatch->knobs : peer->knobs, "/dispatch");
  config.sizing.settings = config.sizing.settings.resolved(sizing->knobs, "/sizing");

  resolve_care(config, peer != nullptr);

  if (config.id.empty()) config.id = config.dispatch.name;
  if (config.min_workers == 0) config.min_workers = config.max_workers == 0 ? usable_cores() : 1;
  if (config.max_workers == 0) config.max_workers = config.min_workers;
  if (config.max_workers > WorkerSet::kMaxWorkers) {
    throw ConfigError("/workers", "expected at most " + std::to_string(WorkerSet::kMaxWorkers) +
                                      " workers, got " + std::to_string(config.max_workers));
  }
  if (config.slots() > WorkerSet::kMaxWorkers || config.spares > WorkerSet::kMaxWorkers) {
    throw ConfigError("/spares", "expected at most " + std::to_string(WorkerSet::kMaxWorkers) +
                                     " workers and spares, got " +
                                     std::to_string(config.max_workers) + " and " +
                                     std::to_string(config.spares));
  }
  if (config.min_workers > config.max_workers) {
    throw ConfigError("/workers", "expected min <= max, got min " +
                                      std::to_string(config.min_workers) + " and max " +
                                      std::to_string(config.max_workers));
  }
  if (config.sizing.name != "fixed" && config.min_workers == config.max_workers) {
    throw ConfigError("/workers",
                      "expected {\"min\": .., \"max\": ..} with room to change for sizing \"" +
                          config.sizing.name + "\", got " + std::to_string(config.max_workers));
  }
  if (!can.resizable && config.sizing.name != "fixed") {
    throw ConfigError("/sizing/name", "expected \"fixed\": \"" + config.dispatch.name +
                                          "\" cannot change its number of workers");
  }
  if (!can.resizable && config.min_workers != config.max_workers) {
    throw ConfigError("/workers", "expected one number: \"" + config.dispatch.name +
                                      "\" cannot change its number of workers, got min " +
                                      std::to_string(config.min_workers) + " and max " +
                                      std::to_string(config.max_workers));
  }
  if (peer != nullptr && config.spin.count() != 0) {
    throw ConfigError(
        "/spin_us", "expected none: how \"" + config.dispatch.name + "\" waits is its own affair");
  }
  if (!can.bounded && config.queue_capacity != 0) {
    throw ConfigError("/queue_capacity",
                      "expected none: \"" + config.dispatch.name + "\" cannot bound its queue");
  }
  if (dispatch != nullptr && dispatch->check != nullptr) dispatch->check(config);
  return config;
}

}  // namespace pools
