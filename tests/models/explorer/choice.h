// How an execution is steered. Wherever it could go on in several ways - which thread runs next,
// which store a load returns, whether a wait ends for no reason - it asks a Chooser. The answers
// together are the schedule; a schedule replays an execution exactly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace models {

enum class Kind : std::uint8_t {
  Continue,  ///< 0: the running thread goes on; else another one preempts it
  Handover,  ///< the running thread cannot go on: who does?
  Value,     ///< 0: the newest store, or the normal outcome; else a stale store, a spurious failure
};

struct Decision {
  std::uint8_t chosen;
  std::uint8_t options;
};
using Schedule = std::vector<Decision>;

std::string to_text(const Schedule& schedule);
/// Throws std::invalid_argument on anything that to_text did not write.
std::vector<std::uint8_t> choices_from(const std::string& text);

/// Small and fast: splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::uint32_t below(std::uint32_t limit) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32U) * limit) >> 32U);
  }

 private:
  std::uint64_t state_;
};

class Chooser {
 public:
  virtual ~Chooser() = default;
  /// Before each execution; false when there is nothing left to explore.
  virtual bool begin() = 0;
  /// In [0, options). `who[i]` is the thread behind option i, for Continue and Handover.
  virtual unsigned choose(Kind kind, unsigned options, const std::uint8_t* who) = 0;
  /// The thread waits for others and must not be preferred to them any more.
  virtual void yielded(std::uint8_t who) { static_cast<void>(who); }
  /// Whether the search was cut off at its bounds, so that no failure proves nothing.
  virtual bool exhaustive() const { return false; }

  /// How many preemptions, and how many stale reads and spurious failures, an execution may have.
  unsigned preemptions = 2;
  unsigned stale = 2;
};

/// Depth first through all schedules within the bounds.
class DepthFirst final : public Chooser {
 public:
  bool begin() override;
  unsigned choose(Kind kind, unsigned options, const std::uint8_t* who) override;
  bool exhaustive() const override { return done_; }

 private:
  Schedule path_;
  std::size_t depth_ = 0;
  bool started_ = false;
  bool done_ = false;
};

/// Each choice by chance; how eager it is to preempt and to go stale differs between executions.
class RandomWalk final : public Chooser {
 public:
  explicit RandomWalk(std::uint64_t seed) : seed_(seed) {}
  bool begin() override;
  unsigned choose(Kind kind, unsigned options, const std::uint8_t* who) override;

 private:
  std::uint64_t seed_;
  Random random_{0};
  unsigned preempt_in_64_ = 0;
  unsigned stale_in_64_ = 0;
};

/// Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): threads have random
/// priorities, the highest runs; at a few random steps the running one falls to the bottom.
class Priorities final : public Chooser {
 public:
  explicit Priorities(std::uint64_t seed) : seed_(seed) {}
  bool begin() override;
  unsigned choose(Kind kind, unsigned options, const std::uint8_t* who) override;
  void yielded(std::uint8_t who) override { priority_[who % kThreads] = --bottom_; }

 private:
  static constexpr unsigned kThreads = 16;
  static constexpr unsigned kChanges = 3;
  std::uint64_t seed_;
  Random random_{0};
  int priority_[kThreads] = {};
  unsigned change_at_[kChanges] = {};
  unsigned step_ = 0;
  unsigned last_steps_ = 40;
  unsigned stale_in_64_ = 0;
  int bottom_ = 0;
};

/// Follows a schedule once; beyond its end the first option.
class Replay final : public Chooser {
 public:
  explicit Replay(std::vector<std::uint8_t> choices) : choices_(std::move(choices)) {}
  bool begin() override;
  unsigned choose(Kind kind, unsigned options, const std::uint8_t* who) override;

 private:
  std::vector<std::uint8_t> choices_;
  std::size_t at_ = 0;
  bool started_ = false;
};

}  // namespace models
