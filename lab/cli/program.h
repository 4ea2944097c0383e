// The whole program behind main().
#pragma once

namespace lab::cli {

/// Parses, runs the command, turns exceptions into messages and exit statuses. Main thread, once.
int run_program(int argc, const char* const* argv);

}  // namespace lab::cli
