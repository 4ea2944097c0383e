#include "results/pool_facts.h"

#include <algorithm>

#include "pools/catalog.h"

namespace results {
PoolFacts::PoolFacts(const pools::PoolConfig& config)
    : id(config.id),
      dispatch(config.dispatch),
      sizing(config.sizing),
      retry(config.retry),
      classes(config.classes),
      stuck_after(config.stuck_after),
      spares(config.spares),
      min_workers(config.min_workers),
      max_workers(config.max_workers),
      queue_capacity(config.queue_capacity),
      on_full(pools::name_of(config.on_full)),
      metrics(pools::name_of(config.metrics)),
      spin(config.spin) {}

bool PoolFacts::holds_submitters_up() const {
  return on_full != pools::name_of(pools::OnFull::Reject);
}

std::optional<pools::PoolConfig> PoolFacts::config() const {
  const auto& rules = pools::on_full_catalog();
  const auto rule = std::ranges::find(rules, on_full, &pools::OnFullRow::name);
  const auto* level = pools::find_metrics(metrics);
  if (rule == rules.end() || level == nullptr) return std::nullopt;
  pools::PoolConfig config;
  config.id = id;
  config.dispatch = dispatch;
  config.sizing = sizing;
  config.retry = retry;
  config.classes = classes;
  if (!classes.empty()) config.series = static_cast<std::uint16_t>(classes.size());
  config.stuck_after = stuck_after;
  config.spares = spares;
  config.min_workers = min_workers;
  config.max_workers = max_workers;
  config.queue_capacity = queue_capacity;
  config.on_full = rule->value;
  config.metrics = level->value;
  config.spin = spin;
  return config;
}

}  // namespace results
