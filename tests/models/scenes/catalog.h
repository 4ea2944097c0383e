// Every scene, by the shipping header it is about. A new scene is one struct and one row.
#pragma once

#include <vector>

#include "tests/models/explorer/search.h"

namespace models {

std::vector<SceneRow> ring_scenes();
std::vector<SceneRow> deque_scenes();
std::vector<SceneRow> claim_buffer_scenes();
std::vector<SceneRow> levels_scenes();
std::vector<SceneRow> lock_scenes();
std::vector<SceneRow> group_scenes();
std::vector<SceneRow> central_scenes();
std::vector<SceneRow> wake_scenes();
std::vector<SceneRow> sleeper_scenes();
std::vector<SceneRow> gate_scenes();
std::vector<SceneRow> quiet_scenes();
std::vector<SceneRow> shutdown_scenes();
std::vector<SceneRow> life_scenes();
std::vector<SceneRow> dormancy_scenes();
std::vector<SceneRow> pause_scenes();
std::vector<SceneRow> result_scenes();
std::vector<SceneRow> timer_scenes();

std::vector<SceneRow> broken_wake_scenes();
std::vector<SceneRow> broken_sleeper_scenes();
std::vector<SceneRow> broken_quiet_scenes();
std::vector<SceneRow> broken_shutdown_scenes();
std::vector<SceneRow> broken_life_scenes();
std::vector<SceneRow> broken_dormancy_scenes();
std::vector<SceneRow> broken_pause_scenes();
std::vector<SceneRow> broken_result_scenes();
std::vector<SceneRow> broken_timer_scenes();

/// All that must hold.
std::vector<SceneRow> all_scenes();
/// The protocols with a step left out or misplaced: each must fail.
std::vector<SceneRow> broken_scenes();

}  // namespace models
