#include <cmath>

#include <nlohmann/json.hpp>

#include "lab/doctor.h"

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

Json measure(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace

std::string doctor_json(const results::Environment& environment, const Probe& probe) {
  const std::vector<Finding> all = findings(environment, probe);
  Json json{{"fitness", fitness_name(overall(all))}};
  for (const Finding& one : all) {
    Json& finding = json["findings"].emplace_back(
        Json{{"about", one.about}, {"fitness", fitness_name(one.fitness)}, {"found", one.found}});
    if (!one.advice.empty()) finding["advice"] = one.advice;
  }
  json["real_time"] = probe.real_time;
  json["others_share"] = measure(probe.others_share);
  json["stolen_share"] = measure(probe.stolen_share);
  json["late_p99_us"] = measure(probe.late_p99_us);
  json["lost_share"] = measure(probe.lost_share);
  json["longest_stop_us"] = measure(probe.longest_stop_us);
  json["pair_speed"] = measure(probe.pair.share);
  json["speed_spread"] = measure(probe.speed_spread);
  json["detectable_p50"] = measure(probe.detectable_p50);
  json["detectable_p99"] = measure(probe.detectable_p99);
  json["trials"] = probe.trials;
  json["spoilt"] = probe.spoilt;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lab
