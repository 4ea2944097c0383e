// Did the tasks arrive as they were planned to? Of a process with independent arrivals, however its
// rate varies, the plan's arrivals between one and the next are exponential with mean one and
// independent of each other (the time-rescaling theorem: Brown, Barbieri, Ventura, Kass, Frank,
// 2002); so all its phases are one sample of a distribution that is known completely. Pure
// functions.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "scenarios/timetable.h"

namespace results {

/// NAN where there was too little to check. `p`: how often a sound timetable looks as odd as that.
struct ArrivalCheck {
  /// The two tests of a timetable together fail one sound one in a thousand.
  static constexpr double kLeastP = 0.0005;
  /// Fewer gaps are not checked.
  static constexpr std::uint64_t kFewest = 50;
  /// More are not looked at: these come first, and would show what there is to see.
  static constexpr std::uint64_t kMost = 250'000;

  // The timetable: of the phases with independent arrivals.
  std::uint64_t gaps = 0;
  double anderson_darling = NAN;  ///< of the gaps, against the exponential
  double gaps_p = NAN;
  double rank_correlation = NAN;  ///< Spearman's, of each gap with the next
  double independence_p = NAN;
  /// Of the phases that are evenly spaced under their rate: by how much of a gap the worst is off.
  double uneven = NAN;

  // What was sent, of the phases with independent arrivals.
  std::uint64_t sent_gaps = 0;
  /// The largest difference between the shares of gaps up to some length, sent and planned
  /// (Kolmogorov and Smirnov's). No test: nobody sends exactly as planned.
  double sent_distance = NAN;
  double sent_rank_correlation = NAN;

  bool exponential() const noexcept { return !(gaps_p < kLeastP); }
  bool independent() const noexcept { return !(independence_p < kLeastP); }
  bool even() const noexcept { return !(uneven > 0.01); }
  /// So far from the plan that the pool saw another load, and by more than chance.
  bool sent_otherwise() const noexcept {
    return sent_distance > 0.1 + 2 / std::sqrt(static_cast<double>(sent_gaps));
  }
};

/// `lag_of` as in GeneratorReport: what is not in it was not sent.
ArrivalCheck check_arrivals(const scenarios::Timetable& timetable, std::span<const float> lag_of);

/// Its parts.

/// Anderson and Darling's statistic of gaps that are to be exponential with mean one.
double anderson_darling(std::vector<double> gaps);
/// How often it is larger by chance; of 20 gaps and more.
double anderson_darling_p(double statistic);
/// Spearman's rank correlation of each gap with the next one of the same stretch; NAN below three.
/// `stretches`: gaps that follow each other.
double lag_rank_correlation(const std::vector<std::vector<double>>& stretches);

}  // namespace results
