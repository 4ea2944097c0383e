#include "tests/tree_rules.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

namespace tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string_view>;

/// Left to right: a folder includes itself and those before it.
constexpr std::array<std::string_view, 5> kLayers = {"pools", "scenarios", "results", "lab",
                                                     "tests"};
constexpr std::size_t kMaxLines = 400;

struct Source {
  std::string path;                // from the root, with slashes
  std::string folder;              // its first component
  std::vector<std::string> lines;  // without comments
  fs::path root;

  bool is_product() const { return folder != "tests"; }
  bool is_under(std::string_view prefix) const { return path.starts_with(prefix); }
  bool ends_with(std::string_view suffix) const { return path.ends_with(suffix); }
};

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where `word` stands by itself in `text`, from `from` on.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0) {
  for (auto at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool starts = at == 0 || !is_word_char(text[at - 1]);
    if (starts && (end == text.size() || !is_word_char(text[end]))) return at;
  }
  return std::string_view::npos;
}

std::string without_comment(const std::string& line) {
  for (auto at = line.find("//"); at != std::string::npos; at = line.find("//", at + 2)) {
    if (at == 0 || line[at - 1] != ':') return line.substr(0, at);  // not the one of http://
  }
  return line;
}

std::size_t layer_of(std::string_view folder) {
  return static_cast<std::size_t>(std::find(kLayers.begin(), kLayers.end(), folder) -
                                  kLayers.begin());
}

/// The file an `#include "..."` or `#include <...>` line names; nothing on other lines.
std::optional<std::string> included(std::string_view line, char open, char close) {
  if (!line.starts_with("#include ")) return std::nullopt;
  const auto begin = line.find(open);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto end = line.find(close, begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(line.substr(begin + 1, end - begin - 1));
}

using Report = std::vector<Violation>;

void add(Report& out, std::string rule, const Source& source, std::size_t line, std::string what) {
  out.push_back({std::move(rule), source.path + ":" + std::to_string(line + 1), std::move(what)});
}

/// Whoever else did would link oneTBB and its like into every user of our pools.
bool may_know_peers(const Source& source) {
  return source.is_under("pools/peers/") || source.is_under("lab/") || !source.is_product();
}

/// A header of the library that users' code includes: those at the top of pools/.
bool is_public(const Source& source) {
  return source.ends_with(".h") && source.is_under("pools/") &&
         source.path.find('/') == source.path.rfind('/');
}

bool is_engine_room(std::string_view name) {
  const Words rooms = {"pools/engine/", "pools/dispatch/", "pools/policies/", "pools/queues/"};
  return std::any_of(rooms.begin(), rooms.end(),
                     [&](std::string_view room) { return name.starts_with(room); });
}

void check_includes(const Source& source, Report& out) {
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    if (const auto name = included(source.lines[i], '"', '"')) {
      const auto layer = layer_of(name->substr(0, name->find('/')));
      if (is_public(source) && is_engine_room(*name)) {
        add(out, "public", source, i, "users' code gets this header, not " + *name);
      }
      if (layer == kLayers.size()) {
        add(out, "include", source, i, "\"" + *name + "\" is not a path from the root");
      } else if (layer > layer_of(source.folder)) {
        add(out, "layer", source, i, source.folder + " must not include " + *name);
      }
      if (name->starts_with("pools/peers/") && !may_know_peers(source)) {
        add(out, "peers", source, i, "only programs know the peers: the catalog has their rows");
      }
    }
    const auto name = included(source.lines[i], '<', '>');
    if (!name || !source.is_product()) continue;
    for (const std::string_view window : {"imgui", "GLFW/", "GL/", "GLES", "EGL/"}) {
      if (name->starts_with(window) && !source.is_under("lab/gui/")) {
        add(out, "window", source, i, "<" + *name + "> belongs in lab/gui/");
      }
    }
  }
}

/// The strict reader: scenarios and results are read by it alone, the rest of the tree sees only
/// what they are read into.
constexpr std::string_view kJsonKit = "scenarios/json/";

void check_json(const Source& source, Report& out) {
  if (!source.is_product()) return;
  const bool reads_with_kit = source.is_under("scenarios/") || source.is_under("results/");
  // The writers of results share how a fact is written.
  const bool of_writers = source.is_under("results/") && source.ends_with("_json.h");
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const std::string& line = source.lines[i];
    if (contains(line, "nlohmann") && !of_writers &&
        (!source.ends_with("_json.cpp") || source.is_under(kJsonKit))) {
      add(out, "json", source, i, "JSON belongs in a file whose name ends in _json");
    }
    const auto name = included(line, '"', '"');
    if (name && name->starts_with(kJsonKit) && !reads_with_kit) {
      add(out, "json", source, i, "\"" + *name + "\" is for the readers of scenarios and results");
    }
    if (reads_with_kit && (contains(line, "Json::parse(") || contains(line, "json::parse("))) {
      add(out, "json", source, i, "scenarios and results are read strictly, by scenarios/json/");
    }
  }
}

void check_namespace(const Source& source, Report& out) {
  if (!source.is_product()) return;
  bool own = false;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const std::string& line = source.lines[i];
    if (find_word(line, "main") != std::string::npos && line.starts_with("int main(")) own = true;
    if (!line.starts_with("namespace ")) continue;
    const std::string name = line.substr(10, line.find_first_of(": {", 10) - 10);
    if (name == source.folder) own = true;
    // std and fmt: specialisations have to stand there.
    if (name != source.folder && !name.empty() && name != "std" && name != "fmt") {
      add(out, "namespace", source, i, "namespace " + name + " in " + source.folder + "/");
    }
  }
  if (!own) add(out, "namespace", source, 0, "nothing in namespace " + source.folder);
}

bool makes_threads_elsewhere(const Source& source, std::string_view line) {
  // make_pool() has the default of PoolConfig::thread_factory.
  if (!source.is_under("pools/") || !source.ends_with(".cpp") || source.is_under("pools/engine/") ||
      source.is_under("pools/peers/") || source.path == "pools/make_pool.cpp") {
    return false;
  }
  for (const std::string_view maker : {"std::thread", "std::jthread", "pthread_create"}) {
    const auto at = find_word(line, maker);
    if (at != std::string_view::npos && !line.substr(at + maker.size()).starts_with("::")) {
      return true;
    }
  }
  return false;
}

bool takes_from_dispatch(std::string_view line) {
  for (const std::string_view call : {"dispatch_->take(", "dispatch->take(", "dispatch.take("}) {
    if (contains(line, call)) return true;
  }
  return false;
}

/// Strategies and policies run in virtual time as well: time and chance are told to them, and they
/// lock by pools/engine/sync.h.
void check_neutral(const Source& source, Report& out) {
  if (!source.is_under("pools/dispatch/") && !source.is_under("pools/policies/")) return;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    for (const std::string_view word :
         {"Clock::now", "steady_clock", "thread_local", "std::thread", "this_thread", "std::mutex",
          "condition_variable", "random_device", "mt19937_64"}) {
      if (find_word(source.lines[i], word) == std::string_view::npos) continue;
      add(out, "neutral", source, i, "no '" + std::string(word) + "' in strategies and policies");
    }
  }
}

void check_concurrency(const Source& source, Report& out) {
  // Written in two halves, so that this file does not break its own rule.
  const std::string fence = std::string("atomic_thread") + "_fence";
  const Words operations = {"load",
                            "store",
                            "exchange",
                            "fetch_add",
                            "fetch_sub",
                            "fetch_or",
                            "fetch_and",
                            "fetch_xor",
                            "compare_exchange_weak",
                            "compare_exchange_strong",
                            "test_and_set"};
  const auto& lines = source.lines;
  const bool has_atomics =
      std::find(lines.begin(), lines.end(), "#include <atomic>") != lines.end();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (contains(line, fence)) {
      add(out, "fence", source, i, "ThreadSanitizer cannot see a fence: order the operations");
    }
    if (!source.is_product()) continue;
    if (makes_threads_elsewhere(source, line)) {
      add(out, "threads", source, i, "threads are made in pools/engine/ (and by pools/peers/)");
    }
    if (takes_from_dispatch(line) && source.path != "pools/engine/worker_loop.cpp" &&
        !source.is_under("pools/dispatch/")) {
      add(out, "loop", source, i, "there is one worker loop, pools/engine/worker_loop.cpp");
    }
    if (!has_atomics) continue;
    for (const std::string_view operation : operations) {
      const auto at = find_word(line, operation);
      if (at == std::string::npos || at == 0 || line[at - 1] != '.') continue;
      // The call's text, which may go on in the next lines.
      std::string call = line.substr(at);
      for (std::size_t next = i + 1; next < std::min(i + 5, lines.size()); ++next) {
        if (contains(call, ";")) break;
        call += lines[next];
      }
      call.resize(std::min(call.size(), call.find(';')));
      if (!contains(call, "order")) {
        add(out, "order", source, i, "." + std::string(operation) + " names no memory order");
      }
    }
  }
}

void check_header(const Source& source, Report& out) {
  if (!source.ends_with(".h")) return;
  const auto first = std::find_if(source.lines.begin(), source.lines.end(),
                                  [](const std::string& line) { return !line.empty(); });
  if (first == source.lines.end() || *first != "#pragma once") {
    add(out, "pragma", source, 0, "a header's first line of code is #pragma once");
  }
}

void check_words(const Source& source, Report& out) {
  const Words banned = {"util", "utils",   "helper", "helpers", "common",
                        "misc", "manager", "data",   "info",    "impl"};
  std::istringstream parts(source.path);
  for (std::string part; std::getline(parts, part, '/');) {
    std::istringstream words(part.substr(0, part.find('.')));
    for (std::string word; std::getline(words, word, '_');) {
      if (std::find(banned.begin(), banned.end(), word) != banned.end()) {
        add(out, "name", source, 0, "'" + word + "' says nothing: name the role");
      }
    }
  }
}

void check_length(const Source& source, Report& out) {
  if (source.lines.size() > kMaxLines) {
    add(out, "length", source, kMaxLines, std::to_string(source.lines.size()) + " lines");
  }
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A .cpp that no CMakeLists.txt of its folder or one above names is never compiled.
void check_listed(const Source& source, Report& out) {
  if (!source.ends_with(".cpp")) return;
  const fs::path file = source.root / source.path;
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    std::string text = read(folder / "CMakeLists.txt");
    std::replace_if(
        text.begin(), text.end(),
        [](char c) {
          return contains("()\"", {&c, 1});
        },
        ' ');
    std::istringstream words(text);
    const std::string name = file.lexically_relative(folder).generic_string();
    if (std::find(std::istream_iterator<std::string>(words), {}, name) !=
        std::istream_iterator<std::string>()) {
      return;
    }
    if (folder == source.root) break;
  }
  add(out, "listed", source, 0, "no CMakeLists.txt names it");
}

/// Links of Markdown files point to what exists.
void check_links(const fs::path& root, const fs::path& file, Report& out) {
  const std::string text = read(file);
  for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at + 2)) {
    const auto end = text.find_first_of(")#\n", at);
    const std::string target = text.substr(at + 2, end - at - 2);
    if (target.empty() || contains(target, ":")) continue;  // into this file, or to the web
    if (!fs::exists(file.parent_path() / target)) {
      out.push_back({"link", file.lexically_relative(root).generic_string(), target});
    }
  }
}

void check_root(const fs::path& root, Report& out) {
  const std::set<std::string> allowed = {"CMakeLists.txt", "CMakePresets.json", "README.md",
                                         "LICENSE"};
  // What a run leaves where it was started is not part of the tree.
  const std::set<std::string> products = {".json", ".html", ".csv", ".png"};
  for (const auto& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".") || allowed.contains(name)) continue;
    if (entry.is_directory() && layer_of(name) < kLayers.size()) continue;
    if (entry.is_regular_file() && products.contains(entry.path().extension().string())) continue;
    out.push_back({"root", name, "does not belong in the root folder"});
  }
}

std::optional<Source> read_source(const fs::path& root, const fs::path& path) {
  const auto extension = path.extension();
  if (extension != ".h" && extension != ".cpp") return std::nullopt;
  Source source;
  source.root = root;
  source.path = path.lexically_relative(root).generic_string();
  source.folder = source.path.substr(0, source.path.find('/'));
  std::istringstream text(read(path));
  for (std::string line; std::getline(text, line);) source.lines.push_back(without_comment(line));
  return source;
}

}  // namespace

TreeReport check_tree(const fs::path& root) {
  TreeReport report;
  check_root(root, report.violations);
  if (fs::exists(root / "README.md")) check_links(root, root / "README.md", report.violations);
  for (const std::string_view layer : kLayers) {
    if (!fs::exists(root / layer)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
      if (entry.path().extension() == ".md") check_links(root, entry.path(), report.violations);
      const auto source = read_source(root, entry.path());
      if (!source) continue;
      ++report.files_read;
      for (const auto check :
           {check_includes, check_json, check_namespace, check_neutral, check_concurrency,
            check_header, check_words, check_length, check_listed}) {
        check(*source, report.violations);
      }
    }
  }
  return report;
}

std::vector<std::string> rule_names() {
  return {"root",   "include",   "layer",  "peers",  "public",  "window",
          "json",   "namespace", "fence",  "order",  "threads", "loop",
          "pragma", "name",      "length", "listed", "link",    "neutral"};
}

}  // namespace tests
