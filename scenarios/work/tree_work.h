// What the kinds of work that are trees of tasks have in common (work.h, tree_task.h).
#pragma once

#include <optional>

#include "pools/knobs.h"
#include "scenarios/catalog.h"
#include "scenarios/work/work.h"

namespace scenarios {

/// Each task burns its part. One of each shape, kept for ever: a task may outlive whoever submitted
/// it. Any thread.
const Work& tree_work(const Tree& tree);

/// The knobs `depth` and `fanout`, and the shape that they say.
pools::Knob depth_knob(std::int64_t fallback);
pools::Knob fanout_knob(std::int64_t fallback);
Tree shape_of(const pools::Settings& settings);
/// More tasks than a request may become.
std::optional<Contradiction> too_many_tasks(const pools::Settings& settings);

}  // namespace scenarios
