#include "results/arrival_check.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

namespace results {
namespace {

using scenarios::Arrival;
using scenarios::ArrivalPlan;
using scenarios::Gaps;

double seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

/// Gaps in the plan's arrivals; of one phase.
struct Stretch {
  std::vector<double> planned;
  std::vector<double> sent;
};

/// How much of a gap a nanosecond is where the plan is at its fastest: due times are whole ones.
double a_nanosecond(const ArrivalPlan& plan) {
  double fastest = 0;
  for (const scenarios::RateSegment& segment : plan.segments) {
    fastest = std::max({fastest, segment.from_per_s, segment.to_per_s});
  }
  return fastest * 1e-9;
}

class Stretches {
 public:
  Stretches(const scenarios::Timetable& timetable, std::span<const float> lag_of)
      : timetable_(timetable), lag_of_(lag_of) {
    const std::vector<Arrival>& arrivals = timetable.arrivals();
    for (std::size_t from = 0; from < arrivals.size();) {
      std::size_t to = from;
      while (to < arrivals.size() && arrivals[to].phase == arrivals[from].phase) ++to;
      add(from, to);
      from = to;
    }
  }

  std::vector<std::vector<double>> planned;
  std::vector<std::vector<double>> sent;
  double uneven = NAN;

 private:
  void add(std::size_t from, std::size_t to) {
    const std::size_t phase = timetable_.arrivals()[from].phase;
    if (timetable_.plan(phase).gaps == Gaps::Constant) return add_even(phase, from, to);
    const std::size_t room = ArrivalCheck::kMost - std::min<std::size_t>(taken_, kMost);
    to = std::min(to, from + room);
    taken_ += to - from;
    planned.push_back(gaps(phase, from, to, false));
    if (!lag_of_.empty() && timetable_.phases()[phase].measured) {
      sent.push_back(gaps(phase, from, to, true));
    }
  }

  /// The first counts from the beginning of the phase. Tasks sent after its end are left out.
  std::vector<double> gaps(std::size_t phase, std::size_t from, std::size_t to, bool as_sent) {
    const scenarios::PhaseSpan& span = timetable_.phases()[phase];
    const ArrivalPlan& plan = timetable_.plan(phase);
    // Of two arrivals in one nanosecond the distance is somewhere below it, not nothing.
    const double least = a_nanosecond(plan) / 4;
    std::vector<double> out;
    double before = 0;
    for (std::size_t i = from; i < to; ++i) {
      double at = seconds(timetable_.arrivals()[i].due - span.begin);
      if (as_sent) {
        const float lag = i < lag_of_.size() ? lag_of_[i] : NAN;
        if (std::isnan(lag)) continue;
        at += static_cast<double>(lag) * 1e-9;
        if (at >= seconds(span.end - span.begin)) break;
      }
      const double by_now = plan.arrivals_until(at);
      out.push_back(std::max(by_now - before, least));
      before = by_now;
    }
    return out;
  }

  void add_even(std::size_t phase, std::size_t from, std::size_t to) {
    const scenarios::PhaseSpan& span = timetable_.phases()[phase];
    const ArrivalPlan& plan = timetable_.plan(phase);
    const double tolerance = 2 * a_nanosecond(plan);
    double before = -0.5;  // half a gap first
    for (std::size_t i = from; i < to; ++i) {
      const double by_now = plan.arrivals_until(seconds(timetable_.arrivals()[i].due - span.begin));
      const double off = std::max(0.0, std::fabs(by_now - before - 1) - tolerance);
      uneven = std::isnan(uneven) ? off : std::max(uneven, off);
      before = by_now;
    }
  }

  static constexpr std::size_t kMost = ArrivalCheck::kMost;

  const scenarios::Timetable& timetable_;
  const std::span<const float> lag_of_;
  std::size_t taken_ = 0;
};

std::vector<double> joined(const std::vector<std::vector<double>>& stretches) {
  std::vector<double> all;
  for (const auto& one : stretches) all.insert(all.end(), one.begin(), one.end());
  return all;
}

/// Kolmogorov and Smirnov's distance from the exponential.
double distance(std::vector<double> gaps) {
  std::ranges::sort(gaps);
  const auto n = static_cast<double>(gaps.size());
  double worst = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double share = -std::expm1(-gaps[i]);
    const auto below = static_cast<double>(i);
    worst = std::max({worst, share - below / n, (below + 1) / n - share});
  }
  return worst;
}

/// The rank of each, from 1; equal ones share their mean.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> out(values.size());
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from;
    while (to < order.size() && values[order[to]] == values[order[from]]) ++to;
    const double mean = static_cast<double>(from + to + 1) / 2;
    for (; from < to; ++from) out[order[from]] = mean;
  }
  return out;
}

}  // namespace

double anderson_darling(std::vector<double> gaps) {
  std::ranges::sort(gaps);
  const auto n = static_cast<double>(gaps.size());
  double sum = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double weight = 2 * static_cast<double>(i) + 1;
    // The logarithms of the shares at most and above: exact also where one is nearly nothing.
    sum += weight * (std::log(-std::expm1(-gaps[i])) - gaps[gaps.size() - 1 - i]);
  }
  return -n - sum / n;
}

// The limit for many samples, which 20 are as good as: Anderson and Darling, "Asymptotic theory of
// certain goodness of fit criteria based on stochastic processes", 1952, their series (4.24).
double anderson_darling_p(double statistic) {
  constexpr double kSurelyNot = 30;  // below what the series can tell from nothing
  if (statistic >= kSurelyNot) return 0;
  if (!(statistic > 0.05)) return 1;
  using boost::math::constants::pi;
  const double z = statistic;
  double sum = 0;
  double coefficient = 1;  // of (-1/2 over j)
  for (int j = 0; j < 40; ++j) {
    const double k = 4.0 * j + 1;
    const double rate = k * k * pi<double>() * pi<double>() / (8 * z);
    const auto integrand = [&](double w) {
      return std::exp(z / (8 * (w * w + 1)) - rate * (w * w + 1));
    };
    const double integral = boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
        integrand, 0.0, std::numeric_limits<double>::infinity(), 8, 1e-13);
    const double term = coefficient * k * integral;
    sum += term;
    if (std::fabs(term) < 1e-17) break;
    coefficient *= -(j + 0.5) / (j + 1);
  }
  return std::clamp(1 - std::sqrt(2 * pi<double>()) / z * sum, 0.0, 1.0);
}

double lag_rank_correlation(const std::vector<std::vector<double>>& stretches) {
  const std::vector<double> rank = ranks(joined(stretches));
  double pairs = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  std::size_t at = 0;
  for (const std::vector<double>& stretch : stretches) {
    for (std::size_t i = 0; i + 1 < stretch.size(); ++i) {
      const double a = rank[at + i];
      const double b = rank[at + i + 1];
      pairs += 1;
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
    at += stretch.size();
  }
  const double spread = (xx - x * x / pairs) * (yy - y * y / pairs);
  return pairs < 3 || !(spread > 0) ? NAN : (xy - x * y / pairs) / std::sqrt(spread);
}

ArrivalCheck check_arrivals(const scenarios::Timetable& timetable, std::span<const float> lag_of) {
  const Stretches stretches(timetable, lag_of);
  ArrivalCheck check;
  check.uneven = stretches.uneven;
  std::vector<double> all = joined(stretches.planned);
  check.gaps = all.size();
  if (check.gaps >= ArrivalCheck::kFewest) {
    check.anderson_darling = anderson_darling(std::move(all));
    check.gaps_p = anderson_darling_p(check.anderson_darling);
    check.rank_correlation = lag_rank_correlation(stretches.planned);
    // Of independent gaps it is all but normal, with a variance of one over their number.
    const double score = check.rank_correlation * std::sqrt(static_cast<double>(check.gaps) - 1);
    const boost::math::normal standard;
    if (!std::isnan(score)) {
      check.independence_p =
          2 * boost::math::cdf(boost::math::complement(standard, std::fabs(score)));
    }
  }
  std::vector<double> sent = joined(stretches.sent);
  check.sent_gaps = sent.size();
  if (check.sent_gaps >= ArrivalCheck::kFewest) {
    check.sent_distance = distance(std::move(sent));
    check.sent_rank_correlation = lag_rank_correlation(stretches.sent);
  }
  return check;
}

}  // namespace results
