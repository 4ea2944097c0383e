#include "pools/knobs.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace pools {
namespace {

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  constexpr double kPlain = 1e15;  // whole numbers up to here are written out, not as 2e+06
  if (std::abs(value) < kPlain && std::floor(value) == value) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

std::string quoted(std::string_view word) { return '"' + std::string(word) + '"'; }

std::string range_text(const Knob& knob) {
  if (!(knob.low < knob.high)) return "";
  std::string text = " from " + number_text(knob.low) + " to " + number_text(knob.high);
  if (!knob.unit.empty()) text += " " + std::string(knob.unit);
  return text;
}

std::string choices_text(const Knob& knob) {
  if (knob.choices.empty()) return "a string";
  std::string text = "one of ";
  for (std::size_t i = 0; i < knob.choices.size(); ++i) {
    if (i > 0) text += ", ";
    text += quoted(knob.choices[i]);
  }
  return text;
}

std::string row_text(const Knob& knob) {
  if (knob.columns.empty()) return "a list of numbers";
  std::string text = "a list of {";
  for (std::size_t i = 0; i < knob.columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::string(knob.columns[i]);
  }
  return text + "}, each";
}

/// Limits that are equal (both 0 by default) mean that any finite number will do.
bool in_range(const Knob& knob, double value) {
  if (!std::isfinite(value)) return false;
  return !(knob.low < knob.high) || (value >= knob.low && value <= knob.high);
}

/// Not by way of a double, which holds no integer beyond 2^53 for sure.
bool in_range(const Knob& knob, std::int64_t value) {
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  if (!(knob.low < knob.high)) return true;
  const bool enough =
      knob.low < -kBeyond || (knob.low < kBeyond && value >= std::int64_t(std::ceil(knob.low)));
  const bool few = knob.high >= kBeyond ||
                   (knob.high >= -kBeyond && value <= std::int64_t(std::floor(knob.high)));
  return enough && few;
}

struct Fits {
  const Knob& knob;
  bool operator()(bool) const { return true; }
  bool operator()(std::int64_t value) const { return in_range(knob, value); }
  bool operator()(double value) const { return in_range(knob, value); }
  bool operator()(const std::string& word) const {
    return knob.choices.empty() || std::ranges::find(knob.choices, word) != knob.choices.end();
  }
  bool operator()(const Numbers& numbers) const {
    const std::size_t width = std::max<std::size_t>(knob.columns.size(), 1);
    if (numbers == std::get<Numbers>(knob.fallback) && !knob.required) return true;
    return !numbers.empty() && numbers.size() % width == 0 &&
           std::ranges::all_of(numbers, [this](double n) { return in_range(knob, n); });
  }
};

struct Shown {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(const std::string& word) const { return quoted(word); }
  std::string operator()(const Numbers& numbers) const {
    std::string text = "[";
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i > 0) text += ", ";
      text += number_text(numbers[i]);
    }
    return text + "]";
  }
};

/// A whole number is a real one too, where a double holds it exactly; nothing else converts.
KnobValue as_type_of(const KnobValue& fallback, const KnobValue& value) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53U;
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (std::holds_alternative<double>(fallback) && whole != nullptr && *whole >= -kExact &&
      *whole <= kExact) {
    return static_cast<double>(*whole);
  }
  return value;
}

std::optional<double> as_number(const KnobValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

std::string in_path(std::string_view path, std::string_view name) {
  return std::string(path) + "/" + std::string(name);
}

template <typename T>
const T& get(const std::map<std::string, KnobValue, std::less<>>& values, std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end()) throw std::out_of_range("no knob " + std::string(name));
  return std::get<T>(found->second);
}

}  // namespace

std::string expectation(const Knob& knob) {
  if (std::holds_alternative<bool>(knob.fallback)) return "true or false";
  if (std::holds_alternative<std::string>(knob.fallback)) return choices_text(knob);
  if (std::holds_alternative<Numbers>(knob.fallback)) return row_text(knob) + range_text(knob);
  const bool whole = std::holds_alternative<std::int64_t>(knob.fallback);
  return (whole ? "an integer" : "a number") + range_text(knob);
}

std::string shown(const KnobValue& value) { return std::visit(Shown{}, value); }

std::optional<KnobValue> accepted(const Knob& knob, const KnobValue& value) {
  KnobValue converted = as_type_of(knob.fallback, value);
  if (converted.index() != knob.fallback.index()) return std::nullopt;
  if (!std::visit(Fits{knob}, converted)) return std::nullopt;
  return converted;
}

std::string need_text(const KnobNeed& need) {
  const auto* word = std::get_if<std::string>(&need.value);
  const bool number = word == nullptr && !std::holds_alternative<bool>(need.value);
  return std::string(need.knob) + " " + (word != nullptr ? *word : shown(need.value)) +
         (number ? " or more" : "");
}

std::optional<std::string> unmet_text(const Knob& knob, std::span<const Knob> row,
                                      const Settings& given) {
  const auto other = std::ranges::find(row, knob.needs.knob, &Knob::name);
  if (other == row.end()) return std::nullopt;
  const auto set = given.given().find(other->name);
  const KnobValue value = set == given.given().end() ? other->fallback : set->second;
  const std::optional<double> number = as_number(value);
  const std::optional<double> least = as_number(knob.needs.value);
  const bool met = number && least ? *number >= *least : value == knob.needs.value;
  if (met) return std::nullopt;
  return "expected " + need_text(knob.needs) + " beside it, or it does nothing, got " +
         shown(value);
}

std::string unknown_name_text(std::string_view what, std::string_view got,
                              const std::vector<std::string_view>& valid) {
  std::string text = "expected " + std::string(what);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    text += (i == 0 ? " (" : ", ") + std::string(valid[i]);
  }
  text += (valid.empty() ? "" : ")") + std::string(", got ") + quoted(got);
  const std::string nearest = nearest_name(got, valid);
  return nearest.empty() ? text : text + "; did you mean " + quoted(nearest) + "?";
}

Settings Settings::resolved(std::span<const Knob> knobs, std::string_view path) const {
  std::vector<std::string_view> names;
  names.reserve(knobs.size());
  for (const Knob& knob : knobs) names.push_back(knob.name);
  for (const auto& [name, value] : values_) {
    if (std::ranges::find(names, name) == names.end()) {
      throw ConfigError(in_path(path, name), unknown_name_text("a knob", name, names));
    }
  }
  Settings full;
  for (const Knob& knob : knobs) {
    const auto given = values_.find(knob.name);
    if (given == values_.end()) {
      if (knob.required) {
        throw ConfigError(in_path(path, knob.name),
                          "expected " + expectation(knob) + ", got nothing");
      }
      full.set(std::string(knob.name), knob.fallback);
      continue;
    }
    std::optional<KnobValue> value = accepted(knob, given->second);
    if (!value) {
      throw ConfigError(in_path(path, knob.name),
                        "expected " + expectation(knob) + ", got " + shown(given->second));
    }
    // What is resolved has every knob, and can be resolved again: a default asks for nothing.
    const auto unmet = *value == knob.fallback ? std::nullopt : unmet_text(knob, knobs, *this);
    if (unmet) throw ConfigError(in_path(path, knob.name), *unmet);
    full.set(std::string(knob.name), *std::move(value));
  }
  return full;
}

bool Settings::flag(std::string_view name) const { return get<bool>(values_, name); }
std::int64_t Settings::integer(std::string_view name) const {
  return get<std::int64_t>(values_, name);
}
double Settings::real(std::string_view name) const { return get<double>(values_, name); }
const std::string& Settings::word(std::string_view name) const {
  return get<std::string>(values_, name);
}
const Numbers& Settings::numbers(std::string_view name) const {
  return get<Numbers>(values_, name);
}

namespace {

/// Letters and digits in lower case: "Work-Stealing" and "work_stealing" are the same.
std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

/// The longest of the candidates that is a part of `word`, or `word` of it; "" without one:
/// stealing for "work_stealing" and "WorkStealing", join_idle for "idle".
std::string_view overlapping_name(std::string_view word,
                                  const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kShortest = 3;
  const std::string wanted = plain(word);
  std::string_view best;
  for (const std::string_view candidate : candidates) {
    const std::string name = plain(candidate);
    if (std::min(name.size(), wanted.size()) < kShortest || name.size() <= best.size()) continue;
    const bool overlap =
        wanted.find(name) != std::string::npos || name.find(wanted) != std::string::npos;
    if (overlap) best = candidate;
  }
  return best;
}

}  // namespace

std::string nearest_name(std::string_view word, const std::vector<std::string_view>& candidates) {
  // Optimal string alignment distance: swapped neighbours count once, the commonest slip of all.
  const auto distance = [word](std::string_view other) {
    const std::size_t width = other.size() + 1;
    std::vector<std::size_t> two_back(width), back(width), row(width);
    for (std::size_t j = 0; j < width; ++j) back[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      row[0] = i;
      for (std::size_t j = 1; j < width; ++j) {
        const std::size_t change = word[i - 1] == other[j - 1] ? 0 : 1;
        row[j] = std::min({back[j] + 1, row[j - 1] + 1, back[j - 1] + change});
        if (i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1]) {
          row[j] = std::min(row[j], two_back[j - 2] + 1);
        }
      }
      std::swap(two_back, back);
      std::swap(back, row);
    }
    return back[width - 1];
  };
  constexpr std::size_t kLongest = 64;  // longer is no slip of the finger
  if (word.empty() || word.size() > kLongest) return "";
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const bool abbreviated = word.size() >= 3 && candidate.starts_with(word);
    const std::size_t d = abbreviated ? 1 : distance(candidate);
    const bool alike = d < std::max(word.size(), candidate.size());  // a letter in common
    if (d < best_distance && alike) {
      best_distance = d;
      best = candidate;
    }
  }
  return std::string(best.empty() ? overlapping_name(word, candidates) : best);
}

}  // namespace pools
