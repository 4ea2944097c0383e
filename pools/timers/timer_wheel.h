// Timers by the thousand: starting one and cancelling one costs the same however many there are. A
// hashed hierarchical wheel (Varghese and Lauck, SOSP 1987), with slots found by the highest digit
// in which a due time differs from the present one, so that what is due next stands in the lowest
// occupied level, and bitmaps that lead to it: time in which nothing is due costs nothing either.
//
// Never early; late by at most one tick, and by as much as who asks asks late. Timers of the same
// tick come in no order.
//
// A plain value without a lock or a clock: BasicTimers (timers.h) adds those.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "pools/clock.h"

namespace pools {

/// One timer, a member or a base of what waits for it. Not to be moved or destroyed while it is in
/// a wheel.
class WheelTimer {
 public:
  WheelTimer() = default;
  WheelTimer(const WheelTimer&) = delete;
  WheelTimer& operator=(const WheelTimer&) = delete;
  ~WheelTimer() = default;

  /// Whether it is in a wheel.
  bool pending() const noexcept { return link_ != nullptr; }

 private:
  friend class TimerWheel;
  WheelTimer* next_ = nullptr;
  WheelTimer** link_ = nullptr;  // what points to it: a slot, or the timer before
  std::uint64_t tick_ = 0;
  std::uint16_t slot_ = 0;
};

class TimerWheel {
 public:
  /// 65 us: short against every time limit that a task can keep, long against a look at the wheel.
  static constexpr Nanos kTick{std::int64_t{1} << 16U};

  explicit TimerWheel(Instant now) noexcept : now_(tick_before(now)) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// Requires: `timer` is not pending. What is due already comes out at the next look.
  void start(WheelTimer& timer, Instant due) noexcept {
    assert(!timer.pending());
    timer.tick_ = tick_after(due);
    ++size_;
    insert(timer);
  }

  /// False: it was not pending.
  bool cancel(WheelTimer& timer) noexcept {
    if (!timer.pending()) return false;
    unlink(timer);
    --size_;
    return true;
  }

  /// Takes one timer that is due by `now`; nullptr when none is. `now` never goes back.
  WheelTimer* pop_due(Instant now) noexcept {
    const std::uint64_t target = tick_before(now);
    while (ready_ == nullptr) {
      const Next next = find_next();
      if (!next.any || next.tick > target) {
        // Nothing stands between the two, so every slot is still the right one.
        if (target > now_) now_ = target;
        return nullptr;
      }
      now_ = next.tick;
      spread(next.slot);
    }
    WheelTimer* const due = ready_;
    unlink(*due);
    --size_;
    return due;
  }

  /// When to look again: nothing is due before. Instant::max(): never, there are none.
  Instant next_look() const noexcept {
    if (ready_ != nullptr) return instant_of(now_);
    const Next next = find_next();
    return next.any ? instant_of(next.tick) : Instant::max();
  }

 private:
  static constexpr unsigned kDigitBits = 6;
  static constexpr std::uint64_t kSlots = 64;
  static constexpr unsigned kLevels = 11;          // enough for every tick there is
  static constexpr std::uint16_t kReady = 0xFFFF;  // in ready_, not in a slot

  struct Next {
    bool any = false;
    std::uint64_t tick = 0;  // the first of the slot's
    std::uint16_t slot = 0;
  };

  static std::uint64_t tick_before(Instant at) noexcept {
    const std::int64_t ns = at.time_since_epoch().count();
    return ns <= 0 ? 0 : static_cast<std::uint64_t>(ns / kTick.count());
  }
  /// The tick by which `at` has come.
  static std::uint64_t tick_after(Instant at) noexcept {
    const std::uint64_t tick = tick_before(at);
    return instant_of(tick) < at ? tick + 1 : tick;
  }
  static Instant instant_of(std::uint64_t tick) noexcept {
    constexpr auto kLast = static_cast<std::uint64_t>(Instant::max().time_since_epoch() / kTick);
    return tick > kLast ? Instant::max() : Instant{kTick * static_cast<std::int64_t>(tick)};
  }

  void insert(WheelTimer& timer) noexcept {
    if (timer.tick_ <= now_) {
      timer.slot_ = kReady;
      link(timer, ready_);
      return;
    }
    const auto highest = 63U - static_cast<unsigned>(std::countl_zero(now_ ^ timer.tick_));
    const unsigned level = highest / kDigitBits;
    const std::uint64_t digit = (timer.tick_ >> (level * kDigitBits)) % kSlots;
    timer.slot_ = static_cast<std::uint16_t>(level * kSlots + digit);
    occupied_[level] |= std::uint64_t{1} << digit;
    link(timer, slots_[timer.slot_]);
  }

  static void link(WheelTimer& timer, WheelTimer*& head) noexcept {
    timer.next_ = head;
    timer.link_ = &head;
    if (head != nullptr) head->link_ = &timer.next_;
    head = &timer;
  }

  void unlink(WheelTimer& timer) noexcept {
    *timer.link_ = timer.next_;
    if (timer.next_ != nullptr) timer.next_->link_ = timer.link_;
    timer.link_ = nullptr;
    if (timer.slot_ != kReady && slots_[timer.slot_] == nullptr) vacate(timer.slot_);
  }
  void vacate(std::uint16_t slot) noexcept {
    occupied_[slot / kSlots] &= ~(std::uint64_t{1} << (slot % kSlots));
  }

  /// In a level all timers agree with the present in every higher digit, and are ahead in this one:
  /// so they come before those of the levels above.
  Next find_next() const noexcept {
    for (unsigned level = 0; level < kLevels; ++level) {
      if (occupied_[level] == 0) continue;
      const auto digit = static_cast<unsigned>(std::countr_zero(occupied_[level]));
      const unsigned shift = level * kDigitBits;
      const unsigned above = shift + kDigitBits;
      const std::uint64_t prefix = above >= 64 ? 0 : now_ >> above << above;
      return {true, prefix | std::uint64_t{digit} << shift,
              static_cast<std::uint16_t>(level * kSlots + digit)};
    }
    return {};
  }

  /// The slot's time has come: each of its timers is due, or goes to a level below.
  void spread(std::uint16_t slot) noexcept {
    WheelTimer* timer = slots_[slot];
    slots_[slot] = nullptr;
    vacate(slot);
    while (timer != nullptr) {
      WheelTimer* const next = timer->next_;
      insert(*timer);
      timer = next;
    }
  }

  std::uint64_t now_;  // the latest tick looked at
  std::size_t size_ = 0;
  WheelTimer* ready_ = nullptr;  // due and not yet taken
  std::array<std::uint64_t, kLevels> occupied_{};
  std::array<WheelTimer*, kLevels * kSlots> slots_{};
};

}  // namespace pools
