#include "lab/gui/describe.h"

#include <fmt/format.h>

#include <variant>

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
  return text;
}

std::string describe_queue(const pools::PoolConfig& pool) {
  if (pool.queue_capacity == 0) return "unbounded queue";
  std::string rule;
  for (const pools::OnFullRow& row : pools::on_full_catalog()) {
    if (row.value == pool.on_full) rule = row.name;
  }
  return fmt::format("at most {} waiting, then {}", format_count(pool.queue_capacity), rule);
}

std::string describe(const scenarios::Expectation& gate) {
  std::string text = gate.metric;
  if (!gate.stat.empty()) text += " " + gate.stat;
  text += fmt::format(" {} {:g}", gate.op, gate.value);
  if (!gate.compare.empty()) text += "   " + gate.compare;
  if (!gate.pool.empty()) text += "   pool " + gate.pool;
  if (!gate.task_class.empty()) text += "   class " + gate.task_class;
  if (!gate.phase.empty()) text += "   phase " + gate.phase;
  return text;
}

}  // namespace lab::gui
