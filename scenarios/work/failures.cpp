#include "scenarios/work/failures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace scenarios {
namespace {

/// A number from 0 to 1 that looks drawn: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
double drawn(std::uint64_t seed, std::uint64_t number) noexcept {
  std::uint64_t z = seed + (number + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  z ^= z >> 31U;
  return static_cast<double>(z >> 11U) * 0x1p-53;
}

pools::Nanos from_seconds(double seconds) { return pools::Nanos{std::llround(seconds * 1e9)}; }

const pools::KnobValue* given(const pools::Choice& work, std::string_view knob) {
  const auto found = work.settings.given().find(knob);
  return found == work.settings.given().end() ? nullptr : &found->second;
}

}  // namespace

const std::vector<pools::Knob>& failure_knobs() {
  static const std::vector<pools::Knob> kKnobs{
      {.name = "fail_share",
       .fallback = 0.0,
       .unit = "",
       .low = 0,
       .high = 1,
       .choices = {},
       .help = "share of the tasks that throw when their work is done"},
      {.name = "fail_during",
       .fallback = pools::Numbers{},
       .unit = "s",
       .low = 0,
       .high = 86'400,
       .choices = {},
       .help = "only those that run in these times; from the first measured instant",
       .columns = {"from_s", "to_s"}}};
  return kKnobs;
}

std::optional<Contradiction> failure_contradiction(const pools::Settings& settings) {
  const pools::Numbers& during = settings.numbers("fail_during");
  if (!during.empty() && settings.real("fail_share") <= 0) {
    return Contradiction{"fail_during",
                         "expected a fail_share above 0 beside it, or it does nothing, got 0"};
  }
  for (std::size_t i = 0; i + 1 < during.size(); i += 2) {
    if (during[i] < during[i + 1]) continue;
    return Contradiction{"fail_during", "expected from_s before to_s, got " +
                                            pools::shown(during[i]) + " and " +
                                            pools::shown(during[i + 1])};
  }
  return std::nullopt;
}

bool Failures::strikes(std::uint64_t draw, pools::Instant now) const noexcept {
  if (!windows_.empty()) {
    const std::int64_t begun = begun_.load(std::memory_order_acquire);
    if (begun == kNotYet) return false;
    const pools::Nanos at = now.time_since_epoch() - pools::Nanos{begun};
    const bool during = std::ranges::any_of(
        windows_, [at](const Window& window) { return at >= window.from && at < window.to; });
    if (!during) return false;
  }
  return drawn(seed_, draw) < share_;
}

std::shared_ptr<Failures> failures_of(const pools::Choice& work, std::uint64_t seed) {
  const pools::KnobValue* const share = given(work, "fail_share");
  const double* const fails = share == nullptr ? nullptr : std::get_if<double>(share);
  if (fails == nullptr || *fails <= 0) return nullptr;
  std::vector<Failures::Window> windows;
  if (const pools::KnobValue* const during = given(work, "fail_during")) {
    const auto& numbers = std::get<pools::Numbers>(*during);
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
      windows.push_back({from_seconds(numbers[i]), from_seconds(numbers[i + 1])});
    }
  }
  return std::make_shared<Failures>(*fails, std::move(windows), seed);
}

}  // namespace scenarios
