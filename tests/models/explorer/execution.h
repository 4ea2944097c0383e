// One run of a scene: its threads as fibers, its memory as histories of stores, and the rules of
// C++20's memory model that say which store a load may return.
//
// The model. Each atomic location keeps every store in modification order, which is the order of
// execution. Each thread has a View: per location the oldest store it may still read, and per
// thread a clock. A release store carries its thread's view; an acquire load that reads it joins
// that view: coherence and happens-before are both "the view only grows". An update reads the
// newest store and passes on the view that store carried (release sequence). seq_cst operations are
// in the order of execution too: a seq_cst load reads nothing older than what a seq_cst operation
// on that location has read or written before. Plain variables are checked for data races by clock.
// Not modelled: fences, consume, stores that take effect before loads that precede them in their
// thread (load buffering), and modification orders other than the order of execution (2+2W).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <source_location>
#include <string>
#include <vector>

#include "pools/clock.h"
#include "tests/models/explorer/choice.h"
#include "tests/models/explorer/fiber.h"
#include "tests/models/explorer/mutation.h"

namespace models {

inline constexpr std::size_t kMostThreads = 7;  // the scene's own, number 0, included

struct View {
  static constexpr std::size_t kEntries = 96;
  alignas(32) std::array<std::uint16_t, kEntries> at{};  // clocks of the threads, then locations

  void join(const View& other, std::size_t width) noexcept {
    for (std::size_t i = 0; i < width; ++i) {
      at[i] = at[i] > other.at[i] ? at[i] : other.at[i];
    }
  }
};

struct Stored {
  std::uint64_t value = 0;
  const View* released = nullptr;  // what an acquire load of it learns
};

/// The part of an atomic variable that does not depend on its type.
struct Location {
  std::uint16_t id = 0;
  std::uint16_t seq_cst_floor = 0;  // no seq_cst load reads older than this
  std::uint32_t count = 0;
  std::uint32_t room = 0;
  Stored* stores = nullptr;
};

/// Memory that is all given back when the next execution begins.
class Arena {
 public:
  void* take(std::size_t bytes);
  void reset() noexcept { block_ = 0, used_ = 0; }

 private:
  static constexpr std::size_t kBlock = std::size_t{1} << 18U;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

using Where = std::source_location;
using Order = std::memory_order;

class Execution {
 public:
  static Execution& current();

  // For the search: one run.
  void begin(Chooser& chooser, bool tracing);
  /// Adds a thread; a daemon may still be blocked when all others are at their end.
  void thread(const char* name, std::function<void()> body, bool daemon);
  /// Runs the scene's own thread, number 0, which builds it and looks at the end. False on a
  /// failure.
  bool run_scene(std::function<void()> body);
  /// Runs the threads to their end. False on a failure.
  bool run();
  const std::string& failure() const noexcept { return failure_; }
  const Schedule& schedule() const noexcept { return schedule_; }
  const std::vector<std::string>& trace() const noexcept { return trace_; }
  std::uint64_t steps() const noexcept { return steps_; }

  // For scenes.
  /// Ends the execution as failed; never returns when called by a thread of the scene.
  void fail(const std::string& why);
  /// The thread has nothing to do until another one has done something.
  void yield();
  void note(const std::string& text);
  /// The sub-set of operations that are mutated or recorded; set between executions.
  Mutation mutation;
  std::set<Site>* record = nullptr;
  bool spurious = true;  // weak compare-exchanges and futex waits may fail for no reason

  // For atomics, locks and plain variables.
  void create(Location& location, std::uint64_t value);
  std::uint64_t load(Location& location, Order order, const Where& where);
  void store(Location& location, std::uint64_t value, Order order, const Where& where);
  template <typename Next>
  std::uint64_t update(Location& location, Next&& next, Order order, const Where& where,
                       const char* what) {
    bool split = false;
    if (!begin_update(location, order, where, split))
      return location.stores[location.count - 1].value;
    const std::uint64_t before = location.stores[location.count - 1].value;
    if (split) {
      end_split(location, next(before), order, where);
    } else {
      end_update(location, before, next(before), order, where, what);
    }
    return before;
  }
  /// True and `expected` unchanged if it took place.
  bool compare_exchange(Location& location, std::uint64_t& expected, std::uint64_t desired,
                        bool weak, Order success, Order failure, const Where& where);

  void lock(void* mutex, View& view, bool& held);
  void unlock(void* mutex, View& view, bool& held);
  /// Blocks on `key` until woken or, if timed, until the chooser lets the time pass. True if woken.
  bool block(const void* key, bool timed, pools::Nanos limit);
  int wake(const void* key, int most);
  bool futex_wait(Location& word, std::uint64_t expected, pools::Nanos limit, const Where& where);
  void futex_wake(Location& word, int most, const Where& where);
  bool dropped(Operation operation, Order order, const Where& where);
  void point();
  /// Choices below what an execution may spend on surprises.
  bool surprise();

  std::uint16_t tick() noexcept { return ++threads_[running_].view.at[running_]; }
  const View& view() const noexcept { return threads_[running_].view; }
  std::size_t running() const noexcept { return running_; }
  pools::Instant now() const noexcept { return now_; }
  bool tracing() const noexcept { return tracing_; }

 private:
  enum class State : std::uint8_t { Ready, Blocked, Done };
  struct Thread {
    View view;
    State state = State::Done;
    bool daemon = false;
    bool timed = false;
    bool timed_out = false;
    const void* key = nullptr;
    pools::Instant until{};
    std::uint32_t lap = 0;  // steps since another thread ran
    std::uint64_t blocked_at = 0;
    const char* name = "";
    std::function<void()> body;
    Fiber fiber;
  };

  static void entry();
  static void scene_entry();
  unsigned choose(Kind kind, unsigned options, const std::uint8_t* who);
  void hand_over();
  void go_to(std::size_t next);
  [[noreturn]] void abandon();
  Order mutated(Operation operation, Order order, const Where& where);
  bool begin_update(Location& location, Order& order, const Where& where, bool& split);
  /// The update as a load and a store, with room for others between them.
  void end_split(Location& location, std::uint64_t after, Order order, const Where& where);
  void end_update(Location& location, std::uint64_t before, std::uint64_t after, Order order,
                  const Where& where, const char* what);
  void read(Location& location, std::uint32_t index, Order order) noexcept;
  void append(Location& location, std::uint64_t value, Order order, const View* inherited);
  const View* keep(const View& view);
  void log(const char* what, const Location& location, std::uint64_t value, Order order,
           const Where& where, std::uint32_t index);

  static constexpr std::uint64_t kMostSteps = 3000;
  static constexpr std::uint32_t kLongestLap = 120;

  Chooser* chooser_ = nullptr;
  Fiber home_;             // the explorer's own stack
  bool in_scene_ = false;  // not at home
  std::function<void()> scene_body_;
  Schedule schedule_;
  std::array<Thread, kMostThreads> threads_;
  std::size_t thread_count_ = 1;
  std::size_t running_ = 0;
  std::size_t width_ = kMostThreads;
  Arena arena_;
  unsigned preemptions_left_ = 0;
  unsigned stale_left_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t blocks_ = 0;
  pools::Instant now_{};
  std::string failure_;
  bool tracing_ = false;
  std::vector<std::string> trace_;
};

}  // namespace models
