#include "results/noise_json.h"

#include <cmath>

#include "results/noise_columns.h"

namespace results {
namespace {

/// To the nanosecond, however late in the trial.
double exact_s(double seconds) { return std::round(seconds * 1e9) / 1e9; }

}  // namespace

Json arrivals_json(const ArrivalCheck& arrivals) { return fields_json(arrivals); }

Json noise_json(const Noise& noise) {
  Json json = fields_json(noise);
  json["speed_change"] = measure(noise.speed_change());
  json["hiccups"] = list_json(noise.hiccups);
  Json& intervals = json["intervals"] = Json::object();
  for (const NoiseColumn& column : kNoiseColumns) {
    Json& values = intervals[std::string(column.name)] = Json::array();
    for (const NoiseInterval& one : noise.intervals) values.push_back(measure(one.*column.field));
  }
  Json& delays = intervals[std::string(kWorkerDelays)] = Json::array();
  for (const NoiseInterval& one : noise.intervals) {
    Json& workers = delays.emplace_back(Json::array());
    for (const double delay : one.worker_run_delay_s) workers.push_back(measure(delay));
  }
  return json;
}

Json slowest_json(const std::vector<SlowestTask>& slowest) {
  Json list = Json::array();
  for (const SlowestTask& task : slowest) {
    Json& json = list.emplace_back(fields_json(task));
    json["due_s"] = exact_s(task.due_s);
    json["cause"] = cause_name(task.cause);
    json["text"] = task.text;
  }
  return list;
}

}  // namespace results
