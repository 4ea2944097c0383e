// The table's column of deadlines: for the summary only.
#pragma once

#include <vector>

#include "lab/cli/text_table.h"
#include "results/run_result.h"

namespace lab::cli {

/// The share of tasks that met their deadline, where any trial's tasks had one.
void add_deadline_column(std::vector<Column>& table, const results::RunResult& result);

}  // namespace lab::cli
