// What scenes put in place of std::atomic, std::mutex, std::condition_variable and the futex: the
// same interfaces, run by the current Execution.
#pragma once

#include <array>
#include <climits>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string>
#include <type_traits>

#include "tests/models/explorer/execution.h"

namespace models {

template <typename T>
class Atomic {
  static_assert(sizeof(T) <= sizeof(std::uint64_t) && std::is_trivially_copyable_v<T>);

 public:
  Atomic() : Atomic(T{}) {}
  Atomic(T value) {
    Execution::current().create(location_, bits(value));
  }  // NOLINT: as std::atomic
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order, Where where = Where::current()) const {
    return value_of(Execution::current().load(location_, order, where));
  }
  void store(T value, Order order, Where where = Where::current()) {
    Execution::current().store(location_, bits(value), order, where);
  }
  T exchange(T value, Order order, Where where = Where::current()) {
    return update([&](T) { return value; }, order, where, "exchange");
  }
  T fetch_add(T n, Order order, Where where = Where::current()) {
    return update([&](T old) { return static_cast<T>(old + n); }, order, where, "fetch_add");
  }
  T fetch_sub(T n, Order order, Where where = Where::current()) {
    return update([&](T old) { return static_cast<T>(old - n); }, order, where, "fetch_sub");
  }
  T fetch_or(T n, Order order, Where where = Where::current()) {
    return update([&](T old) { return static_cast<T>(old | n); }, order, where, "fetch_or");
  }
  T fetch_and(T n, Order order, Where where = Where::current()) {
    return update([&](T old) { return static_cast<T>(old & n); }, order, where, "fetch_and");
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                             Where where = Where::current()) {
    return compare_exchange(expected, desired, true, success, failure, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure,
                               Where where = Where::current()) {
    return compare_exchange(expected, desired, false, success, failure, where);
  }

  Location& location() noexcept { return location_; }
  static std::uint64_t bits(T value) noexcept {
    std::uint64_t out = 0;
    std::memcpy(&out, &value, sizeof(T));
    return out;
  }

 private:
  static T value_of(std::uint64_t bits) noexcept {
    T out;
    std::memcpy(static_cast<void*>(&out), &bits, sizeof(T));
    return out;
  }
  template <typename Next>
  T update(Next&& next, Order order, const Where& where, const char* what) {
    return value_of(Execution::current().update(
        location_, [&](std::uint64_t old) { return bits(next(value_of(old))); }, order, where,
        what));
  }
  bool compare_exchange(T& expected, T desired, bool weak, Order success, Order failure,
                        const Where& where) {
    std::uint64_t was = bits(expected);
    if (Execution::current().compare_exchange(location_, was, bits(desired), weak, success, failure,
                                              where)) {
      return true;
    }
    expected = value_of(was);
    return false;
  }

  mutable Location location_;
};

/// A plain variable. Copying reads, assigning writes; two accesses that nothing orders, one of them
/// a write, fail the execution.
template <typename T>
class Plain {
 public:
  Plain() = default;
  Plain(T value) : value_(value) { wrote(); }  // NOLINT: stands for a T
  Plain(const Plain& other) : value_(other.get()) { wrote(); }
  Plain& operator=(const Plain& other) {
    if (this != &other) set(other.get());
    return *this;
  }
  T get() const {
    Execution& run = Execution::current();
    if (writer_clock_ > run.view().at[writer_]) run.fail("data race: a read beside a write");
    read_at_[run.running()] = run.tick();
    return value_;
  }
  void set(T value) {
    Execution& run = Execution::current();
    if (writer_clock_ > run.view().at[writer_]) run.fail("data race: two writes");
    for (std::size_t i = 0; i < kMostThreads; ++i) {
      if (read_at_[i] > run.view().at[i]) run.fail("data race: a write beside a read");
    }
    value_ = value;
    wrote();
  }

 private:
  void wrote() {
    Execution& run = Execution::current();
    writer_ = run.running();
    writer_clock_ = run.tick();
  }

  T value_{};
  std::size_t writer_ = 0;
  std::uint16_t writer_clock_ = 0;
  mutable std::array<std::uint16_t, kMostThreads> read_at_{};
};

class Mutex {
 public:
  void lock() { Execution::current().lock(this, view_, held_); }
  void unlock() { Execution::current().unlock(this, view_, held_); }

 private:
  View view_;
  bool held_ = false;
};

class Condition {
 public:
  void wait(std::unique_lock<Mutex>& lock) { wait_for(lock, pools::Nanos{-1}); }
  void wait_for(std::unique_lock<Mutex>& lock, pools::Nanos limit) {
    Execution& run = Execution::current();
    run.point();
    lock.unlock();
    run.block(this, limit.count() >= 0, limit);
    lock.lock();
  }
  void notify_all(Where where = Where::current()) {
    Execution& run = Execution::current();
    if (run.dropped(Operation::Wake, std::memory_order_relaxed, where)) return;
    run.point();
    run.wake(this, INT_MAX);
  }
};

/// The engine's policy (pools/engine/sync.h), simulated.
struct ModelSync {
  template <typename T>
  using Atomic = models::Atomic<T>;
  using Lock = models::Mutex;  // the real one has scenes of its own (scenes/lock.cpp)
  using Mutex = models::Mutex;
  using Condition = models::Condition;

  static constexpr unsigned kLockSpins = 1;
  static void relax() {}

  static pools::Instant now() { return Execution::current().now(); }
  static void futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         pools::Nanos limit = pools::Nanos{-1}, Where where = Where::current()) {
    Execution::current().futex_wait(word.location(), expected, limit, where);
  }
  static void futex_wake(Atomic<std::uint32_t>& word, int waiters = INT_MAX,
                         Where where = Where::current()) {
    Execution::current().futex_wake(word.location(), waiters, where);
  }
};

}  // namespace models
