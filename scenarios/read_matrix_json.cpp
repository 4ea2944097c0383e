// Reads `matrix`, and checks that every combination of it is a scenario.
#include <algorithm>
#include <array>
#include <set>

#include "pools/knobs.h"
#include "scenarios/json/object_reader.h"
#include "scenarios/read_scenario.h"
#include "scenarios/sweep.h"
#include "scenarios/trial_plan.h"

namespace scenarios {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t kMostValues = 64;
constexpr std::string_view kExclude = "exclude";

/// Why a knob cannot be swept; empty: it can.
std::string why_not(const std::string& knob) {
  if (knob == kRateKnob || !knob.starts_with('/')) return {};
  constexpr std::array<std::string_view, 5> kParts{"run", "generator", "classes", "phases",
                                                   "pools"};
  const std::vector<std::string> tokens = pointer_tokens(knob);
  if (std::ranges::find(kParts, tokens.front()) == kParts.end() || tokens.size() < 2) {
    return "expected a pointer into /run, /generator, /classes, /phases or /pools";
  }
  constexpr std::array<std::string_view, 4> kOfThePlan{"repetitions", "until_conclusive",
                                                       "aa_control", "percentiles"};
  if (tokens.front() == "run" && std::ranges::find(kOfThePlan, tokens[1]) != kOfThePlan.end()) {
    return "expected a knob of a trial (this one is of the whole run)";
  }
  if (tokens.front() == "pools" && element_index(tokens[1], ~std::size_t{0})) {
    return "expected the pool's id or * (an index counts other pools when --pools leaves some out)";
  }
  return {};
}

void read_values(Document& document, const JsonValue& value, const std::string& at,
                 SweepAxis& axis) {
  read_list(document, value, at, kMostValues, "values",
            [&](const JsonValue& item, const std::string& place, std::size_t) {
              if (item.is(Kind::Null) || item.is(Kind::Array)) {
                document.problem(place, "expected a value for the knob, got " + described(item));
                return;
              }
              std::string text = override_text(item);
              if (std::ranges::find(axis.values, text) != axis.values.end()) {
                document.problem(place, "expected a value of its own, got " + described(item) +
                                            " for the second time");
              }
              axis.values.push_back(std::move(text));
            });
}

void read_excluded(Document& document, const JsonValue& value, const std::string& at,
                   Matrix& matrix) {
  if (!value.is(Kind::Object) || value.members.empty()) {
    document.problem(at, "expected an object of knobs and values, got " + described(value));
    return;
  }
  Parameters& entry = matrix.exclude.emplace_back();
  for (const JsonMember& member : value.members) {
    const std::string place = pointer_to(at, member.key);
    const std::string text = override_text(member.value);
    entry[member.key] = text;
    if (member.key == kPoolKey) continue;  // check_sweep knows the pools
    const auto axis = std::ranges::find(matrix.axes, member.key, &SweepAxis::knob);
    if (axis == matrix.axes.end()) {
      std::vector<std::string_view> known{kPoolKey};
      for (const SweepAxis& one : matrix.axes) known.push_back(one.knob);
      document.problem(place, pools::unknown_name_text("a knob of the matrix", member.key, known));
    } else if (std::ranges::find(axis->values, text) == axis->values.end()) {
      document.problem(place, pools::unknown_name_text("one of the knob's values", text,
                                                       {axis->values.begin(), axis->values.end()}));
    }
  }
}

std::string shown(const Parameters& point) {
  std::string text;
  for (const auto& [knob, value] : point) {
    text += (text.empty() ? "" : ", ") + knob + "=" + value;
  }
  return text;
}

}  // namespace

Matrix read_matrix(Document& document, const JsonValue& value, const std::string& pointer) {
  Matrix matrix;
  if (!value.is(Kind::Object)) {
    document.problem(pointer,
                     "expected an object of knobs and lists of values, got " + described(value));
    return matrix;
  }
  std::size_t points = 1;
  for (const JsonMember& member : value.members) {
    if (member.key == kExclude) continue;
    const std::string at = pointer_to(pointer, member.key);
    if (const std::string why = why_not(member.key); !why.empty()) {
      document.problem(at, why + ", got " + quoted_text(member.key));
      continue;
    }
    SweepAxis& axis = matrix.axes.emplace_back();
    axis.knob = member.key;
    read_values(document, member.value, at, axis);
    points = std::min(points * std::max<std::size_t>(axis.values.size(), 1), kMostPoints + 1);
  }
  if (matrix.empty()) {
    document.problem(pointer, "expected knobs with lists of values, got none");
  } else if (points > kMostPoints) {
    document.problem(pointer,
                     "expected at most " + std::to_string(kMostPoints) + " combinations, got more");
  }
  if (const JsonMember* exclude = value.find(kExclude)) {
    const std::string at = pointer_to(pointer, kExclude);
    read_list(document, exclude->value, at, kMostPoints, "combinations",
              [&](const JsonValue& item, const std::string& place, std::size_t) {
                read_excluded(document, item, place, matrix);
              });
  }
  return matrix;
}

void check_sweep(Document& document, const Scenario& scenario) {
  if (scenario.matrix.empty()) return;
  const std::string pointer = "/matrix";
  std::vector<std::string_view> ids;
  for (const pools::PoolConfig& pool : scenario.pools) ids.push_back(pool.id);
  const auto check_pool = [&](const std::string& at, const std::string& id) {
    if (id.empty() || std::ranges::find(ids, id) != ids.end()) return;
    document.problem(at, pools::unknown_name_text("a pool's id", id, ids));
  };
  for (const SweepAxis& axis : scenario.matrix.axes) {
    check_pool(pointer_to(pointer, axis.knob), owner_of(axis.knob));
  }
  for (std::size_t i = 0; i < scenario.matrix.exclude.size(); ++i) {
    const auto& entry = scenario.matrix.exclude[i];
    const auto pool = entry.find(std::string(kPoolKey));
    if (pool == entry.end()) continue;
    check_pool(pointer_to(pointer_to(pointer_to(pointer, kExclude), i), kPoolKey), pool->second);
  }
  if (document.problems() > 0) return;
  // Each combination as it would be run; a value that is wrong is wrong in many of them.
  std::set<std::string> said;
  bool any = false;
  for (const Parameters& point : combinations(scenario.matrix)) {
    const bool runs = std::ranges::any_of(scenario.pools, [&](const pools::PoolConfig& pool) {
      return !left_out(scenario.matrix, pool.id, point);
    });
    if (!runs) continue;
    any = true;
    try {
      static_cast<void>(with_parameters(scenario, point));
    } catch (const ScenarioError& error) {
      for (const JsonProblem& problem : error.problems) {
        if (!said.insert(problem.pointer + problem.message).second) continue;
        document.problem(pointer,
                         "with " + shown(point) + ": " + problem.pointer + ": " + problem.message);
      }
    }
  }
  if (!any) {
    document.problem(pointer_to(pointer, kExclude),
                     "expected combinations that are left to run, got none");
  }
}

}  // namespace scenarios
