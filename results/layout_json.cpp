#include "results/layout_json.h"

#include <algorithm>
#include <cstddef>

#include <nlohmann/json.hpp>

namespace results {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) { return json.dump(); }

void lay_out(const Json& json, std::size_t depth, std::string& out) {
  constexpr std::size_t kLine = 96;
  const auto has_objects = [](const Json& list) {
    return std::any_of(list.begin(), list.end(), [](const Json& e) { return e.is_object(); });
  };
  std::string line = json.is_structured() ? "" : dumped(json);
  if (json.is_array() && !has_objects(json)) line = dumped(json);
  const bool nested = json.is_structured() && std::any_of(json.begin(), json.end(), [](auto& e) {
                        return e.is_structured() && !e.empty();
                      });
  if (line.empty() && (json.empty() || !nested)) {
    line = dumped(json);
    if (json.size() > 1 && line.size() > kLine) line.clear();
  }
  if (!line.empty()) {
    out += line;
    return;
  }
  const std::string indent(depth + 1, ' ');
  out += json.is_object() ? '{' : '[';
  const char* separator = "\n";
  for (const auto& [key, value] : json.items()) {
    out += separator;
    out += indent;
    if (json.is_object()) out += dumped(key) + ": ";
    lay_out(value, depth + 1, out);
    separator = ",\n";
  }
  out += '\n' + std::string(depth, ' ');
  out += json.is_object() ? '}' : ']';
}

}  // namespace

std::string laid_out(std::string_view json) {
  std::string text;
  lay_out(Json::parse(json), 0, text);
  return text;
}

}  // namespace results
