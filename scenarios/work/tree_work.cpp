#include "scenarios/work/tree_work.h"

#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "scenarios/work/kinds.h"

namespace scenarios {
namespace {

constexpr std::int64_t kMostTasks = 10'000;

class TreeWork final : public Work {
 public:
  explicit TreeWork(const Tree& tree) : tree_(tree), part_(cpu_work().get({})) {}
  void perform(pools::Nanos service) const override { part_.perform(service); }
  Tree tree() const noexcept override { return tree_; }

 private:
  const Tree tree_;
  const Work& part_;
};

}  // namespace

const Work& tree_work(const Tree& tree) {
  using Shape = std::tuple<std::uint32_t, std::uint32_t, Join>;
  static std::mutex mutex;
  static auto* const kKept = new std::map<Shape, TreeWork>;
  const std::lock_guard lock(mutex);
  return kKept->try_emplace({tree.depth, tree.fanout, tree.join}, tree).first->second;
}

Tree shape_of(const pools::Settings& settings) {
  return {.depth = static_cast<std::uint32_t>(settings.integer("depth")),
          .fanout = static_cast<std::uint32_t>(settings.integer("fanout"))};
}

std::optional<Contradiction> too_many_tasks(const pools::Settings& settings) {
  const std::uint64_t tasks = shape_of(settings).tasks();
  if (tasks <= kMostTasks) return std::nullopt;
  return Contradiction{"depth", "expected a tree of at most " + std::to_string(kMostTasks) +
                                    " tasks, got fanout " +
                                    std::to_string(settings.integer("fanout")) + " to the depth " +
                                    std::to_string(settings.integer("depth"))};
}

pools::Knob depth_knob(std::int64_t fallback) {
  return {.name = "depth",
          .fallback = fallback,
          .unit = "generations",
          .low = 1,
          .high = 64,
          .choices = {},
          .help = "below the first task"};
}

pools::Knob fanout_knob(std::int64_t fallback) {
  return {.name = "fanout",
          .fallback = fallback,
          .unit = "tasks",
          .low = 1,
          .high = 64,
          .choices = {},
          .help = "children of each task that is not of the last generation"};
}

}  // namespace scenarios
