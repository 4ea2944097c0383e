// The part of the summary that says whether the run is as it should be.
#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/summary.h"
#include "pools/metrics/ledger_keys.h"
#include "results/verdicts.h"
#include "scenarios/gates.h"

namespace lab::cli {
namespace {

using results::GateVerdict;
using results::RunResult;
using results::Verdict;

std::string unit_of(const scenarios::Expectation& gate) {
  if (!gate.compare.empty()) return "";
  const scenarios::GateMetric* metric = scenarios::find_gate_metric(gate.metric);
  const bool counts = gate.stat == "count" ||
                      (gate.stat.empty() && metric != nullptr && metric->stats.front() == "count");
  if (metric == nullptr || counts) return "";
  return std::string(gate.stat == "rate_per_s" ? "per s" : metric->unit);
}

/// "response p99 < 5 ms in burst": the unit is in the value, so not in the name as well.
std::string gate_name(const scenarios::Expectation& gate, const TextStyle& style) {
  std::string name = gate.metric;
  for (const std::string_view suffix : {"_us", "_per_s"}) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
    }
  }
  std::replace(name.begin(), name.end(), '_', ' ');
  const bool plain_stat = gate.stat == "count" || gate.stat == "rate_per_s" ||
                          (gate.stat == "mean" && unit_of(gate) != "us");
  if (!gate.stat.empty() && !plain_stat) name += " " + gate.stat;
  if (!gate.task_class.empty()) name += " of " + gate.task_class;
  if (!gate.phase.empty()) name += " in " + gate.phase;
  if (!gate.compare.empty()) name += " " + gate.compare;
  return fmt::format("{} {} {}", name, gate.op, value_text(gate.value, unit_of(gate), style));
}

std::string marked(Verdict verdict, const TextStyle& style) {
  switch (verdict) {
    case Verdict::Pass:
      return style.paint(Tone::Good, style.symbol("✓ pass", "pass"));
    case Verdict::Fail:
      return style.paint(Tone::Bad, style.symbol("✗ FAIL", "FAIL"));
    case Verdict::Inconclusive:
      break;
  }
  return style.paint(Tone::Doubt, style.symbol("? open", "open"));
}

/// What is in brackets at the end of a verdict's text: why it is open.
std::string reason_of(const GateVerdict& verdict) {
  const std::size_t open = verdict.text.rfind('(');
  return open == std::string::npos ? "" : " " + verdict.text.substr(open);
}

/// The verdicts of one gate on one line: who failed, or how close the closest came.
std::string findings(const std::vector<const GateVerdict*>& group, Verdict worst,
                     const TextStyle& style) {
  const std::string unit = unit_of(group.front()->gate);
  const auto shown = [&](const GateVerdict& v) {
    const std::string value = value_text(v.observed, unit, style);
    return v.at_least ? std::string(style.symbol("≥ ", ">= ")) + value : value;
  };
  if (worst != Verdict::Pass) {
    std::string text;
    for (const GateVerdict* verdict : group) {
      if (verdict->verdict == Verdict::Pass) continue;
      const bool open = verdict->verdict == Verdict::Inconclusive;
      text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", verdict->pool, shown(*verdict),
                          open ? reason_of(*verdict) : "");
    }
    return text;
  }
  if (group.size() == 1) return group.front()->pool + " " + shown(*group.front());
  const std::string& op = group.front()->gate.op;
  const bool upper = op == "<" || op == "<=";
  const auto closest = std::max_element(group.begin(), group.end(), [&](auto* a, auto* b) {
    return upper ? a->observed < b->observed : a->observed > b->observed;
  });
  if (op == "==") return fmt::format("all {} pools", group.size());
  return fmt::format("all {} pools, closest {} {}", group.size(), (*closest)->pool,
                     shown(**closest));
}

Verdict worst_of(const std::vector<const GateVerdict*>& group) {
  Verdict worst = Verdict::Pass;
  for (const GateVerdict* verdict : group) {
    if (verdict->verdict == Verdict::Fail) return Verdict::Fail;
    if (verdict->verdict == Verdict::Inconclusive) worst = Verdict::Inconclusive;
  }
  return worst;
}

/// One group per gate; the verdicts of a gate follow one another.
std::vector<std::vector<const GateVerdict*>> grouped_by_gate(
    const std::vector<GateVerdict>& verdicts, const TextStyle& style) {
  std::vector<std::vector<const GateVerdict*>> groups;
  std::string name;
  for (const GateVerdict& verdict : verdicts) {
    const std::string own = gate_name(verdict.gate, style) + "\n" + verdict.gate.pool;
    if (groups.empty() || own != name) groups.emplace_back();
    name = own;
    groups.back().push_back(&verdict);
  }
  return groups;
}

}  // namespace

std::string gates_text(const RunResult& result, const TextStyle& style) {
  if (result.verdicts.empty()) return {};
  const auto groups = grouped_by_gate(result.verdicts, style);
  std::size_t width = 0;
  for (const auto& group : groups) {
    width = std::max(width, columns(gate_name(group.front()->gate, style)));
  }
  const std::size_t indent = style.unicode ? 10 : 8;
  std::string text = "\n" + style.paint(Tone::Strong, "gates") + "\n";
  for (const auto& group : groups) {
    const std::string name = gate_name(group.front()->gate, style);
    const Verdict worst = worst_of(group);
    const std::string found = findings(group, worst, style);
    const Tone tone = worst == Verdict::Pass ? Tone::Dim : Tone::Plain;
    text += "  " + marked(worst, style) + "  " + name;
    if (style.width == 0 || indent + width + 2 + columns(found) <= style.width) {
      text += std::string(width - columns(name) + 2, ' ') + style.paint(tone, found) + "\n";
    } else {
      text +=
          "\n" + style.paint(tone, wrapped(found, style.width, std::string(indent, ' '))) + "\n";
    }
  }
  return text;
}

std::string ledger_text(const RunResult& result, const TextStyle& style) {
  if (result.trials.empty()) return {};
  pools::Ledger sum;
  std::string open;
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const pools::Ledger& l = result.trials[i].ledger;
    sum += l;
    if (l.closes()) continue;
    open += "  " +
            style.paint(Tone::Bad, fmt::format("{}: {} submitted, {} accounted for", titles[i],
                                               grouped(l.submitted), grouped(l.accounted()))) +
            "\n";
  }
  const std::string title = "\n" + style.paint(Tone::Strong, "ledger") + "\n";
  if (!open.empty()) return title + open;
  std::string parts;
  // Rare ends share a word; keys of one word stand together.
  for (const auto* key = std::begin(pools::kLedgerKeys); key != std::end(pools::kLedgerKeys);) {
    const pools::LedgerKey& first = *key;
    std::uint64_t count = 0;
    for (; key != std::end(pools::kLedgerKeys) && key->word == first.word; ++key) {
      count += sum.*key->count;
    }
    const bool end =
        first.role == pools::LedgerRole::Settled || first.role == pools::LedgerRole::Rejected;
    if (!end || count == 0 || sum.completed == sum.submitted) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? ": " : ", ", grouped(count), first.word);
  }
  const std::string_view tick = style.symbol("✓ ", "");
  const std::string indent(2 + columns(tick), ' ');
  const std::string line =
      wrapped(fmt::format("all {} tasks accounted for{}", grouped(sum.submitted), parts),
              style.width, indent);
  return title + "  " + style.paint(Tone::Good, tick) + line.substr(indent.size()) + "\n";
}

}  // namespace lab::cli
