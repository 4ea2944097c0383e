#include "scenarios/work/kinds.h"
#include "scenarios/work/tree_work.h"

namespace scenarios {

WorkRow spawn_work() {
  return {
      .name = "spawn",
      .summary =
          "a request that splits: each task burns its equal part of the service time, then"
          " submits its children into the pool",
      .knobs = {depth_knob(4), fanout_knob(2)},
      .get = [](const pools::Settings& settings) -> const Work& {
        return tree_work(shape_of(settings));
      },
      .tree = shape_of,
      .contradiction = too_many_tasks,
  };
}

}  // namespace scenarios
