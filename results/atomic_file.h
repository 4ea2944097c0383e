// Writes a file so that a reader finds the old text or the new, never a part: a temporary file in
// the same folder, fsync, rename, fsync of the folder. Throws FileError and leaves the old file
// untouched when any step fails.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace results {

/// Reading or writing failed; what() names the path and the system's reason.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void write_file_atomically(const std::string& path, std::string_view text);

/// The whole file; refuses directories and what is larger than `limit` bytes.
std::string read_whole_file(const std::string& path, std::size_t limit = std::size_t{1} << 30);

/// Throws FileError when `path` cannot become a file (no such folder, not writable, a directory),
/// so that a long run does not end in a message that could have come first. Tries it, with a
/// temporary file beside it.
void require_writable(const std::string& path);

/// All of `text`, however often the system takes only a part. Errno of the first failure, or 0.
int write_fully(int fd, std::string_view text) noexcept;

}  // namespace results
