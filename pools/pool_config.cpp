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
  const bool waits = config.on_full == OnFull::BlockFor;
  if (waits ? config.full_timeout <= Nanos{0} || config.full_timeout > kLongestFullTimeout
            : config.full_timeout != Nanos{0}) {
    throw ConfigError(
        "/on_full/timeout_ms",
        waits ? "expected more than 0 and at most an hour, got " + us(config.full_timeout) + " us"
              : "expected none: only \"block_for\" waits for a time, got " +
                    us(config.full_timeout) + " us");
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

/// Each policy once, its knobs resolved.
void resolve_admission(PoolConfig& config, bool foreign, bool levels) {
  for (std::size_t i = 0; i < config.admission.size(); ++i) {
    Choice& choice = config.admission[i];
    const std::string field = "/admission/" + std::to_string(i);
    const AdmissionRow* row = find_admission(choice.name);
    if (row == nullptr) {
      throw ConfigError(field + "/name", unknown_name_text("an admission policy", choice.name,
                                                           names_of(admission_catalog())));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (config.admission[j].name != choice.name) continue;
      throw ConfigError(field + "/name", "expected each policy once, got \"" + choice.name +
                                             "\" again, as in /admission/" + std::to_string(j));
    }
    choice.settings = choice.settings.resolved(row->knobs, field);
    const auto unfit = row->contradiction ? row->contradiction(choice.settings) : std::nullopt;
    if (unfit) throw ConfigError(field + "/" + std::string(row->contradicts), *unfit);
    if (row->make != nullptr || (!foreign && !levels)) continue;
    throw ConfigError(field + "/name", "expected a policy at the door: the order of \"" +
                                           config.dispatch.name + "\" is its own, got \"" +
                                           choice.name + "\"");
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

  resolve_admission(config, peer != nullptr, can.priorities);

  if (config.id.empty()) config.id = config.dispatch.name;
  if (config.min_workers == 0) config.min_workers = config.max_workers == 0 ? usable_cores() : 1;
  if (config.max_workers == 0) config.max_workers = config.min_workers;
  if (config.max_workers > WorkerSet::kMaxWorkers) {
    throw ConfigError("/workers", "expected at most " + std::to_string(WorkerSet::kMaxWorkers) +
                                      " workers, got " + std::to_string(config.max_workers));
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
  if (!can.evicts && config.on_full == OnFull::DropOldest) {
    throw ConfigError("/on_full", "expected another rule: \"" + config.dispatch.name +
                                      "\" cannot give up a task that waits, got \"drop_oldest\"");
  }
  if (dispatch != nullptr && dispatch->check != nullptr) dispatch->check(config);
  return config;
}

}  // namespace pools
