// Knobs: how a catalog row describes its parameters, and the values chosen for them. The scenario
// reader, `poollab list`, the window's controls and the strategies themselves all use this one
// table.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pools {

/// A list of numbers; where the knob has columns, rows of them one after another.
using Numbers = std::vector<double>;
using KnobValue = std::variant<bool, std::int64_t, double, std::string, Numbers>;

/// Another knob of the same row, without which a knob would do nothing.
struct KnobNeed {
  std::string_view knob;  ///< empty: none
  KnobValue value;        ///< of a flag or word: this very one; of a number: this or more
};

struct Knob {
  std::string_view name;
  KnobValue fallback;     ///< the default; its alternative is the knob's type
  std::string_view unit;  ///< "tasks", "us", "" ...
  double low = 0;         ///< inclusive range of a number (of each in a list); low == high: any
  double high = 0;
  std::vector<std::string_view> choices;  ///< allowed words of a string knob
  std::string_view help;                  ///< one line
  /// For Numbers: empty means a plain list; else the file has a list of objects with these fields.
  std::vector<std::string_view> columns = {};
  bool required = false;  ///< there is no sensible default: the file must say it
  KnobNeed needs = {};    ///< where this does not hold, only the default is taken
};

/// A parameter that cannot be used: names the field (JSON-pointer style, e.g. "/dispatch/choose")
/// and says what was expected.
struct ConfigError : std::exception {
  ConfigError(std::string field_path, std::string expectation)
      : field(std::move(field_path)),
        message(std::move(expectation)),
        text(field + ": " + message) {}
  const char* what() const noexcept override { return text.c_str(); }
  std::string field;
  std::string message;
  std::string text;
};

/// The chosen values of one row's knobs. A value type.
class Settings {
 public:
  void set(std::string name, KnobValue value) { values_[std::move(name)] = std::move(value); }
  const std::map<std::string, KnobValue, std::less<>>& given() const noexcept { return values_; }

  /// Every knob of `knobs`, given or default. Throws ConfigError for a name that is no knob, a
  /// wrong type, a number out of range, an unknown word, or a knob that would do nothing beside the
  /// others. An integer is taken for a real knob.
  Settings resolved(std::span<const Knob> knobs, std::string_view path) const;

  /// Requires: resolved, and a knob of that name and type (throws std::logic_error or
  /// std::bad_variant_access otherwise).
  bool flag(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  const std::string& word(std::string_view name) const;
  const Numbers& numbers(std::string_view name) const;

 private:
  std::map<std::string, KnobValue, std::less<>> values_;
};

/// A row of a catalog, by name, with its knobs as given: what `{"name": "push", "choose":
/// "round_robin"}` says.
struct Choice {
  std::string name;
  Settings settings;
};

/// What a knob takes, for messages: "an integer from 1 to 4096 tasks", "one of ...".
std::string expectation(const Knob& knob);
/// What a knob needs, for people: "early_flush false", "levels 2 or more".
std::string need_text(const KnobNeed& need);
/// Why a knob of `row` that is among `given` would do nothing there: "expected ..., got ...".
/// Nothing where it has its effect.
std::optional<std::string> unmet_text(const Knob& knob, std::span<const Knob> row,
                                      const Settings& given);
/// A value as a person would type it.
std::string shown(const KnobValue& value);
/// `value` as the knob's own type if the knob takes it (an integer becomes a real where the knob is
/// real), else nothing.
std::optional<KnobValue> accepted(const Knob& knob, const KnobValue& value);
/// `expected WHAT (a, b, c), got "x"; did you mean "b"?`
std::string unknown_name_text(std::string_view what, std::string_view got,
                              const std::vector<std::string_view>& valid);

/// The closest of `candidates` to `word` by edit distance; else one that is a part of it, or it of
/// one ("work_stealing", "WorkStealing": stealing); "" when none is near.
std::string nearest_name(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace pools
