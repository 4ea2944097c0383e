// Where results go that nobody named a file for: never over a file that is there. Any thread.
#pragma once

#include <string>

#include "results/run_result.h"

namespace lab::gui {

/// `wanted`, or "wanted-2.json", "-3" ...: the first of which there is no file.
std::string free_name(const std::string& wanted);

/// Writes it into `folder` (made if need be) as "<scenario>.result.json" or the next free name and
/// returns the path. Throws results::FileError.
std::string keep_in(const std::string& folder, const results::RunResult& result);

/// For results of a window that ended without being asked: $XDG_STATE_HOME/poollab, else
/// ~/.local/state/poollab, else here.
std::string rescue_folder();

}  // namespace lab::gui
