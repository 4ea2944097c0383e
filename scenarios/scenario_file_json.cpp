// From a file or text to a checked document: opening, parsing, --set, reading.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
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
  /// A FIFO is waited for, as everywhere, until somebody writes to it.
  explicit File(const std::string& path)
      : fd_(path == kStandardInput ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                   : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// The file's bytes, or a problem in `document` and "".
std::string file_bytes(const std::string& path, Document& document) {
  const auto unreadable = [&document](int error) {
    document.add(error == EISDIR ? "expected a file, got a directory"
                                 : "expected a readable file, got: " + reason(error));
    return std::string();
  };
  const File file(path);
  if (file.fd() < 0) return unreadable(errno);
  std::string bytes;
  std::array<char, 4096> chunk{};         // on the stack, which may be a small one
  while (bytes.size() <= kJsonLargest) {  // the parser refuses what is larger
    const ssize_t got = read(file.fd(), chunk.data(), chunk.size());
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return unreadable(errno);
    }
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

std::string shown_path(const std::string& path) {
  return path == kStandardInput ? "<stdin>" : path;
}

/// What a scenario without a name is called: as its file, in the characters that a name may have.
std::string default_name(const std::string& path) {
  const bool has_name = path != kStandardInput && path != "/dev/stdin" &&
                        !path.starts_with("/dev/fd/") && !path.starts_with("/proc/");
  std::string name = has_name ? std::filesystem::path(path).stem().string() : "";
  name.resize(std::min(name.size(), kLongestId));
  for (std::size_t bad = 0;
       (bad = name.find_first_not_of(kIdCharacters, bad)) != std::string::npos;) {
    name[bad] = '-';
  }
  return name.empty() ? "scenario" : name;
}

std::vector<std::string> shown_sources(const std::string& path,
                                       const std::vector<Override>& overrides) {
  std::vector<std::string> sources{shown_path(path)};
  for (const Override& option : overrides) {
    sources.push_back("--set " + option.pointer + "=" + option.value);
  }
  return sources;
}

/// Whether it is a result file, also one too large to be parsed: there the schema stands first.
bool is_result(std::string_view text, const std::optional<JsonValue>& root) {
  constexpr std::string_view kResult = "poollab.result/";
  constexpr std::size_t kHead = 200;
  if (!root) {
    return text.size() > kJsonLargest &&
           text.substr(0, kHead).find(kResult) != std::string_view::npos;
  }
  const JsonMember* schema = root->find("schema");
  return schema != nullptr && schema->value.text.starts_with(kResult);
}

Scenario read_document(Document& document, std::string_view file_text, const std::string& path,
                       const std::vector<Override>& overrides) {
  const std::string_view text = without_byte_order_mark(file_text);
  std::vector<JsonFault> faults;
  std::optional<JsonValue> root = parse_json(text, 0, faults);
  if (is_result(text, root)) {
    document.add(
        "expected a scenario, got the result of a run; what was run is in its field \"scenario\": "
        "jq .scenario FILE | poollab run -");
    document.throw_problems();
  }
  document.add(faults);
  if (!root) document.throw_problems();
  document.root = *std::move(root);
  apply_overrides(document, overrides);
  Scenario scenario = read_scenario(document, default_name(path));
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
