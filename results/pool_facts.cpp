#include "results/pool_facts.h"

#include <algorithm>

#include "pools/catalog.h"

namespace results {
PoolFacts::PoolFacts(const pools::PoolConfig& config)
    : id(config.id),
      dispatch(config.dispatch),
      sizing(config.sizing),
      min_workers(config.min_workers),
      max_workers(config.max_workers),
      queue_capacity(config.queue_capacity),
      on_full(pools::choice_of(config.on_full, config.full_timeout)),
      admission(config.admission),
      drop_expired(config.drop_expired),
      metrics(pools::name_of(config.metrics)),
      spin(config.spin) {}

bool PoolFacts::holds_submitters_up() const {
  const auto is = [this](pools::OnFull rule) { return on_full.name == pools::name_of(rule); };
  return is(pools::OnFull::Block) || is(pools::OnFull::BlockFor) || is(pools::OnFull::CallerRuns);
}

std::optional<pools::PoolConfig> PoolFacts::config() const {
  const auto& rules = pools::on_full_catalog();
  const auto rule = std::ranges::find(rules, on_full.name, &pools::OnFullRow::name);
  const auto* level = pools::find_metrics(metrics);
  if (rule == rules.end() || level == nullptr) return std::nullopt;
  pools::PoolConfig config;
  config.id = id;
  config.dispatch = dispatch;
  config.sizing = sizing;
  config.min_workers = min_workers;
  config.max_workers = max_workers;
  config.queue_capacity = queue_capacity;
  try {
    pools::apply_on_full(on_full, config);
  } catch (const pools::ConfigError&) {
    return std::nullopt;
  }
  config.admission = admission;
  config.drop_expired = drop_expired;
  config.metrics = level->value;
  config.spin = spin;
  return config;
}

}  // namespace results
