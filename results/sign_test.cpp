#include "results/sign_test.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace results {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

/// How likely it is that at most `least` of `n` fall on one side.
double at_most(std::size_t least, std::size_t n) {
  const boost::math::binomial_distribution<> sides(static_cast<double>(n), 0.5);
  return boost::math::cdf(sides, static_cast<double>(least));
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

SignTest sign_test(std::vector<double> differences, double confidence) {
  std::sort(differences.begin(), differences.end());
  const std::size_t n = differences.size();
  if (n == 0) return {std::nan(""), -kEndless, kEndless, 1};
  SignTest test{median(differences), -kEndless, kEndless, 1};
  // The interval leaves out as many at either end as it may.
  std::size_t left_out = 0;
  while (left_out < n / 2 && 2 * at_most(left_out, n) <= 1 - confidence) ++left_out;
  if (left_out > 0) {
    test.low = differences[left_out - 1];
    test.high = differences[n - left_out];
  }
  const auto below = static_cast<std::size_t>(
      std::count_if(differences.begin(), differences.end(), [](double d) { return d < 0; }));
  const auto above = static_cast<std::size_t>(
      std::count_if(differences.begin(), differences.end(), [](double d) { return d > 0; }));
  if (below + above > 0) {
    test.p = std::min(1.0, 2 * at_most(std::min(below, above), below + above));
  }
  return test;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&p](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double factor = static_cast<double>(p.size() - rank);
    largest = std::max(largest, std::min(1.0, factor * p[order[rank]]));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace results
