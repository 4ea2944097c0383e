// Scenes and the search through their executions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/models/explorer/execution.h"

namespace models {

/// A small concurrent program over shipping code. It is built afresh for every execution: the
/// constructor makes the shared objects and adds the threads; finished() checks what must hold when
/// all threads are at their end and sees everything they did.
class Scene {
 public:
  virtual ~Scene() = default;
  virtual void finished() {}

 protected:
  void thread(const char* name, std::function<void()> body) {
    Execution::current().thread(name, std::move(body), false);
  }
  /// Like a thread, but may be left asleep at the end, as an idle worker is.
  void daemon(const char* name, std::function<void()> body) {
    Execution::current().thread(name, std::move(body), true);
  }
};

/// Fails the present execution unless `holds`.
inline void require(bool holds, const char* what) {
  if (!holds) [[unlikely]]
    Execution::current().fail(what);
}

/// What a scene can be: its name and how to build it.
struct SceneRow {
  std::string name;
  std::function<std::unique_ptr<Scene>()> make;
};

template <typename S>
SceneRow scene(std::string name) {
  return {std::move(name), [] { return std::make_unique<S>(); }};
}

struct Effort {
  std::uint64_t depth_first = 20'000;  ///< executions at most
  std::uint64_t random = 20'000;
  std::uint64_t priorities = 20'000;
  unsigned preemptions = 2;  ///< depth first only; the others have many
  unsigned stale = 2;        ///< depth first only
  std::uint64_t seed = 1;
  Mutation mutation{};
  std::set<Site>* record = nullptr;
};

struct Outcome {
  std::uint64_t executions = 0;
  bool complete = false;  ///< depth first came to its end within its bounds
  double seconds = 0;
  bool failed = false;
  std::string why;
  std::string found_by;  ///< the strategy, and the seed of that execution where there is one
  std::string schedule;
  std::vector<std::string> trace;

  std::string report(const std::string& scene) const;
};

/// Explores until the effort is spent or an execution fails. The failing one is run again to trace
/// it. With MODEL_SCHEDULE in the environment only that schedule is run.
Outcome explore(const SceneRow& row, const Effort& effort);

}  // namespace models
