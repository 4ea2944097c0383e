#include "pools/catalog.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "pools/dispatch/rows.h"
#include "pools/policies/retry/rows.h"
#include "pools/policies/sizing/rows.h"

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
  return kRows;
}

const std::vector<RetryRow>& retry_catalog() {
  static const std::vector<RetryRow> kRows{POOLLAB_RETRY_ROWS(POOLLAB_LIST_ROW)};
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
const RetryRow* find_retry(std::string_view name) { return find_in(retry_catalog(), name); }
const MetricsRow* find_metrics(std::string_view name) { return find_in(metrics_catalog(), name); }
const PeerRow* find_peer(std::string_view name) { return find_in(peer_catalog(), name); }
const MissingPeer* find_missing_peer(std::string_view name) {
  return find_in(missing_peers(), name);
}

std::string missing_text(std::string_view what, const MissingPeer& peer) {
  return "expected " + std::string(what) + " of this build, got \"" + std::string(peer.name) +
         "\": " + std::string(peer.why);
}

std::string_view name_of(MetricsLevel level) { return name_in(metrics_catalog(), level); }
std::string_view name_of(OnFull rule) { return name_in(on_full_catalog(), rule); }

}  // namespace pools
