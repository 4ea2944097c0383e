#include "results/atomic_file.h"

#include <fcntl.h>
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

/// Removes the temporary file unless the rename made it the real one.
struct TemporaryFile {
  std::string path;
  bool renamed = false;
  ~TemporaryFile() {
    if (!renamed) ::unlink(path.c_str());
  }
};

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

void write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void write_file_atomically(const std::string& given, std::string_view text) {
  // Through a symbolic link the file it points to is replaced, not the link.
  std::error_code ignored;
  const std::string path = std::filesystem::is_symlink(given, ignored)
                               ? std::filesystem::weakly_canonical(given).string()
                               : given;
  require_writable(path);
  TemporaryFile temporary{path + ".XXXXXX"};
  Descriptor file(::mkostemp(temporary.path.data(), O_CLOEXEC));
  if (file.get() < 0) {
    const int error = errno;
    temporary.renamed = true;
    fail("create a file beside", given, error);
  }
  // mkstemp makes 0600; keep the old file's mode, or what the umask would have given.
  struct stat old {};
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = ::stat(path.c_str(), &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask;
  if (::fchmod(file.get(), mode) != 0) fail("set the mode of", given, errno);
  write_all(file.get(), text, given);
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
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0) {
    if (S_ISDIR(facts.st_mode)) fail("write", path, EISDIR);
    if (!S_ISREG(facts.st_mode)) fail("write", path, EINVAL);
    if (::access(path.c_str(), W_OK) != 0) fail("write", path, errno);
  }
  const std::string folder = folder_of(path);
  if (::stat(folder.c_str(), &facts) != 0) fail("write", path, errno);
  if (!S_ISDIR(facts.st_mode)) fail("write", path, ENOTDIR);
  if (::access(folder.c_str(), W_OK) != 0) fail("write", path, errno);
}

}  // namespace results
