// Where `run` puts a result: a file, which is replaced as a whole, or something that is written to
// as it is (standard output, a pipe, a FIFO, a device). Everything that can be found out about it
// is found out before the run.
#pragma once

#include <string>
#include <vector>

#include "results/run_result.h"

namespace lab::cli {

class ResultTarget {
 public:
  /// `out` as given with --out, a folder already made a file in it. Opens it if it is a stream (a
  /// FIFO waits for its reader). `inputs` are the scenarios' files: none of them is ever written
  /// over. An older file is replaced only if it is a result of the same scenario, or with `force`.
  /// Throws UsageError, results::FileError.
  ResultTarget(std::string out, const scenarios::Scenario& scenario,
               const std::vector<std::string>& inputs, bool force);
  ~ResultTarget();
  ResultTarget(ResultTarget&& other) noexcept;
  ResultTarget(const ResultTarget&) = delete;
  ResultTarget& operator=(const ResultTarget&) = delete;
  ResultTarget& operator=(ResultTarget&&) = delete;

  /// Standard output is the result's: what is for people goes to standard error.
  bool takes_standard_output() const noexcept;

  /// Writes it; returns what to tell people. A result without a single trial is not written: an
  /// older one says more. Throws results::FileError.
  std::string write(const results::RunResult& result) const;

 private:
  void check_file(const scenarios::Scenario& scenario, const std::vector<std::string>& inputs,
                  bool force);

  std::string path_;
  int fd_ = -1;           // of a stream
  std::string replaces_;  // when the older result at path_ was started
};

}  // namespace lab::cli
