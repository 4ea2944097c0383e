#include "pools/task.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pools {
namespace {

/// Counts its living copies, so that a test sees every construction met by one destruction.
class Probe {
 public:
  struct Counts {
    int alive = 0;
    int made = 0;
    int runs = 0;
  };
  explicit Probe(Counts& counts) : counts_(&counts) { born(); }
  Probe(const Probe& other) : counts_(other.counts_) { born(); }
  Probe(Probe&& other) noexcept : counts_(other.counts_) { born(); }
  Probe& operator=(const Probe&) = delete;
  ~Probe() { --counts_->alive; }
  void operator()() const { ++counts_->runs; }

 private:
  void born() {
    ++counts_->alive;
    ++counts_->made;
  }
  Counts* counts_;
};

template <std::size_t Bytes>
struct Padded {
  explicit Padded(Probe::Counts& counts) : probe(counts) {}
  void operator()() const {
    probe();
    if (fail) throw std::runtime_error("asked to");
  }
  Probe probe;
  bool fail = false;
  std::array<char, Bytes> padding{};
};

template <typename Body>
class HeldBody : public testing::Test {};
// Fits inside the task; fits exactly; must be boxed; boxed and large.
using Bodies = testing::Types<Padded<1>, Padded<16>, Padded<40>, Padded<5000>>;
TYPED_TEST_SUITE(HeldBody, Bodies);

TYPED_TEST(HeldBody, IsDestroyedOnceWhenRun) {
  Probe::Counts counts;
  Task task;
  task.hold(TypeParam(counts));
  EXPECT_EQ(counts.alive, 1);
  EXPECT_EQ(counts.runs, 0);
  task.run_once();
  EXPECT_EQ(counts.runs, 1);
  EXPECT_EQ(counts.alive, 0);
}

TYPED_TEST(HeldBody, IsDestroyedOnceWhenItThrows) {
  Probe::Counts counts;
  Task task;
  TypeParam body(counts);
  body.fail = true;
  task.hold(std::move(body));
  EXPECT_THROW(task.run_once(), std::runtime_error);
  EXPECT_EQ(counts.runs, 1);
  EXPECT_EQ(counts.alive, 1) << "only the moved-from original is left";
}

TYPED_TEST(HeldBody, IsDestroyedOnceAndNotRunWhenDiscarded) {
  Probe::Counts counts;
  Task task;
  task.hold(TypeParam(counts));
  task.end(Outcome::Cancelled);
  EXPECT_EQ(counts.runs, 0);
  EXPECT_EQ(counts.alive, 0);
}

TYPED_TEST(HeldBody, CanBeFollowedByAnotherInTheSameTask) {
  Probe::Counts counts;
  Task task;
  for (int i = 0; i < 5; ++i) {
    task.hold(TypeParam(counts));
    if (i % 2 == 0) {
      task.run_once();
    } else {
      task.end(Outcome::Cancelled);
    }
    ASSERT_EQ(counts.alive, 0);
  }
  EXPECT_EQ(counts.runs, 3);
}

TYPED_TEST(HeldBody, IsCopiedFromAnLvalue) {
  Probe::Counts counts;
  {
    const TypeParam body(counts);
    Task task;
    task.hold(body);
    task.run_once();
    EXPECT_EQ(counts.alive, 1) << "the caller's own copy";
    body();
  }
  EXPECT_EQ(counts.runs, 2);
  EXPECT_EQ(counts.alive, 0);
}

TEST(Task, HoldsMoveOnlyCallables) {
  int seen = 0;
  Task task;
  task.hold([value = std::make_unique<int>(42), &seen] { seen = *value; });
  task.run_once();
  EXPECT_EQ(seen, 42);
  std::array<std::unique_ptr<int>, 8> many;
  many[7] = std::make_unique<int>(43);
  task.hold([values = std::move(many), &seen] { seen = *values[7]; });
  task.run_once();
  EXPECT_EQ(seen, 43);
}

int calls_of_function = 0;
void plain_function() { ++calls_of_function; }

TEST(Task, HoldsFunctionsAndMutableLambdas) {
  Task task;
  task.hold(plain_function);
  task.run_once();
  task.hold(&plain_function);
  task.run_once();
  EXPECT_EQ(calls_of_function, 2);
  int result = 0;
  task.hold([count = 0, &result]() mutable { result = ++count; });
  task.run_once();
  EXPECT_EQ(result, 1);
}

TEST(Task, BoxesCallablesThatMayThrowWhenMoved) {
  struct Touchy {
    explicit Touchy(int* out) : result(out) {}
    Touchy(Touchy&& other) noexcept(false) : result(other.result) {}
    void operator()() const { ++*result; }
    int* result;
  };
  int runs = 0;
  Task task;
  task.hold(Touchy(&runs));
  task.run_once();
  EXPECT_EQ(runs, 1);
}

TEST(Task, BoxesOverAlignedCallablesAtTheirAlignment) {
  struct alignas(64) Aligned {
    bool* aligned;
    void operator()() const { *aligned = reinterpret_cast<std::uintptr_t>(this) % 64 == 0; }
  };
  bool aligned = false;
  Task task;
  task.hold(Aligned{&aligned});
  task.run_once();
  EXPECT_TRUE(aligned);
}

TEST(Task, IsLeftEmptyByACallableThatCannotBeCopied) {
  struct Uncopyable {
    Uncopyable() = default;
    Uncopyable(const Uncopyable&) { throw std::bad_alloc(); }
    void operator()() const {}
  };
  const Uncopyable body;
  Task task;
  EXPECT_THROW(task.hold(body), std::bad_alloc);
  bool ran = false;
  task.hold([&ran] { ran = true; });
  task.run_once();
  EXPECT_TRUE(ran);
}

/// Throws when destroyed, once.
struct Bomb {
  explicit Bomb(Probe::Counts& counts) : probe(counts) {}
  Bomb(Bomb&& other) noexcept
      : probe(other.probe), armed(std::exchange(other.armed, false)), fails(other.fails) {}
  Bomb& operator=(Bomb&&) = delete;
  ~Bomb() noexcept(false) {
    if (armed) throw std::runtime_error("destroyed");
  }
  void operator()() const {
    probe();
    if (fails) throw std::logic_error("run");
  }
  Probe probe;
  bool armed = true;
  bool fails = false;
};

TEST(Task, FailsWhenItsCallableThrowsAtItsEnd) {
  Probe::Counts counts;
  Task task;
  task.hold(Bomb(counts));
  EXPECT_THROW(task.run_once(), std::runtime_error);
  EXPECT_EQ(counts.runs, 1);
  EXPECT_EQ(counts.alive, 0);
  Bomb both(counts);
  both.fails = true;
  task.hold(std::move(both));
  EXPECT_THROW(task.run_once(), std::logic_error) << "what it threw first";
}

TEST(Task, IsDiscardedWhateverItsCallablesDestructorThrows) {
  Probe::Counts counts;
  Task task;
  task.hold(Bomb(counts));
  task.end(Outcome::Cancelled);
  EXPECT_EQ(counts.runs, 0);
  EXPECT_EQ(counts.alive, 0);
}

TYPED_TEST(HeldBody, CanBeRunAgainAfterItThrew) {
  Probe::Counts counts;
  Task task;
  TypeParam body(counts);
  body.fail = true;
  task.hold(std::move(body));
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_THROW(task.run(), std::runtime_error);
    EXPECT_EQ(counts.runs, attempt);
    EXPECT_EQ(counts.alive, 2) << "the original and the task's own, which stays";
  }
  task.end(Outcome::Failed);
  EXPECT_EQ(counts.alive, 1);
}

/// Writes down how it ended.
struct Witness {
  std::vector<Outcome>* seen;
  bool fail = false;
  std::array<char, 24> padding{};
  void operator()() const {
    if (fail) throw std::runtime_error("asked to");
  }
  void ended(Outcome outcome) const noexcept { seen->push_back(outcome); }
};

TEST(Task, TellsItsCallableHowItEnded) {
  std::vector<Outcome> seen;
  Task task;
  task.hold(Witness{&seen});
  task.run_once();
  task.hold(Witness{&seen, true});
  EXPECT_THROW(task.run_once(), std::runtime_error);
  for (const Outcome outcome : {Outcome::Cancelled, Outcome::Shed, Outcome::Refused}) {
    task.hold(Witness{&seen});
    task.end(outcome);
  }
  EXPECT_EQ(seen, (std::vector{Outcome::Completed, Outcome::Failed, Outcome::Cancelled,
                               Outcome::Shed, Outcome::Refused}));
  task.hold(Witness{&seen}, TaskContext{});
  task.run_once();
  EXPECT_EQ(seen.size(), 6U) << "also beside a context";
}

TEST(Task, HasAContextOnlyWhereOneIsWanted) {
  Task task;
  task.hold([] {});
  EXPECT_FALSE(task.extended);
  task.run_once();
  std::uint64_t id = 0;
  task.hold([&id](const TaskContext& self) { id = self.trace_id + self.attempt; });
  EXPECT_TRUE(task.extended) << "it asks for one";
  task.context().attempt = 2;
  task.run_once();
  EXPECT_EQ(id, 2U);
  std::array<char, 500> large{};
  task.hold([&id, large](const TaskContext& self) { id = self.trace_id + large.size(); },
            TaskContext{.trace_id = 7});
  task.run_once();
  EXPECT_EQ(id, 507U);
  task.hold([] {});
  EXPECT_FALSE(task.extended) << "the next in the same task has none";
  task.end(Outcome::Cancelled);
}

TEST(Task, RemembersWhenItWasDue) {
  Task task;
  task.accepted = Instant{std::chrono::seconds(1000)};
  EXPECT_EQ(task.due(), task.accepted) << "not late unless told so";
  for (const Nanos lag : {Nanos{0}, Nanos{1}, Nanos{16'777'216}, Nanos{-1'000}}) {
    task.set_due(task.accepted - lag);
    EXPECT_EQ(task.accepted - task.due(), lag);
  }
  const Nanos quarter = std::chrono::minutes(15);
  task.set_due(task.accepted - quarter);
  const double error = static_cast<double>((task.accepted - task.due() - quarter).count());
  EXPECT_LE(std::abs(error), 6e-8 * static_cast<double>(quarter.count()));
}

TEST(Task, TakesAnyInstantAsDue) {
  constexpr Nanos kAge = std::chrono::hours(24 * 365);
  Task task;
  for (const Instant accepted : {Instant{}, Instant{kAge}}) {
    task.accepted = accepted;
    task.set_due(Instant::min());
    EXPECT_LE(task.due(), Instant{-100 * kAge});
    EXPECT_GT(Instant{kAge} - task.due(), Nanos{0}) << "a response that can be told";
    task.set_due(Instant::max());
    EXPECT_GE(task.due(), Instant{100 * kAge});
    EXPECT_LT(Instant{kAge} - task.due(), Nanos{0});
  }
}

}  // namespace
}  // namespace pools
