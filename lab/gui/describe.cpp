#include "lab/gui/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

#include "lab/gui/plot/format.h"
#include "lab/gui/text.h"
#include "pools/catalog.h"

namespace lab::gui {

namespace {

std::string value_text(const pools::KnobValue& value) {
  struct Writer {
    std::string operator()(bool b) const { return b ? "on" : "off"; }
    std::string operator()(std::int64_t n) const { return fmt::format("{}", n); }
    std::string operator()(double x) const { return fmt::format("{:g}", x); }
    std::string operator()(const std::string& word) const { return word; }
    std::string operator()(const pools::Numbers& numbers) const {
      std::string text;
      for (const double x : numbers) text += fmt::format("{}{:g}", text.empty() ? "" : " ", x);
      return text;
    }
  };
  return std::visit(Writer{}, value);
}

}  // namespace

std::string describe(const pools::Choice& choice) {
  std::string text = choice.name;
  for (const auto& [name, value] : choice.settings.given()) {
    text += fmt::format("   {} {}", name, value_text(value));
  }
  return text;
}

std::string describe_workers(const pools::PoolConfig& pool) {
  std::string text;
  if (pool.min_workers == 0) {
    text = "a worker per core";
  } else if (pool.max_workers <= pool.min_workers) {
    text = fmt::format("{} worker{}", pool.min_workers, pool.min_workers == 1 ? "" : "s");
  } else {
    text = fmt::format("{} to {} workers", pool.min_workers, pool.max_workers);
  }
  if (pool.sizing.name != "fixed") text += ", " + describe(pool.sizing);
  if (pool.stuck_after.count() != 0) {
    text += fmt::format(", lost after {} ms, {} spare{}", pool.stuck_after.count() / 1'000'000,
                        pool.spares, pool.spares == 1 ? "" : "s");
  }
  return text;
}

std::string describe_queue(const pools::PoolConfig& pool) {
  const std::string retry =
      pool.retry.name == "discard" ? std::string() : "; failed tasks: " + describe(pool.retry);
  if (pool.queue_capacity == 0) return "unbounded queue" + retry;
  std::string rule;
  for (const pools::OnFullRow& row : pools::on_full_catalog()) {
    if (row.value == pool.on_full) rule = row.name;
  }
  return fmt::format("at most {} waiting, then {}", format_count(pool.queue_capacity), rule) +
         retry;
}

std::string describe(const scenarios::Expectation& gate) {
  // The unit is part of a metric's name in the file; people read it behind the number.
  constexpr std::string_view kMicros = "_us", kPerSecond = "_per_s", kSeconds = "_s";
  std::string text = gate.metric;
  std::string limit = fmt::format("{:g}", gate.value);
  const bool ratio = !gate.compare.empty();
  const bool counts = gate.stat == "count";
  const auto strip = [&text](std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.resize(text.size() - end.size());
    return true;
  };
  if (strip(kMicros)) {
    if (!counts) limit = plot::format_value(plot::Unit::Nanoseconds, gate.value * 1e3);
  } else if (strip(kPerSecond)) {
    limit = plot::format_value(plot::Unit::PerSecond, gate.value);
  } else if (strip(kSeconds)) {
    limit += " s";
  }
  if (ratio) limit = fmt::format("{:g}\u00d7", gate.value);
  std::replace(text.begin(), text.end(), '_', ' ');
  if (gate.stat == "rate_per_s") {
    text += " a second";
  } else if (!gate.stat.empty() && !(counts && limit == fmt::format("{:g}", gate.value))) {
    text += " " + gate.stat;
  }
  text += fmt::format(" {} {}", gate.op, limit);
  if (!gate.compare.empty()) text += "   " + gate.compare;
  if (!gate.pool.empty()) text += "   pool " + gate.pool;
  if (!gate.task_class.empty()) text += "   class " + gate.task_class;
  if (!gate.phase.empty()) text += "   phase " + gate.phase;
  return text;
}

}  // namespace lab::gui
