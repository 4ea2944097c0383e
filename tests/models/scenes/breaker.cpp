// The circuit breaker behind the pool's door: while it is half open never more than its probes are
// under way, a probe that comes to nothing gives its place back, and what ends late decides
// nothing.
#include <memory>

#include "pools/catalog.h"
#include "pools/engine/admission_door.h"
#include "tests/models/explorer/atomic.h"
#include "tests/models/scenes/catalog.h"

namespace models {
namespace {

using pools::Instant;
using pools::Nanos;
using pools::Outcome;
using Door = pools::BasicAdmissionDoor<ModelSync>;

enum class Bug { None, ForgetsTheUnrun, TellsTwice };

Instant at(int ns) { return Instant{Nanos{1'000'000 + ns}}; }

Door::Policies one_probe() {
  const pools::AdmissionRow* row = pools::find_admission("circuit_breaker");
  pools::Settings settings;
  settings.set("window", std::int64_t{1});
  settings.set("open_ms", 0.001);
  settings.set("probes", std::int64_t{1});
  Door::Policies policies;
  policies.push_back(row->make(settings.resolved(row->knobs, ""), 1));
  return policies;
}

/// Open at first, and its time is over. Each task passes the door, and ends as its thread says.
template <Bug bug>
struct BreakerScene : Scene {
  Door door{one_probe()};
  int out = 0;  // probes under way; counted at the instant of the fibers
  int probes = 0;

  BreakerScene() { end(Outcome::Failed, false, 0, 0); }

  static void ignore(std::vector<pools::PoolEvent> /*news*/) {}
  void end(Outcome outcome, bool marked, int accepted, int now = 5'000) {
    door.ended({.at = at(now),
                .accepted = at(accepted),
                .task_class = 0,
                .marked = marked,
                .outcome = outcome,
                .service = Nanos{1}},
               ignore);
  }
  /// Returns whether it was let in.
  bool submit(Outcome outcome) {
    bool marked = false;
    if (door.admit({at(4'000), 0}, marked, ignore) != Door::kLetIn) return false;
    if (marked) {
      ++probes;
      require(++out == 1, "one probe at a time");
    }
    // What happens to it meanwhile is another thread's turn.
    Execution::current().point();
    if (marked) --out;
    if (bug == Bug::ForgetsTheUnrun && !pools::was_run(outcome)) return true;
    end(outcome, marked, 4'000);
    if (bug == Bug::TellsTwice) end(outcome, marked, 4'000);
    return true;
  }
};

/// Two submitters whose probes are refused for lack of room, and one whose probe succeeds.
template <Bug bug>
struct LostProbes : BreakerScene<bug> {
  LostProbes() {
    this->thread("submitter 1", [this] { this->submit(Outcome::Refused); });
    this->thread("submitter 2", [this] {
      this->submit(Outcome::Shed);
      this->submit(Outcome::Evicted);
    });
  }
  void finished() override {
    require(this->probes >= 1, "the first is a probe");
    require(this->submit(Outcome::Completed), "no probe is lost: another may go");
    bool marked = true;
    require(this->door.admit({at(6'000), 0}, marked, this->ignore) == Door::kLetIn && !marked,
            "it succeeded: closed");
  }
};

/// A probe beside tasks of before, which fail while it is under way.
template <Bug bug>
struct LateEnds : BreakerScene<bug> {
  LateEnds() {
    this->thread("submitter", [this] { this->submit(Outcome::Completed); });
    this->thread("worker", [this] {
      this->end(Outcome::Failed, false, 10);
      this->end(Outcome::Failed, false, 20);
    });
    this->thread("another", [this] { this->submit(Outcome::Completed); });
  }
  void finished() override {
    bool marked = true;
    require(this->door.admit({at(9'000), 0}, marked, this->ignore) == Door::kLetIn && !marked,
            "the failures of before do not open it again");
  }
};

}  // namespace

std::vector<SceneRow> breaker_scenes() {
  return {scene<LostProbes<Bug::None>>("breaker_lost_probes"),
          scene<LateEnds<Bug::None>>("breaker_late_ends")};
}

std::vector<SceneRow> broken_breaker_scenes() {
  return {scene<LostProbes<Bug::ForgetsTheUnrun>>("forgets_the_unrun_probe"),
          scene<LostProbes<Bug::TellsTwice>>("tells_a_probe_twice")};
}

}  // namespace models
