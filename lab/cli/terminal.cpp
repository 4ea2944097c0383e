#include "lab/cli/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "results/atomic_file.h"

namespace lab::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool locale_is_utf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    locale = variable(name);
    if (!locale.empty()) break;
  }
  std::transform(locale.begin(), locale.end(), locale.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

/// $COLUMNS, or 0: what its user says counts more than what the terminal says, and is all there is
/// to go by in a pipe.
std::size_t columns_wanted() {
  const std::string text = variable("COLUMNS");
  std::size_t wanted = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted);
  return error == std::errc{} && end == text.data() + text.size() ? wanted : 0;
}

TextStyle style_of(int fd) {
  TextStyle style;
  style.width = columns_wanted();
  const std::string terminal = variable("TERM");
  if (::isatty(fd) == 0 || terminal == "dumb") return style;
  style.colour = variable("NO_COLOR").empty();
  style.unicode = locale_is_utf8();
  if (style.width != 0) return style;
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  style.width = known ? size.ws_col : 80;
  return style;
}

}  // namespace

void secure_standard_streams() {
  // A failed write then says so, is reported, and cleans up behind it.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int fd : {0, 1, 2}) {
    // The lowest free number is what open returns. Opened the wrong way round on purpose: writing
    // to a standard output that was closed shall fail, as it did before.
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      static_cast<void>(::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY));
    }
  }
}

TextStyle output_style() { return style_of(STDOUT_FILENO); }
TextStyle error_style() { return style_of(STDERR_FILENO); }
bool error_is_terminal() { return ::isatty(STDERR_FILENO) != 0 && variable("TERM") != "dumb"; }

void print(std::string_view text) {
  if (const int error = results::write_fully(STDOUT_FILENO, text)) {
    throw OutputError(std::string("cannot write to standard output: ") + std::strerror(error));
  }
}

void print_error(std::string_view text) {
  static_cast<void>(results::write_fully(STDERR_FILENO, text));
}

}  // namespace lab::cli
