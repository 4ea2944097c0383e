#include "scenarios/work/kinds.h"
#include "scenarios/work/tree_work.h"

namespace scenarios {
namespace {

Tree joined(const pools::Settings& settings) {
  Tree tree = shape_of(settings);
  const std::string& wait = settings.word("wait");
  tree.join = wait == "sleep" ? Join::Sleep : wait == "block" ? Join::Block : Join::Help;
  return tree;
}

}  // namespace

WorkRow fork_join_work() {
  return {
      .name = "fork_join",
      .summary =
          "a request that splits and joins: each task burns its equal part of the service time,"
          " submits its children into the pool and waits for them",
      .knobs = {depth_knob(2), fanout_knob(4),
                {.name = "wait",
                 .fallback = std::string("help"),
                 .unit = {},
                 .choices = {"help", "sleep", "block"},
                 .help = "who waits runs other waiting tasks (TaskGroup), sleeps, or sleeps where"
                         " the pool brings another worker (Blocking); asleep in every worker they"
                         " wait for ever"}},
      .get = [](const pools::Settings& settings) -> const Work& {
        return tree_work(joined(settings));
      },
      .tree = joined,
      .contradiction = too_many_tasks,
  };
}

}  // namespace scenarios
