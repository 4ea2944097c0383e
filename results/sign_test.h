// The sign test of paired differences, and the confidence interval of their median that belongs to
// it. Assumes nothing about how the differences are distributed: a trial now and then that is far
// off cannot move it. Pure functions. Source: W. J. Conover, "Practical Nonparametric Statistics",
// 3rd ed., chapter 3.
#pragma once

#include <vector>

namespace results {

/// NAN of none.
double median(std::vector<double> values);

struct SignTest {
  double median = 0;  ///< of the differences; NAN without any
  double low = 0;     ///< where the true median lies with at least that confidence;
  double high = 0;    ///< infinite with too few differences (fewer than six for 95 %)
  double p = 1;       ///< how likely a split as lopsided is if the true median were 0, two-sided
};

/// Differences of 0 say nothing about the sign and do not count for p.
SignTest sign_test(std::vector<double> differences, double confidence = 0.95);

/// The p of several tests of one family, so corrected that all of them together call a difference
/// that is none with at most the probability at which each is judged. In the order given.
/// Source: S. Holm, "A simple sequentially rejective multiple test procedure", 1979.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace results
