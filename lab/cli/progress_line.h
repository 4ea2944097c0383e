// One line on a terminal's standard error that says how far a run has come. Erased when the run is
// over; nothing at all where standard error is no terminal.
#pragma once

#include <string>

#include "lab/cli/text_style.h"
#include "lab/session.h"

namespace lab::cli {

/// The line for `progress`, at most style.width - 1 columns wide.
std::string progress_text(const SessionProgress& progress, const TextStyle& style);

class ProgressLine {
 public:
  /// `wanted` false (--quiet): shows nothing.
  explicit ProgressLine(bool wanted);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const SessionProgress& progress);
  void erase();

 private:
  bool visible_;
  bool drawn_ = false;
};

}  // namespace lab::cli
