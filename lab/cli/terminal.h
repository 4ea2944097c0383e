// The process' standard output and error: what they can show, and writing that notices when nobody
// reads any more.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "lab/cli/text_style.h"

namespace lab::cli {

/// Standard output could not be written: exit 3.
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Call first in main: a closed standard descriptor would otherwise be given to the next file
/// opened, which then receives our messages. Also ignores SIGPIPE and SIGXFSZ (ulimit -f): a write
/// then fails instead.
void secure_standard_streams();

/// What the stream can show. Colours only on a terminal and without NO_COLOR.
TextStyle output_style();
TextStyle error_style();
bool error_is_terminal();

/// Writes all of it to standard output. Throws OutputError.
void print(std::string_view text);
/// To standard error; a failure there cannot be reported anywhere and is ignored.
void print_error(std::string_view text);

}  // namespace lab::cli
