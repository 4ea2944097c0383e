// From a file or text to a checked document: opening, parsing, --set, reading.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "scenarios/read_scenario.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

class File {
 public:
  /// Non-blocking: opening a FIFO that nobody writes to would hang.
  explicit File(const std::string& path)
      : fd_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// What the path is instead of a regular file, or "".
std::string unreadable_kind(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return "";
  if (S_ISDIR(status.st_mode)) return "a directory";
  if (S_ISFIFO(status.st_mode)) return "a FIFO";
  if (S_ISSOCK(status.st_mode)) return "a socket";
  return "a device";
}

/// The file's bytes, or a problem in `document` and "".
std::string file_bytes(const std::string& path, Document& document) {
  const File file(path);
  if (file.fd() < 0) {
    document.add("expected a readable file, got: " + reason(errno));
    return "";
  }
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) {
    document.add("expected a readable file, got: " + reason(errno));
    return "";
  }
  if (const std::string kind = unreadable_kind(status); !kind.empty()) {
    document.add("expected a file, got " + kind);
    return "";
  }
  std::string bytes;
  std::array<char, 65536> chunk{};
  while (bytes.size() <= kJsonLargest) {  // the parser refuses what is larger
    const ssize_t got = read(file.fd(), chunk.data(), chunk.size());
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      document.add("expected a readable file, got: " + reason(errno));
      return "";
    }
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

std::vector<std::string> shown_sources(const std::string& path,
                                       const std::vector<Override>& overrides) {
  std::vector<std::string> sources{path};
  for (const Override& option : overrides) {
    sources.push_back("--set " + option.pointer + "=" + option.value);
  }
  return sources;
}

Scenario read_document(Document& document, std::string_view text, const std::string& path,
                       const std::vector<Override>& overrides) {
  std::vector<JsonFault> faults;
  std::optional<JsonValue> root = parse_json(text, 0, faults);
  document.add(faults);
  if (!root) document.throw_problems();
  document.root = *std::move(root);
  apply_overrides(document, overrides);
  const std::string name = std::filesystem::path(path).stem().string();
  Scenario scenario = read_scenario(document, name);
  document.throw_problems();
  scenario.source_path = path;
  scenario.text = overrides.empty() ? std::string(text) : scenario_to_json(scenario);
  return scenario;
}

}  // namespace

std::string ScenarioProblem::text() const {
  std::string shown = file;
  if (line > 0) shown += ":" + std::to_string(line) + ":" + std::to_string(column);
  shown += line > 0 && !pointer.empty() ? " " + pointer : "";
  return shown + ": " + message;
}

ScenarioError::ScenarioError(std::vector<ScenarioProblem> found) : problems(std::move(found)) {
  for (const ScenarioProblem& problem : problems) {
    text += (text.empty() ? "" : "\n") + problem.text();
  }
}

Scenario read_scenario_file(const std::string& path, const std::vector<Override>& overrides) {
  Document document(shown_sources(path, overrides));
  const std::string bytes = file_bytes(path, document);
  document.throw_problems();
  return read_document(document, bytes, path, overrides);
}

Scenario read_scenario_text(std::string_view text, const std::string& shown_path,
                            const std::vector<Override>& overrides) {
  Document document(shown_sources(shown_path, overrides));
  return read_document(document, text, shown_path, overrides);
}

}  // namespace scenarios
