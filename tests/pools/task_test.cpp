#include "pools/task.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

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
class TaskBody : public testing::Test {};
// Fits inside the task; fits exactly; must be boxed; boxed and large.
using Bodies = testing::Types<Padded<1>, Padded<16>, Padded<40>, Padded<5000>>;
TYPED_TEST_SUITE(TaskBody, Bodies);

TYPED_TEST(TaskBody, IsDestroyedOnceWhenRun) {
  Probe::Counts counts;
  Task task;
  task.hold(TypeParam(counts));
  EXPECT_EQ(counts.alive, 1);
  EXPECT_EQ(counts.runs, 0);
  task.run();
  EXPECT_EQ(counts.runs, 1);
  EXPECT_EQ(counts.alive, 0);
}

TYPED_TEST(TaskBody, IsDestroyedOnceWhenItThrows) {
  Probe::Counts counts;
  Task task;
  TypeParam body(counts);
  body.fail = true;
  task.hold(std::move(body));
  EXPECT_THROW(task.run(), std::runtime_error);
  EXPECT_EQ(counts.runs, 1);
  EXPECT_EQ(counts.alive, 1) << "only the moved-from original is left";
}

TYPED_TEST(TaskBody, IsDestroyedOnceAndNotRunWhenDiscarded) {
  Probe::Counts counts;
  Task task;
  task.hold(TypeParam(counts));
  task.discard();
  EXPECT_EQ(counts.runs, 0);
  EXPECT_EQ(counts.alive, 0);
}

TYPED_TEST(TaskBody, CanBeFollowedByAnotherInTheSameTask) {
  Probe::Counts counts;
  Task task;
  for (int i = 0; i < 5; ++i) {
    task.hold(TypeParam(counts));
    if (i % 2 == 0) {
      task.run();
    } else {
      task.discard();
    }
    ASSERT_EQ(counts.alive, 0);
  }
  EXPECT_EQ(counts.runs, 3);
}

TYPED_TEST(TaskBody, IsCopiedFromAnLvalue) {
  Probe::Counts counts;
  {
    const TypeParam body(counts);
    Task task;
    task.hold(body);
    task.run();
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
  task.run();
  EXPECT_EQ(seen, 42);
  std::array<std::unique_ptr<int>, 8> many;
  many[7] = std::make_unique<int>(43);
  task.hold([values = std::move(many), &seen] { seen = *values[7]; });
  task.run();
  EXPECT_EQ(seen, 43);
}

int calls_of_function = 0;
void plain_function() { ++calls_of_function; }

TEST(Task, HoldsFunctionsAndMutableLambdas) {
  Task task;
  task.hold(plain_function);
  task.run();
  task.hold(&plain_function);
  task.run();
  EXPECT_EQ(calls_of_function, 2);
  int result = 0;
  task.hold([count = 0, &result]() mutable { result = ++count; });
  task.run();
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
  task.run();
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
  task.run();
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
  task.run();
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
  EXPECT_THROW(task.run(), std::runtime_error);
  EXPECT_EQ(counts.runs, 1);
  EXPECT_EQ(counts.alive, 0);
  Bomb both(counts);
  both.fails = true;
  task.hold(std::move(both));
  EXPECT_THROW(task.run(), std::logic_error) << "what it threw first";
}

TEST(Task, IsDiscardedWhateverItsCallablesDestructorThrows) {
  Probe::Counts counts;
  Task task;
  task.hold(Bomb(counts));
  task.discard();
  EXPECT_EQ(counts.runs, 0);
  EXPECT_EQ(counts.alive, 0);
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
