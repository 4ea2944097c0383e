#include "results/atomic_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace results {
namespace {

[[noreturn]] void fail(std::string_view doing, const std::string& path, int error) {
  throw FileError(fmt::format("cannot {} {}: {}", doing, path, std::strerror(error)));
}

/// Owns a descriptor; close errors matter only where close() is called by hand.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }
  int close() noexcept { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

/// The file in which the text waits for its name; removed unless the rename made it the real one.
struct TemporaryFile {
  /// `shown` is what a message names.
  TemporaryFile(const std::string& target, const std::string& shown)
      : path(target + ".XXXXXX"), file(::mkostemp(path.data(), O_CLOEXEC)) {
    if (file.get() < 0) fail("create a file beside", shown, errno);
  }
  ~TemporaryFile() {
    if (!renamed) ::unlink(path.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::string path;
  Descriptor file;
  bool renamed = false;
};

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// Where the bytes go: through a symbolic link the file it points to is replaced, not the link.
std::string target_of(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(path, ignored)) return path;
  std::string target = std::filesystem::weakly_canonical(path, ignored).string();
  return target.empty() ? path : target;
}

/// What can be seen without writing. `path` is what the message names.
void check_access(const std::string& target, const std::string& path) {
  struct stat facts {};
  if (::stat(target.c_str(), &facts) == 0) {
    if (S_ISDIR(facts.st_mode)) fail("write", path, EISDIR);
    if (!S_ISREG(facts.st_mode)) fail("write", path, EINVAL);
    if (::access(target.c_str(), W_OK) != 0) fail("write", path, errno);
  }
  const std::string folder = folder_of(target);
  if (::stat(folder.c_str(), &facts) != 0) fail("write", path, errno);
  if (!S_ISDIR(facts.st_mode)) fail("write", path, ENOTDIR);
  if (::access(folder.c_str(), W_OK) != 0) fail("write", path, errno);
}

}  // namespace

int write_fully(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      // A pipe that somebody else set to non-blocking and whose reader is slow.
      pollfd room{fd, POLLOUT, 0};
      static_cast<void>(::poll(&room, 1, -1));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void write_file_atomically(const std::string& given, std::string_view text) {
  const std::string path = target_of(given);
  check_access(path, given);
  TemporaryFile temporary(path, given);
  Descriptor& file = temporary.file;
  // mkstemp makes 0600; keep the old file's mode, or what the umask would have given.
  struct stat old {};
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = ::stat(path.c_str(), &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask;
  if (::fchmod(file.get(), mode) != 0) fail("set the mode of", given, errno);
  if (const int error = write_fully(file.get(), text)) fail("write", given, error);
  if (::fsync(file.get()) != 0) fail("write", given, errno);
  if (file.close() != 0) fail("write", given, errno);
  if (::rename(temporary.path.c_str(), path.c_str()) != 0) fail("replace", given, errno);
  temporary.renamed = true;
  // The new name survives a power cut only once the folder is on disk too. Some file systems do
  // not offer it: the file itself is complete, so that is no failure.
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) static_cast<void>(::fsync(folder.get()));
}

std::string read_whole_file(const std::string& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) fail("read", path, errno);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) fail("read", path, errno);
  if (!S_ISREG(facts.st_mode)) fail("read", path, S_ISDIR(facts.st_mode) ? EISDIR : EINVAL);
  if (static_cast<std::size_t>(facts.st_size) > limit) fail("read", path, EFBIG);
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + have, text.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read", path, errno);
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  text.resize(have);
  return text;
}

void require_writable(const std::string& path) {
  const std::string target = target_of(path);
  check_access(target, path);
  // Permission bits do not say all: /proc grants root everything and then makes no files.
  const TemporaryFile tried(target, path);
}

}  // namespace results
