#include "lab/cli/scenario_options.h"

#include <fmt/format.h>

#include "lab/exit_code.h"

namespace lab::cli {

scenarios::Override parsed_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (text.empty() || text[0] != '/' || equals == std::string::npos) {
    throw UsageError(fmt::format(
        "--set {}: expected /json/pointer=value, for example --set /pools/0/workers=4", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace lab::cli
