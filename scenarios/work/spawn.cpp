#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "scenarios/work/kinds.h"

namespace scenarios {
namespace {

constexpr std::int64_t kMostTasks = 10'000;

class SpawnWork final : public Work {
 public:
  explicit SpawnWork(Tree tree) : tree_(tree), part_(cpu_work().get({})) {}
  void perform(pools::Nanos service) const override { part_.perform(service); }
  Tree tree() const noexcept override { return tree_; }

 private:
  const Tree tree_;
  const Work& part_;
};

Tree tree_of(const pools::Settings& settings) {
  return {static_cast<std::uint32_t>(settings.integer("depth")),
          static_cast<std::uint32_t>(settings.integer("fanout"))};
}

/// One of each shape, kept for ever: a task may outlive whoever submitted it.
const Work& kept(const pools::Settings& settings) {
  static std::mutex mutex;
  static auto* const kKept = new std::map<std::pair<std::uint32_t, std::uint32_t>, SpawnWork>;
  const Tree tree = tree_of(settings);
  const std::lock_guard lock(mutex);
  return kKept->try_emplace({tree.depth, tree.fanout}, tree).first->second;
}

std::optional<Contradiction> contradiction(const pools::Settings& settings) {
  const std::uint64_t tasks = tree_of(settings).tasks();
  if (tasks <= kMostTasks) return std::nullopt;
  return Contradiction{"depth", "expected a tree of at most " + std::to_string(kMostTasks) +
                                    " tasks, got fanout " +
                                    std::to_string(settings.integer("fanout")) + " to the depth " +
                                    std::to_string(settings.integer("depth"))};
}

}  // namespace

WorkRow spawn_work() {
  return {
      .name = "spawn",
      .summary =
          "a request that splits: each task burns its equal part of the service time, then"
          " submits its children into the pool",
      .knobs = {{.name = "depth",
                 .fallback = std::int64_t{4},
                 .unit = "generations",
                 .low = 1,
                 .high = 64,
                 .choices = {},
                 .help = "below the first task"},
                {.name = "fanout",
                 .fallback = std::int64_t{2},
                 .unit = "tasks",
                 .low = 1,
                 .high = 64,
                 .choices = {},
                 .help = "children of each task that is not of the last generation"}},
      .get = kept,
      .tree = tree_of,
      .contradiction = contradiction,
  };
}

}  // namespace scenarios
