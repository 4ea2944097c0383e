#include "results/read_noise.h"

#include <string>
#include <utility>
#include <vector>

#include "results/fact_fields.h"
#include "results/noise_columns.h"
#include "scenarios/json/json_value.h"

namespace results {
namespace {

template <typename Facts>
void read_fields(FactReader& from, Facts& facts) {
  each_field(facts, [&](std::string_view name, auto& fact) { from.read(name, fact); });
}

void read_intervals(FactReader& from, std::vector<NoiseInterval>& intervals) {
  const auto row = [&](std::size_t i) -> NoiseInterval& {
    if (intervals.size() <= i) intervals.resize(i + 1);
    return intervals[i];
  };
  for (const NoiseColumn& column : kNoiseColumns) {
    std::vector<double> values;
    from.read(column.name, values);
    for (std::size_t i = 0; i < values.size(); ++i) row(i).*column.field = values[i];
  }
  std::size_t next = 0;
  from.list(kWorkerDelays, [&](const scenarios::JsonValue& workers, const std::string& pointer) {
    if (!workers.is(scenarios::JsonValue::Kind::Array)) {
      from.document().problem(pointer,
                              "expected a list of seconds, got " + scenarios::described(workers));
    }
    std::vector<double>& delays = row(next++).worker_run_delay_s;
    for (const scenarios::JsonValue& delay : workers.items) delays.push_back(delay.real);
  });
}

/// A cause that a newer build knows of is none to this one; its text says what it was.
Cause cause_named(const std::string& name) noexcept {
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (cause_name(static_cast<Cause>(i)) == name) return static_cast<Cause>(i);
  }
  return Cause::None;
}

}  // namespace

void read_noise(FactReader& trial, Trial& into) {
  if (trial.has("arrivals")) {
    trial.object("arrivals", [&](FactReader& object) { read_fields(object, into.arrivals); });
  }
  if (trial.has("noise")) {
    trial.object("noise", [&](FactReader& object) {
      read_fields(object, into.noise);
      object.objects("hiccups",
                     [&](FactReader& one) { read_fields(one, into.noise.hiccups.emplace_back()); });
      object.object("intervals",
                    [&](FactReader& columns) { read_intervals(columns, into.noise.intervals); });
    });
  }
  if (!trial.has("slowest")) return;
  trial.objects("slowest", [&](FactReader& one) {
    SlowestTask& task = into.slowest.emplace_back();
    read_fields(one, task);
    std::string cause;
    one.read("cause", cause);
    task.cause = cause_named(cause);
    one.read("text", task.text);
  });
}

}  // namespace results
