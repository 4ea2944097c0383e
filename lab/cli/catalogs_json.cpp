#include <nlohmann/json.hpp>

#include "lab/cli/catalogs.h"

namespace lab::cli {
namespace {

using Json = nlohmann::ordered_json;

Json knob_json(const pools::Knob& knob) {
  Json json{{"name", knob.name}, {"help", knob.help}};
  const char* const kTypes[] = {"boolean", "integer", "number", "string", "numbers"};
  json["type"] = kTypes[knob.fallback.index()];
  json["required"] = knob.required;
  if (!knob.required) {
    json["default"] = std::visit([](const auto& value) { return Json(value); }, knob.fallback);
  }
  if (!knob.unit.empty()) json["unit"] = knob.unit;
  const bool ranged = !std::holds_alternative<bool>(knob.fallback) &&
                      !std::holds_alternative<std::string>(knob.fallback);
  if (ranged) {
    json["low"] = knob.low;
    json["high"] = knob.high;
  }
  if (!knob.choices.empty()) json["choices"] = knob.choices;
  if (!knob.columns.empty()) json["columns"] = knob.columns;
  if (!knob.needs.knob.empty()) {
    Json& needs = json["needs"] = {{"knob", knob.needs.knob}};
    const bool exact = std::holds_alternative<bool>(knob.needs.value) ||
                       std::holds_alternative<std::string>(knob.needs.value);
    needs[exact ? "value" : "at_least"] =
        std::visit([](const auto& value) { return Json(value); }, knob.needs.value);
  }
  return json;
}

}  // namespace

std::string catalogs_to_json(const std::vector<Catalog>& chosen) {
  Json json = Json::object();
  for (const Catalog& catalog : chosen) {
    Json& list = json[std::string(catalog.kind)] = Json::array();
    for (const CatalogEntry& entry : catalog.entries) {
      Json row{{"name", entry.name}, {"summary", entry.summary}};
      if (!entry.traits.empty()) row["traits"] = entry.traits;
      Json& knobs = row["knobs"] = Json::array();
      for (const pools::Knob& knob : entry.knobs) knobs.push_back(knob_json(knob));
      list.push_back(std::move(row));
    }
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lab::cli
