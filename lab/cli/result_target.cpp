#include "lab/cli/result_target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/exit_code.h"
#include "results/atomic_file.h"
#include "results/fingerprint.h"
#include "results/result_json.h"

namespace lab::cli {
namespace {

/// The descriptor that `path` is a name of, or -1. Opening such a name would begin anew where the
/// shell's >> had put us at the end.
int named_descriptor(std::string_view path) {
  if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    path.remove_prefix(folder.size());
    int fd = -1;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), fd);
    return error == std::errc{} && end == path.data() + path.size() ? fd : -1;
  }
  return -1;
}

[[noreturn]] void cannot_write(const std::string& path, int error) {
  throw results::FileError(fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

/// A descriptor of our own for what is written to as it is; -1 if `path` is to be a file.
int open_stream(const std::string& path) {
  if (const int fd = named_descriptor(path); fd >= 0) {
    // Not the number itself: whose it is, closes it.
    const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) cannot_write(path, errno);
    return own;
  }
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return -1;
  if (!S_ISFIFO(facts.st_mode) && !S_ISCHR(facts.st_mode)) return -1;
  const int fd = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) cannot_write(path, errno);
  return fd;
}

std::optional<results::RunResult> old_result(const std::string& path) {
  try {
    return results::read_result_file(path);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// "my.result.json" for "my.json".
std::string other_name(const std::string& path) {
  return std::filesystem::path(path).replace_extension(".result.json").string();
}

}  // namespace

ResultTarget::ResultTarget(std::string out, const scenarios::Scenario& scenario,
                           const std::vector<std::string>& inputs, bool force)
    : path_(std::move(out)), fd_(open_stream(path_)) {
  if (fd_ < 0) check_file(scenario, inputs, force);
}

ResultTarget::~ResultTarget() {
  if (fd_ >= 0) ::close(fd_);
}

ResultTarget::ResultTarget(ResultTarget&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      fd_(std::exchange(other.fd_, -1)),
      replaces_(std::exchange(other.replaces_, {})) {}

void ResultTarget::check_file(const scenarios::Scenario& scenario,
                              const std::vector<std::string>& inputs, bool force) {
  std::error_code none;
  for (const std::string& input : inputs) {
    // The same file under any name: a link, a path with dots.
    if (!std::filesystem::equivalent(input, path_, none)) continue;
    throw UsageError(
        fmt::format("--out {}: that is the scenario {}, which the result would replace; choose "
                    "another name, for example {}",
                    path_, input, other_name(path_)));
  }
  results::require_writable(path_);
  if (force || !std::filesystem::exists(path_, none)) return;
  const std::optional<results::RunResult> old = old_result(path_);
  if (!old) {
    throw UsageError(
        fmt::format("--out {}: there is a file, and it is no result that this version reads; "
                    "--force replaces it",
                    path_));
  }
  if (old->scenario_hash != results::scenario_hash(scenario)) {
    throw UsageError(
        fmt::format("--out {}: holds the result of another run ('{}', {}); --force replaces it",
                    path_, old->scenario.name, old->started_at));
  }
  replaces_ = old->started_at;
}

bool ResultTarget::takes_standard_output() const noexcept {
  return named_descriptor(path_) == STDOUT_FILENO;
}

std::string ResultTarget::write(const results::RunResult& result) const {
  if (result.trials.empty()) return fmt::format("\nresult  none, {} was not written\n", path_);
  const std::string text = results::result_to_json(result);
  if (fd_ >= 0) {
    if (const int error = results::write_fully(fd_, text)) cannot_write(path_, error);
  } else {
    results::write_file_atomically(path_, text);
  }
  return fmt::format("\nresult  {} ({}){}\n", path_, size_text(text.size()),
                     replaces_.empty() ? "" : fmt::format(", in place of that of {}", replaces_));
}

}  // namespace lab::cli
