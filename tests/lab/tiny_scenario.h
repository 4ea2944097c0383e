// A scenario of a fraction of a second for tests of the session, and how long one waits for its
// end.
#pragma once

#include <chrono>
#include <string>

#include "lab/session.h"
#include "scenarios/scenario_json.h"

namespace lab {

inline scenarios::Scenario scenario(const std::string& more = "",
                                    const std::string& duration = "0.1",
                                    const std::string& service = "20") {
  return scenarios::read_scenario_text(
      R"({"schema": "poollab.scenario/1", "name": "tiny",
    "run": {"warmup_s": 0.05, "drain_timeout_s": 20, "sample_interval_s": 0.01},
    "classes": [{"name": "a", "weight": 3, "service": {"dist": "constant", "value_us": )" +
          service + R"(}},
                {"name": "b", "service": {"dist": "constant", "value_us": )" +
          service + R"(}}],
    "phases": [{"name": "one", "duration_s": )" +
          duration +
          R"(, "arrival": {"process": "constant", "rate_per_s": 2000}},
               {"name": "two", "duration_s": )" +
          duration + R"(, "arrival": {"process": "poisson", "rate_per_s": 2000}}])" + more + "}",
      "tiny.json");
}

inline bool finishes(Session& session) { return session.wait_for(std::chrono::minutes{2}); }

}  // namespace lab
