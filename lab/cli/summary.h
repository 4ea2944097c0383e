// What `poollab run` says at the end: the table of the trials, gates, ledger, notes. Pure functions
// of the result.
#pragma once

#include <cstddef>
#include <string>

#include "lab/cli/text_style.h"
#include "lab/exit_code.h"
#include "results/run_result.h"

namespace lab::cli {

/// `slowest`: how many of each pool's slowest tasks to name.
std::string summary_text(const results::RunResult& result, const TextStyle& style,
                         std::size_t slowest = 0);

/// Its parts.
std::string pools_text(const results::RunResult& result, const TextStyle& style);
/// In place of it, where pools served the load in several blocks.
std::string blocks_text(const results::RunResult& result, const TextStyle& style);
std::string comparison_text(const results::RunResult& result, const TextStyle& style);
/// In place of the tables by pool: what a search or a sweep of loads found.
std::string capacity_text(const results::RunResult& result, const TextStyle& style);
std::string load_text(const results::RunResult& result, const TextStyle& style);
std::string breakdown_text(const results::RunResult& result, const TextStyle& style);
std::string scaling_text(const results::RunResult& result, const TextStyle& style);
std::string notices_text(const results::RunResult& result, const TextStyle& style);
/// What was seen to make each pool's slowest tasks slow, and the `named` slowest of them.
std::string slowest_text(const results::RunResult& result, std::size_t named,
                         const TextStyle& style);
/// Where it matters: the p99 as a tool would show it that counts from the send.
std::string from_send_text(const results::RunResult& result, const TextStyle& style);
std::string gates_text(const results::RunResult& result, const TextStyle& style);
std::string ledger_text(const results::RunResult& result, const TextStyle& style);
std::string notes_text(const results::RunResult& result, const TextStyle& style);

/// The status that a run which came to its end leaves with.
ExitCode exit_code(const results::RunResult& result);

}  // namespace lab::cli
