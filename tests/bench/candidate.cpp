#include "tests/bench/candidate.h"

#include <stdexcept>
#include <string_view>

#include "pools/catalog.h"
#include "pools/make_pool.h"

namespace bench {
namespace {

/// One knob of a name: true and false are flags, digits numbers, else a word.
pools::KnobValue knob_value(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  std::size_t used = 0;
  try {
    const long long whole = std::stoll(text, &used);
    if (used == text.size()) return static_cast<std::int64_t>(whole);
    const double real = std::stod(text, &used);
    if (used == text.size()) return real;
  } catch (const std::logic_error&) {
    // Not a number at all: a word.
  }
  return text;
}

bool starts_threads(std::string_view peer) {
  return peer == "std_async" || peer == "thread_per_task";
}

}  // namespace

Candidate candidate(const std::string& name) {
  Candidate made;
  made.name = name;
  made.config.metrics = pools::MetricsLevel::Off;
  const std::size_t colon = name.find(':');
  made.config.dispatch.name = name.substr(0, colon);
  made.peer = pools::find_peer(made.config.dispatch.name) != nullptr;
  for (std::size_t at = colon; at != std::string::npos;) {
    const std::size_t end = name.find(',', at + 1);
    const std::string knob = name.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const std::size_t equals = knob.find('=');
    if (equals == std::string::npos) {
      throw pools::ConfigError("/" + name, "expected knob=value, got \"" + knob + '"');
    }
    if (knob == "metrics=full") {
      made.config.metrics = pools::MetricsLevel::Full;
    } else if (knob.starts_with("spin_ns=")) {
      made.config.spin = pools::Nanos{std::stoll(knob.substr(equals + 1))};
    } else {
      made.config.dispatch.settings.set(knob.substr(0, equals),
                                        knob_value(knob.substr(equals + 1)));
    }
    at = end;
  }
  return made;
}

std::vector<Candidate> candidates() {
  std::vector<Candidate> all;
  for (const auto& row : pools::dispatch_catalog()) all.push_back(candidate(std::string(row.name)));
  for (const auto& row : pools::peer_catalog()) {
    if (!starts_threads(row.name)) all.push_back(candidate(std::string(row.name)));
  }
  return all;
}

std::vector<Candidate> candidate_variants() {
  std::vector<Candidate> all;
  const auto add = [&all](const auto& row) {
    const std::string name(row.name);
    all.push_back(candidate(name));
    for (const auto& knob : row.knobs) {
      const std::string prefix = name + ":" + std::string(knob.name) + "=";
      if (const auto* flag = std::get_if<bool>(&knob.fallback)) {
        all.push_back(candidate(prefix + (*flag ? "false" : "true")));
      } else if (const auto* word = std::get_if<std::string>(&knob.fallback)) {
        for (const auto choice : knob.choices) {
          if (choice != *word) all.push_back(candidate(prefix + std::string(choice)));
        }
      }
    }
  };
  for (const auto& row : pools::dispatch_catalog()) {
    add(row);
    all.push_back(candidate(std::string(row.name) + ":metrics=full"));
  }
  for (const auto& row : pools::peer_catalog()) {
    if (!starts_threads(row.name)) add(row);
  }
  return all;
}

std::unique_ptr<pools::Pool> build(const Candidate& candidate, std::uint32_t workers) {
  pools::PoolConfig config = candidate.config;
  config.min_workers = config.max_workers = workers;
  return pools::make_pool(config);
}

}  // namespace bench
