#include "pools/catalog.h"

#include <algorithm>
#include <cassert>
#include <thread>
#include <utility>

#include "pools/dispatch/rows.h"
#include "pools/dispatch/worker_set.h"
#include "pools/engine/threaded_pool.h"
#include "pools/policies/sizing/rows.h"
#include "pools/usable_cores.h"

namespace pools {
namespace {

template <typename Row>
const Row* find_in(const std::vector<Row>& rows, std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

template <typename Row, typename Value>
std::string_view name_in(const std::vector<Row>& rows, Value value) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.value == value; });
  return found == rows.end() ? std::string_view() : found->name;
}

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
  if (name_in(on_full_catalog(), config.on_full).empty()) {
    throw ConfigError("/on_full", "expected a rule of on_full_catalog(), got number " +
                                      std::to_string(static_cast<int>(config.on_full)));
  }
  if (config.queue_capacity == 0 && config.on_full != OnFull::Block) {
    throw ConfigError("/on_full",
                      "expected a queue_capacity beside it (an unbounded queue is never full, so "
                      "this would be ignored), got none");
  }
  if (config.series == 0) throw ConfigError("/series", "expected at least 1, got 0");
  if (name_in(metrics_catalog(), config.metrics).empty()) {
    throw ConfigError("/metrics", "expected a level of metrics_catalog(), got number " +
                                      std::to_string(static_cast<int>(config.metrics)));
  }
  if (config.spin.count() < 0 || config.spin > kLongestSpin) {
    throw ConfigError("/spin_us",
                      "expected from 0 to " + us(kLongestSpin) + " us, got " + us(config.spin));
  }
}

/// What add_peers() was given. The one table that is not constant, for only the program knows.
struct Peers {
  std::vector<PeerRow> rows;
  std::vector<MissingPeer> missing;
};

Peers& peers() {
  static Peers added;
  return added;
}

}  // namespace

const std::vector<PeerRow>& peer_catalog() { return peers().rows; }
const std::vector<MissingPeer>& missing_peers() { return peers().missing; }

void add_peers(std::vector<PeerRow> rows, std::vector<MissingPeer> missing) {
  for (PeerRow& row : rows) {
    assert(find_dispatch(row.name) == nullptr && find_peer(row.name) == nullptr);
    peers().rows.push_back(std::move(row));
  }
  peers().missing.insert(peers().missing.end(), missing.begin(), missing.end());
}

const std::vector<DispatchRow>& dispatch_catalog() {
#define POOLLAB_LIST_ROW(name) name##_row(),
  static const std::vector<DispatchRow> kRows{POOLLAB_DISPATCH_ROWS(POOLLAB_LIST_ROW)};
  return kRows;
}

const std::vector<SizingRow>& sizing_catalog() {
  static const std::vector<SizingRow> kRows{POOLLAB_SIZING_ROWS(POOLLAB_LIST_ROW)};
#undef POOLLAB_LIST_ROW
  return kRows;
}

const std::vector<OnFullRow>& on_full_catalog() {
  static const std::vector<OnFullRow> kRows{
      {"block", "the submitter waits for room", OnFull::Block},
      {"reject", "the submit is refused", OnFull::Reject},
      {"caller_runs", "the submitter runs the task itself", OnFull::CallerRuns}};
  return kRows;
}

const std::vector<MetricsRow>& metrics_catalog() {
  static const std::vector<MetricsRow> kRows{
      {"full", "every task is time-stamped and recorded", MetricsLevel::Full},
      {"sampled", "one task in 16 is; counts stay exact", MetricsLevel::Sampled},
      {"off", "counters only, no clock is read for a task", MetricsLevel::Off}};
  return kRows;
}

const DispatchRow* find_dispatch(std::string_view name) {
  return find_in(dispatch_catalog(), name);
}
const SizingRow* find_sizing(std::string_view name) { return find_in(sizing_catalog(), name); }
const MetricsRow* find_metrics(std::string_view name) { return find_in(metrics_catalog(), name); }
const PeerRow* find_peer(std::string_view name) { return find_in(peer_catalog(), name); }

std::string missing_text(std::string_view what, const MissingPeer& peer) {
  return "expected " + std::string(what) + " of this build, got \"" + std::string(peer.name) +
         "\": " + std::string(peer.why);
}

std::string_view name_of(MetricsLevel level) { return name_in(metrics_catalog(), level); }

PoolConfig resolved(PoolConfig config) {
  check_values(config);
  const DispatchRow* dispatch = find_dispatch(config.dispatch.name);
  const PeerRow* peer = dispatch == nullptr ? find_peer(config.dispatch.name) : nullptr;
  if (dispatch == nullptr && peer == nullptr) {
    if (const MissingPeer* missing = find_in(missing_peers(), config.dispatch.name)) {
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
  if (dispatch != nullptr && dispatch->check != nullptr) dispatch->check(config);
  return config;
}

std::unique_ptr<Pool> make_pool(const PoolConfig& config) {
  PoolConfig full = resolved(config);
  if (!full.thread_factory) {
    full.thread_factory = [](std::function<void()> body) { return std::thread(std::move(body)); };
  }
  if (const PeerRow* peer = find_peer(full.dispatch.name)) return peer->make(full);
  return ThreadedPool::make(full);
}

}  // namespace pools
