#include "scenarios/arrivals/processes.h"

namespace scenarios {

ArrivalRow closed_arrivals() {
  pools::Knob gaps = gaps_knob();
  gaps.needs = {"think_us", 0.001};  // without thinking there are none
  return {
      .name = "closed",
      .summary = "clients that wait for each answer, think, and ask again; a slow pool gets less",
      .knobs = {{.name = "clients",
                 .fallback = std::int64_t{8},
                 .unit = "clients",
                 .low = 1,
                 .high = 10'000,
                 .choices = {},
                 .help = "tasks that can be under way at once"},
                {.name = "think_us",
                 .fallback = 1000.0,
                 .unit = "us",
                 .low = 0,
                 .high = 6e7,
                 .choices = {},
                 .help = "mean pause between an answer and the next question"},
                gaps},
      .plan =
          [](const pools::Settings& settings, double, Random&) {
            ArrivalPlan plan;
            plan.gaps = gaps_of(settings);
            plan.clients = static_cast<std::uint32_t>(settings.integer("clients"));
            plan.think_us = settings.real("think_us");
            return plan;
          },
  };
}

}  // namespace scenarios
