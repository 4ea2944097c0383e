// The catalogs: explicit tables of every strategy, sizing policy, admission rule and metrics level,
// with their knobs. Contract tests, the scenario reader, `poollab list` and the window enumerate
// these tables, so a new strategy is one file and one row here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pools/knobs.h"
#include "pools/pool.h"
#include "pools/pool_config.h"

namespace pools {

class Dispatch;          // dispatch/dispatch.h
struct DispatchContext;  // dispatch/dispatch.h
class SizingPolicy;      // policies/sizing/sizing.h
class RetryPolicy;       // policies/retry/retry.h

struct DispatchRow {
  std::string_view name;
  std::string_view summary;  ///< one line for people
  std::vector<Knob> knobs;
  Capabilities capabilities;
  std::unique_ptr<Dispatch> (*make)(const Settings& settings, const DispatchContext& context);
  /// Throws ConfigError for knobs that do not go with the rest of a resolved configuration. May be
  /// nullptr.
  void (*check)(const PoolConfig& config) = nullptr;
};

struct SizingRow {
  std::string_view name;
  std::string_view summary;
  std::vector<Knob> knobs;
  std::unique_ptr<SizingPolicy> (*make)(const Settings& settings);
};

struct RetryRow {
  std::string_view name;
  std::string_view summary;
  std::vector<Knob> knobs;
  /// nullptr: nothing is ever tried again.
  std::unique_ptr<RetryPolicy> (*make)(const Settings& settings);
  /// Throws ConfigError, the field below `path`, for resolved knobs that do not go together. May be
  /// nullptr.
  void (*check)(const Settings& settings, const std::string& path) = nullptr;
};

struct OnFullRow {
  std::string_view name;
  std::string_view summary;
  OnFull value;
};

struct MetricsRow {
  std::string_view name;
  std::string_view summary;
  MetricsLevel value;
};

/// A foreign pool behind our interface.
struct PeerRow {
  std::string_view name;
  std::string_view summary;
  std::vector<Knob> knobs;
  Capabilities capabilities;
  std::unique_ptr<Pool> (*make)(const PoolConfig& config);
};

/// A peer that this build of the program could have had, and why it does not.
struct MissingPeer {
  std::string_view name;
  std::string_view why;
};

const std::vector<DispatchRow>& dispatch_catalog();
const std::vector<SizingRow>& sizing_catalog();
const std::vector<RetryRow>& retry_catalog();
const std::vector<OnFullRow>& on_full_catalog();
const std::vector<MetricsRow>& metrics_catalog();
/// Empty unless the program added some: the library by itself knows no foreign pool.
const std::vector<PeerRow>& peer_catalog();
const std::vector<MissingPeer>& missing_peers();

/// Offers foreign pools in this program; peers/peers.h has those of the lab. Requires: at the
/// program's start, before anything looks into the catalog, which is not guarded and whose rows may
/// move; no name is a strategy's or added already.
void add_peers(std::vector<PeerRow> rows, std::vector<MissingPeer> missing = {});

/// Nullptr when there is none of that name.
const DispatchRow* find_dispatch(std::string_view name);
const SizingRow* find_sizing(std::string_view name);
const RetryRow* find_retry(std::string_view name);
const MetricsRow* find_metrics(std::string_view name);
const PeerRow* find_peer(std::string_view name);
const MissingPeer* find_missing_peer(std::string_view name);

/// What to tell who asked for it. `what` as in "a dispatch strategy".
std::string missing_text(std::string_view what, const MissingPeer& peer);

/// As in its catalog; empty for a value that it does not have.
std::string_view name_of(MetricsLevel level);
std::string_view name_of(OnFull rule);

}  // namespace pools
