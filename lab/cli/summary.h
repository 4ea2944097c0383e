// What `poollab run` says at the end: the table of the trials, gates, ledger, notes. Pure functions
// of the result.
#pragma once

#include <string>

#include "lab/cli/text_style.h"
#include "lab/exit_code.h"
#include "results/run_result.h"

namespace lab::cli {

std::string summary_text(const results::RunResult& result, const TextStyle& style);

/// Its parts.
std::string pools_text(const results::RunResult& result, const TextStyle& style);
/// In place of it, where pools served the load in several blocks.
std::string blocks_text(const results::RunResult& result, const TextStyle& style);
std::string comparison_text(const results::RunResult& result, const TextStyle& style);
std::string breakdown_text(const results::RunResult& result, const TextStyle& style);
std::string scaling_text(const results::RunResult& result, const TextStyle& style);
std::string gates_text(const results::RunResult& result, const TextStyle& style);
std::string ledger_text(const results::RunResult& result, const TextStyle& style);
std::string notes_text(const results::RunResult& result, const TextStyle& style);

/// The status that a run which came to its end leaves with.
ExitCode exit_code(const results::RunResult& result);

}  // namespace lab::cli
