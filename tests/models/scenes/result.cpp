// ResultWord: a task with a result is run or cancelled, never both; its result is seen by who waits
// and by who follows, once.
#include <cstdint>

#include "pools/result_word.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using Word = pools::BasicResultWord<ModelSync>;

enum class Bug : std::uint8_t {
  None,
  RunsUnasked,        // the worker does not look whether it was cancelled
  EndsWithoutAsking,  // who gives the task back publishes beside who cancelled it
  FollowsAfterwards,  // the follower is stored after it was announced
};

struct ResultScene : Scene {
  Word word;
  Plain<int> callable{1};
  Plain<int> value{0};
  int published = 0;
  int ran = 0;

  bool publish(int result) {
    value.set(result);
    require(++published == 1, "a result is made once");
    return word.publish();
  }
  /// What a pool does with the task when its turn comes.
  template <Bug bug = Bug::None>
  bool run() {
    if (!word.begin() && bug != Bug::RunsUnasked) return false;
    callable.set(callable.get() + 1);
    ++ran;
    return publish(42);
  }
  bool cancel() {
    if (!word.cancel()) return false;
    callable.set(0);  // destroys it
    (void)publish(-1);
    return true;
  }
  void wait() {
    while (!word.ready()) word.sleep(pools::Nanos{-1});
  }
};

/// The owner cancels while the worker begins, then looks at the result.
template <Bug bug>
struct CancelAgainstStart : ResultScene {
  CancelAgainstStart() {
    thread("worker", [this] { run<bug>(); });
    thread("owner", [this] {
      const bool won = cancel();
      wait();
      require(value.get() == (won ? -1 : 42), "the outcome is the winner's");
    });
  }
  void finished() override { require(published == 1, "there is a result"); }
};

/// Two attempts of one task (a retry): what was not cancelled before the first runs on.
struct CancelBetweenAttempts : ResultScene {
  CancelBetweenAttempts() {
    thread("worker", [this] {
      if (!word.begin()) return;
      callable.set(callable.get() + 1);  // fails
      require(word.begin(), "it has begun, so nobody cancels it");
      callable.set(callable.get() + 1);
      (void)publish(42);
    });
    thread("owner", [this] {
      cancel();
      wait();
    });
  }
};

/// The shutdown gives the task back while its owner cancels it.
template <Bug bug>
struct CancelAgainstGivingBack : ResultScene {
  CancelAgainstGivingBack() {
    thread("shutdown", [this] {
      if (!word.begin() && bug != Bug::EndsWithoutAsking) return;
      callable.set(0);
      (void)publish(-2);
    });
    thread("owner", [this] {
      cancel();
      wait();
      require(value.get() < 0, "no value");
    });
  }
};

/// Who waits sleeps and is woken, and sees the value.
struct WaitsForTheResult : ResultScene {
  WaitsForTheResult() {
    thread("worker", [this] { run(); });
    thread("owner", [this] {
      wait();
      require(value.get() == 42, "the value is there");
    });
  }
};

/// A follower is told by the one or finds it ready, and sees the value; never both, never neither.
template <Bug bug>
struct FollowsTheResult : ResultScene {
  Plain<int> follower{0};
  int told = 0;

  FollowsTheResult() {
    thread("worker", [this] {
      if (!run()) return;
      require(follower.get() == 1, "whoever follows is known");
      go_on();
    });
    thread("owner", [this] {
      if constexpr (bug != Bug::FollowsAfterwards) follower.set(1);
      if (!word.follow()) go_on();
      if constexpr (bug == Bug::FollowsAfterwards) follower.set(1);
    });
  }
  void go_on() {
    ++told;
    require(value.get() == 42, "the value is there");
  }
  void finished() override { require(told == 1, "told once"); }
};

}  // namespace

std::vector<SceneRow> result_scenes() {
  constexpr Bug kNone = Bug::None;
  return {scene<CancelAgainstStart<kNone>>("result_cancel_against_start"),
          scene<CancelBetweenAttempts>("result_cancel_between_attempts"),
          scene<CancelAgainstGivingBack<kNone>>("result_cancel_against_giving_back"),
          scene<WaitsForTheResult>("result_waited_for"),
          scene<FollowsTheResult<kNone>>("result_followed")};
}

std::vector<SceneRow> broken_result_scenes() {
  return {scene<CancelAgainstStart<Bug::RunsUnasked>>("result_runs_unasked"),
          scene<CancelAgainstGivingBack<Bug::EndsWithoutAsking>>("result_ends_without_asking"),
          scene<FollowsTheResult<Bug::FollowsAfterwards>>("result_follows_afterwards")};
}

}  // namespace models
