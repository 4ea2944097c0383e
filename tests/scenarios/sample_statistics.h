// Statistics of a sample, for the tests of arrivals and service times.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

namespace tests {

inline double mean(const std::vector<double>& sample) {
  double sum = 0;
  for (const double x : sample) sum += x;
  return sum / static_cast<double>(sample.size());
}

/// Standard deviation over mean.
inline double variation(const std::vector<double>& sample) {
  const double m = mean(sample);
  double squares = 0;
  for (const double x : sample) squares += (x - m) * (x - m);
  return std::sqrt(squares / static_cast<double>(sample.size())) / m;
}

/// Kolmogorov and Smirnov's distance between a sample and a distribution, times sqrt(n): above 1.95
/// in one of 1,000 samples that do follow it.
inline double ks_distance(std::vector<double> sample, const std::function<double(double)>& cdf) {
  std::ranges::sort(sample);
  const auto n = static_cast<double>(sample.size());
  double worst = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double expected = cdf(sample[i]);
    worst = std::max({worst, std::abs(expected - static_cast<double>(i) / n),
                      std::abs(expected - static_cast<double>(i + 1) / n)});
  }
  return worst * std::sqrt(n);
}

inline double quantile(std::vector<double> sample, double q) {
  std::ranges::sort(sample);
  return sample[static_cast<std::size_t>(q * static_cast<double>(sample.size() - 1))];
}

}  // namespace tests
