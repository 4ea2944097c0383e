// The columns of the comparison: what each shows, and which give way in a narrow window. Pure.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "lab/gui/model/trial_track.h"
#include "lab/gui/plot/format.h"

namespace lab::gui {

enum class Better : std::uint8_t { Higher, Lower, Neither };

struct ComparisonColumn {
  const char* name;
  plot::Unit unit;
  Better better;
  int priority;  ///< the greatest gives way first
  bool if_any;   ///< only where some pool has something to show
  double (*value)(const Figures& figures);
  bool (*at_least)(const Figures& figures) = [](const Figures&) { return false; };
};

template <std::size_t I>
double percentile_of(const Figures& f) {
  return f.percentile_ns[I];
}
template <std::size_t I>
bool percentile_at_least(const Figures& f) {
  return f.percentile_at_least[I];
}

inline constexpr std::array<ComparisonColumn, 9> kComparisonColumns{{
    {"Throughput", plot::Unit::PerSecond, Better::Higher, 0, false,
     [](const Figures& f) { return f.throughput_per_s; }},
    {"Refused", plot::Unit::Percent, Better::Neither, 1, true,
     [](const Figures& f) { return f.refused_share > 0 ? 100 * f.refused_share : NAN; }},
    {"p50", plot::Unit::Nanoseconds, Better::Lower, 2, false, &percentile_of<0>,
     &percentile_at_least<0>},
    {"p90", plot::Unit::Nanoseconds, Better::Lower, 6, false, &percentile_of<1>,
     &percentile_at_least<1>},
    {"p99", plot::Unit::Nanoseconds, Better::Lower, 0, false, &percentile_of<2>,
     &percentile_at_least<2>},
    {"p99.9", plot::Unit::Nanoseconds, Better::Lower, 4, false, &percentile_of<3>,
     &percentile_at_least<3>},
    {"Max", plot::Unit::Nanoseconds, Better::Lower, 5, false,
     [](const Figures& f) { return f.max_ns; }, [](const Figures& f) { return f.max_at_least; }},
    {"Steals", plot::Unit::Plain, Better::Neither, 7, true,
     [](const Figures& f) { return f.steals > 0 ? f.steals : NAN; }},
    {"Workers", plot::Unit::Plain, Better::Neither, 8, false,
     [](const Figures& f) { return f.workers; }},
}};

}  // namespace lab::gui
