// poollab list: what a scenario can be made of.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/catalogs.h"
#include "lab/cli/commands.h"
#include "lab/cli/terminal.h"
#include "lab/exit_code.h"
#include "pools/knobs.h"

namespace lab::cli {
namespace {

struct Request {
  std::vector<std::string> kinds;
  bool json = false;
};

std::string value_text(const pools::KnobValue& value) {
  struct Shown {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{:.10g}", v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const pools::Numbers& v) const {
      return fmt::format("[{:.10g}]", fmt::join(v, ", "));
    }
  };
  return std::visit(Shown{}, value);
}

/// What one may write: "ring | locked", "true | false", "1 to 200 us", "list of {rate_per_s, ...}".
std::string allowed(const pools::Knob& knob) {
  if (std::holds_alternative<bool>(knob.fallback)) return "true | false";
  if (!knob.choices.empty()) return fmt::format("{}", fmt::join(knob.choices, " | "));
  if (std::holds_alternative<std::string>(knob.fallback)) return "text";
  std::string range = fmt::format("{:.10g} to {:.10g}", knob.low, knob.high);
  if (!knob.unit.empty()) range += fmt::format(" {}", knob.unit);
  if (!knob.columns.empty()) return fmt::format("list of {{{}}}", fmt::join(knob.columns, ", "));
  if (std::holds_alternative<pools::Numbers>(knob.fallback)) return "list of " + range;
  return range;
}

std::string knob_text(const pools::Knob& knob, std::size_t name_width, const TextStyle& style) {
  const std::string given = knob.required ? "required" : "default " + value_text(knob.fallback);
  const std::string name = fmt::format("      {:<{}}  ", knob.name, name_width);
  const std::string needs =
      knob.needs.knob.empty() ? "" : fmt::format("; needs {}", pools::need_text(knob.needs));
  const std::string facts = fmt::format("{}; {} ({}{})", knob.help, allowed(knob), given, needs);
  const std::size_t indent = name.size();
  std::string body = wrapped(facts, style.width, std::string(indent, ' '));
  return style.paint(Tone::Accent, name) + style.paint(Tone::Dim, body.substr(indent)) + "\n";
}

std::string entry_text(const CatalogEntry& entry, std::size_t name_width, const TextStyle& style) {
  std::string summary = entry.summary;
  if (!entry.traits.empty()) summary += fmt::format(" [{}]", fmt::join(entry.traits, ", "));
  const std::size_t indent = 2 + name_width + 2;
  std::string text = "  " + style.paint(Tone::Strong, entry.name) +
                     std::string(name_width - columns(entry.name) + 2, ' ');
  text += wrapped(summary, style.width, std::string(indent, ' ')).substr(indent) + "\n";
  std::size_t knob_width = 0;
  for (const pools::Knob& knob : entry.knobs) knob_width = std::max(knob_width, knob.name.size());
  for (const pools::Knob& knob : entry.knobs) text += knob_text(knob, knob_width, style);
  return text;
}

std::string catalog_text(const Catalog& catalog, const TextStyle& style) {
  std::string text = style.paint(Tone::Strong, catalog.kind) +
                     style.paint(Tone::Dim, fmt::format("  {}", catalog.where)) + "\n";
  std::size_t width = 0;
  for (const CatalogEntry& entry : catalog.entries) width = std::max(width, columns(entry.name));
  for (const CatalogEntry& entry : catalog.entries) text += entry_text(entry, width, style);
  if (catalog.entries.empty()) text += style.paint(Tone::Dim, "  none in this build\n");
  return text;
}

std::vector<Catalog> chosen(const std::vector<std::string>& kinds) {
  std::vector<Catalog> all = catalogs();
  if (kinds.empty()) return all;
  std::vector<std::string_view> names;
  for (const Catalog& catalog : all) names.push_back(catalog.kind);
  for (const std::string& kind : kinds) {
    if (std::find(names.begin(), names.end(), kind) != names.end()) continue;
    const std::string near = pools::nearest_name(kind, names);
    throw UsageError(fmt::format("list {}: there is no such list; {}", kind,
                                 near.empty() ? fmt::format("there are {}", fmt::join(names, ", "))
                                              : fmt::format("did you mean '{}'?", near)));
  }
  std::erase_if(all, [&](const Catalog& catalog) {
    return std::find(kinds.begin(), kinds.end(), catalog.kind) == kinds.end();
  });
  return all;
}

int list(const Request& request) {
  const std::vector<Catalog> catalogs_shown = chosen(request.kinds);
  if (request.json) {
    print(catalogs_to_json(catalogs_shown));
    return status(ExitCode::Pass);
  }
  const TextStyle style = output_style();
  std::string text;
  for (const Catalog& catalog : catalogs_shown) {
    if (!text.empty()) text += "\n";
    text += catalog_text(catalog, style);
  }
  print(text);
  return status(ExitCode::Pass);
}

}  // namespace

std::function<int()> add_list(CLI::App& app) {
  auto request = std::make_shared<Request>();
  app.add_option(
         "KIND", request->kinds,
         "strategies, peers, sizing, retry, admission, arrivals, services, works, metrics or "
         "scenarios; all when none is named")
      ->type_name("");
  app.add_flag("--json", request->json, "As JSON, for programs");
  app.footer(
      "Examples:\n"
      "  poollab list scenarios\n"
      "  poollab list strategies sizing\n"
      "  poollab list --json | jq '.strategies[].name'\n");
  return [request] { return list(*request); };
}

}  // namespace lab::cli
