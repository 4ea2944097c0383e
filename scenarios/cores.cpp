#include "scenarios/cores.h"

#include <algorithm>
#include <variant>

namespace scenarios {
namespace {

/// The threads a pool may have: where it makes one for every task, more than its workers.
std::uint64_t threads_of(const pools::PoolConfig& pool) {
  const auto& knobs = pool.dispatch.settings.given();
  const auto limit = knobs.find("max_threads");
  if (limit == knobs.end()) return pool.max_workers;
  const auto* threads = std::get_if<std::int64_t>(&limit->second);
  return threads == nullptr ? pool.max_workers : static_cast<std::uint64_t>(*threads);
}

}  // namespace

Cores Cores::usable() noexcept {
  Cores cores;
  if (::sched_getaffinity(0, sizeof cores.set_, &cores.set_) != 0) CPU_ZERO(&cores.set_);
  return cores;
}

Cores Cores::last() const noexcept {
  Cores one;
  for (int core = CPU_SETSIZE - 1; core >= 0; --core) {
    if (!contains(core)) continue;
    one.add(core);
    break;
  }
  return one;
}

Cores Cores::without(const Cores& others) const noexcept {
  Cores rest;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (contains(core) && !others.contains(core)) rest.add(core);
  }
  return rest;
}

bool Cores::bind() const noexcept { return ::sched_setaffinity(0, sizeof set_, &set_) == 0; }

OnCores::OnCores(const Cores& cores) noexcept
    : before_(Cores::usable()), bound_(!cores.empty() && cores.bind()) {}

OnCores::~OnCores() {
  if (bound_) before_.bind();
}

Arrangement arrange(const pools::PoolConfig& pool, std::string_view wish, const Cores& usable) {
  const std::uint32_t cores = usable.count();
  const bool room = threads_of(pool) < cores;
  if (cores < 2 || wish == "shared" || (wish != "own" && !room)) return {};
  const Cores last = usable.last();
  return {last, usable.without(last)};
}

const std::vector<std::string_view>& core_wishes() {
  static const std::vector<std::string_view> kWishes{"auto", "own", "shared"};
  return kWishes;
}

}  // namespace scenarios
