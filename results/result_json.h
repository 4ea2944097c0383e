// The result file: JSON, schema poollab.result/1, described by schema/result-1.schema.json.
// Written so that a person can read it: a line per histogram, series column and event.
#pragma once

#include <string>
#include <string_view>

#include "results/run_result.h"
#include "scenarios/json/document.h"

namespace results {

inline constexpr std::string_view kResultSchema = "poollab.result/1";

/// The text is no result of a version this build reads, or a damaged one.
struct ResultFormatError : scenarios::JsonError {
  using JsonError::JsonError;
};

std::string result_to_json(const RunResult& result);
/// Atomically (atomic_file.h). Throws FileError, also where nothing was measured: that is no
/// result, and what is in the file is worth more.
void write_result_file(const std::string& path, const RunResult& result);

/// Everything that result_to_json wrote, histograms to the bucket. Whether this build could run it
/// is no matter: names are words, fields it does not know are passed over. Throws
/// ResultFormatError.
RunResult result_from_json(std::string_view text, const std::string& shown_path);
/// Throws FileError as well.
RunResult read_result_file(const std::string& path);

/// The names used in the file, also for messages.
std::string_view verdict_name(Verdict verdict) noexcept;

}  // namespace results
