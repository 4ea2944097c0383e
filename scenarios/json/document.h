// A JSON text that is being read strictly: its values, and everything found wrong with them so far,
// each with its place. All problems are reported at once.
#pragma once

#include <cstddef>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/json/json_value.h"

namespace scenarios {

struct JsonProblem {
  std::string file;
  std::size_t line = 0;  ///< 1-based; 0: no place in the text
  std::size_t column = 0;
  std::string pointer;       ///< e.g. /phases/0/arrival/rate_per_s
  std::string message;       ///< "expected ..., got ...; did you mean ...?"
  std::string text() const;  ///< file:line:col /pointer: message
};

/// Everything that is wrong with a file. Each kind of file has an error of its own made from it.
struct JsonError : std::exception {
  explicit JsonError(std::vector<JsonProblem> found);
  const char* what() const noexcept override { return text.c_str(); }
  std::vector<JsonProblem> problems;
  std::string text;  ///< one line per problem
};

/// The parsed text and what was found wrong with it so far.
class Document {
 public:
  /// `sources`: what to show for each JsonPlace::source: the file, then the --set options.
  explicit Document(std::vector<std::string> sources) : sources_(std::move(sources)) {}

  JsonValue root;
  /// Where a name that the object at `pointer` does not have belongs, to be added to the problem:
  /// "; it belongs into ...", or "". May be nullptr.
  std::string (*misplaced)(std::string_view pointer, std::string_view name) = nullptr;
  /// Set while a reader looks at itself (misplaced_json.cpp): the fields that each object has.
  std::map<std::string, std::vector<std::string_view>>* fields = nullptr;

  /// Makes `text` the root, as far as it is JSON of at most `largest` bytes. False when nothing of
  /// it could be read; faults that could be read over are problems either way.
  bool parse(std::string_view text, std::size_t largest = kJsonLargest);

  /// Something is wrong with the value at that pointer, or missing there.
  void problem(const std::string& pointer, std::string message) {
    add(place_of(root, pointer), pointer, std::move(message));
  }
  void add(const JsonPlace& place, const std::string& pointer, std::string message);
  void add(const std::vector<JsonFault>& faults);
  /// A problem without a place in the text.
  void add(std::string message);

  std::size_t problems() const noexcept { return problems_.size(); }
  /// Throws them as an Error, in the order of the text, if there are any.
  template <typename Error>
  void throw_problems() {
    if (problems() > 0) throw Error(ordered_problems());
  }

 private:
  std::vector<JsonProblem> ordered_problems();

  std::vector<std::string> sources_;
  std::vector<JsonProblem> problems_;
};

}  // namespace scenarios
