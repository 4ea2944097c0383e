#include "lab/pair_probe.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "pools/clock.h"
#include "scenarios/cores.h"

namespace lab {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;

constexpr Nanos kProbe = std::chrono::milliseconds(20);
constexpr std::size_t kMostPartners = 16;  // beyond that the probe would take too long

/// Eight chains that do not wait for each other keep a core's units busy; a single one would leave
/// them to a thread beside it, and show nothing.
[[gnu::noinline]] void compute(std::array<std::uint64_t, 8>& chains) noexcept {
  for (int i = 0; i < 2000; ++i) {
    for (std::uint64_t& x : chains) {
      x = x * 6364136223846793005U + 1442695040888963407U;
      asm volatile("" : "+r"(x));  // as it stands: not vectorised, not shortened
    }
  }
}

/// Turns a microsecond, on that core. What other processes do to it makes some of the turns long:
/// the slower quarter has what a neighbour does to all of them, and little of what they do.
double speed_on(int core, const std::atomic<bool>* go) {
  scenarios::Cores one;
  one.add(core);
  const scenarios::OnCores here(one);
  std::array<std::uint64_t, 8> chains{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<double> turns;
  turns.reserve(10'000);
  if (go != nullptr) {
    while (!go->load(std::memory_order_relaxed)) std::this_thread::yield();
  }
  const Instant end = Clock::now() + kProbe;
  Instant last = Clock::now();
  while (last < end && turns.size() < turns.capacity()) {
    compute(chains);
    const Instant now = Clock::now();
    turns.push_back(std::chrono::duration<double, std::micro>(now - last).count());
    last = now;
  }
  if (turns.empty()) return 0;
  const auto quarter = turns.begin() + static_cast<std::ptrdiff_t>(turns.size() * 3 / 4);
  std::nth_element(turns.begin(), quarter, turns.end());
  return 1 / std::max(*quarter, 1e-3);
}

double speed_alone(int core) {
  double speed = 0;
  std::thread([&] { speed = speed_on(core, nullptr); }).join();
  return speed;
}

double speed_beside(int core, int other) {
  std::atomic<bool> go{false};
  double speed = 0;
  std::thread first([&] { speed = speed_on(core, &go); });
  std::thread second([&] { speed_on(other, &go); });
  go.store(true, std::memory_order_relaxed);
  first.join();
  second.join();
  return speed;
}

}  // namespace

PairSpeed probe_pairs() {
  const scenarios::Cores usable = scenarios::Cores::usable();
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE && cores.size() <= kMostPartners; ++core) {
    if (usable.contains(core)) cores.push_back(core);
  }
  PairSpeed worst;
  for (std::size_t i = 1; i < cores.size(); ++i) {
    // Alone before and after, so that a change of the clock's rate is not taken for a neighbour.
    const double before = speed_alone(cores[0]);
    const double beside = speed_beside(cores[0], cores[i]);
    const double alone = std::min(before, speed_alone(cores[0]));
    const double share = alone > 0 ? std::min(1.0, beside / alone) : 1;
    if (share < worst.share) worst = {share, cores[0], cores[i]};
  }
  return worst;
}

}  // namespace lab
