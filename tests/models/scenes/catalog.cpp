#include "tests/models/scenes/catalog.h"

namespace models {
namespace {
std::vector<SceneRow> join(std::initializer_list<std::vector<SceneRow>> parts) {
  std::vector<SceneRow> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
}  // namespace

std::vector<SceneRow> all_scenes() {
  return join({ring_scenes(), deque_scenes(), claim_buffer_scenes(), lock_scenes(), group_scenes(),
               central_scenes(), levels_scenes(), wake_scenes(), sleeper_scenes(), gate_scenes(),
               quiet_scenes(), shutdown_scenes(), life_scenes(), dormancy_scenes(), pause_scenes(),
               result_scenes(), timer_scenes()});
}

std::vector<SceneRow> broken_scenes() {
  return join({broken_wake_scenes(), broken_sleeper_scenes(), broken_quiet_scenes(),
               broken_shutdown_scenes(), broken_life_scenes(), broken_dormancy_scenes(),
               broken_pause_scenes(), broken_result_scenes(),
               broken_timer_scenes()});
}

}  // namespace models
