#include "scenarios/sweep.h"

#include <algorithm>
#include <utility>

namespace scenarios {
namespace {

constexpr std::string_view kPools = "/pools/";
constexpr std::string_view kEach = "*";

}  // namespace

std::string pointer_of(const std::string& knob) {
  if (knob == kRateKnob) return {};
  if (knob.starts_with('/')) return knob;
  return std::string(kPools) + std::string(kEach) + "/" + knob;
}

std::string owner_of(const std::string& knob) {
  if (!knob.starts_with(kPools)) return {};
  const std::string rest = knob.substr(kPools.size());
  const std::string id = rest.substr(0, rest.find('/'));
  return id == kEach ? std::string() : id;
}

std::vector<Parameters> combinations(const Matrix& matrix) {
  std::vector<Parameters> points{{}};
  for (const SweepAxis& axis : matrix.axes) {
    std::vector<Parameters> longer;
    for (const Parameters& point : points) {
      for (const std::string& value : axis.values) {
        longer.push_back(point);
        longer.back()[axis.knob] = value;
      }
    }
    points = std::move(longer);
  }
  return points;
}

bool left_out(const Matrix& matrix, const std::string& pool, const Parameters& point) {
  const auto met = [&](const Parameters& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
      if (entry.first == kPoolKey) return entry.second == pool;
      const auto found = point.find(entry.first);
      return found != point.end() && found->second == entry.second;
    });
  };
  return std::any_of(matrix.exclude.begin(), matrix.exclude.end(), met);
}

Parameters concerning(const Parameters& point, const std::string& pool) {
  Parameters own;
  for (const auto& [knob, value] : point) {
    const std::string owner = owner_of(knob);
    if (owner.empty() || owner == pool) own.emplace(knob, value);
  }
  return own;
}

Matrix of_pools(Matrix matrix, const std::vector<std::string>& ids) {
  const auto gone = [&ids](const std::string& id) {
    return !id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end();
  };
  std::erase_if(matrix.axes, [&](const SweepAxis& axis) { return gone(owner_of(axis.knob)); });
  // An entry about a pool that is not there is met by nothing, so it may go as a whole.
  std::erase_if(matrix.exclude, [&](const Parameters& entry) {
    return std::any_of(entry.begin(), entry.end(), [&](const auto& part) {
      return gone(owner_of(part.first)) || (part.first == kPoolKey && gone(part.second));
    });
  });
  return matrix;
}

}  // namespace scenarios
