#include "tests/models/explorer/search.h"

#include <chrono>
#include <cstdlib>

namespace models {
namespace {

/// Runs one execution; false if it failed.
bool run_once(const SceneRow& row, Chooser& chooser, bool tracing) {
  Execution& run = Execution::current();
  run.begin(chooser, tracing);
  std::unique_ptr<Scene> scene;
  return run.run_scene([&] { scene = row.make(); }) && run.run() &&
         run.run_scene([&] { scene->finished(); });
}

void explain(const SceneRow& row, const Chooser& from, Outcome& out) {
  Execution& run = Execution::current();
  out.failed = true;
  out.why = run.failure();
  out.schedule = to_text(run.schedule());
  Replay replay(choices_from(out.schedule));
  replay.preemptions = from.preemptions;
  replay.stale = from.stale;
  replay.begin();
  run_once(row, replay, true);
  out.trace = run.trace();
  if (run.failure() != out.why)
    out.trace.push_back("(did not replay: the scene is not repeatable)");
}

bool search(const SceneRow& row, Chooser& chooser, const std::string& name, std::uint64_t most,
            std::uint64_t seed, Outcome& out) {
  for (std::uint64_t i = 0; i < most && chooser.begin(); ++i) {
    ++out.executions;
    if (run_once(row, chooser, false)) continue;
    out.found_by = name + (seed == 0 ? "" : " seed " + std::to_string(seed + i));
    explain(row, chooser, out);
    return false;
  }
  return true;
}

}  // namespace

std::string Outcome::report(const std::string& scene) const {
  std::string out = scene + ": " + why + "\n  found by " + found_by + ", execution " +
                    std::to_string(executions) + "\n  replay: MODEL_SCHEDULE='" + schedule + "'\n";
  constexpr std::size_t kHead = 150;
  constexpr std::size_t kTail = 50;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (i == kHead && trace.size() > kHead + kTail) {
      i = trace.size() - kTail;
      out += "    ...\n";
    }
    out += "    " + trace[i] + "\n";
  }
  return out;
}

Outcome explore(const SceneRow& row, const Effort& effort) {
  Execution& run = Execution::current();
  run.mutation = effort.mutation;
  run.record = effort.record;
  Outcome out;
  const auto begin = std::chrono::steady_clock::now();
  if (const char* given = std::getenv("MODEL_SCHEDULE")) {
    Replay replay(choices_from(given));
    replay.preemptions = replay.stale = ~0U;
    search(row, replay, "MODEL_SCHEDULE", 1, 0, out);
  } else {
    DepthFirst depth_first;
    depth_first.preemptions = effort.preemptions;
    depth_first.stale = effort.stale;
    RandomWalk random(effort.seed);
    random.preemptions = ~0U;
    random.stale = 24;
    Priorities priorities(effort.seed);
    priorities.preemptions = ~0U;
    priorities.stale = 24;
    // Chance first: it finds what is easy to find soonest.
    run.spurious = true;
    if (search(row, random, "random", effort.random, effort.seed, out) &&
        search(row, priorities, "priorities", effort.priorities, effort.seed, out)) {
      run.spurious = false;
      search(row, depth_first, "depth first", effort.depth_first, 0, out);
      if (!out.failed) out.complete = effort.depth_first != 0 && !depth_first.begin();
    }
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  run.mutation = {};
  run.record = nullptr;
  return out;
}

}  // namespace models
