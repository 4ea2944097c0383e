// Circuit breaker, one for each class of tasks: where too many of a class's last tasks failed, that
// class is refused for a while, so that neither the pool nor whatever it depends on spends itself
// on what fails anyhow. Then a few probes are let in: if all succeed it closes, with the first that
// fails it is open again. (Michael Nygard, "Release It!", 2007.)
//
// Evidence is a task that ran. A probe that is refused elsewhere, given up or cancelled says
// nothing and its place goes to another. A round of probes begins only when those of the last one
// are back, so none is taken for one of a later round; and what was accepted before the breaker
// closed does not count when it ends.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "pools/policies/admission/rows.h"

namespace pools {
namespace {

/// The breaker of one class.
class Breaker {
 public:
  struct Rules {
    std::size_t window;
    std::size_t failures;  ///< so many of the window open it
    Nanos open;
    std::uint32_t probes;
  };

  explicit Breaker(const Rules& rules) : rules_(rules) { seen_.reserve(rules.window); }

  /// What it changed to; empty: nothing.
  struct Change {
    std::string_view state;
    std::size_t failed = 0;  ///< of the window, where that opened it
  };

  Entry admit(Instant now, Change& change) {
    if (state_ == State::Closed) return {};
    if (state_ == State::Open) {
      if (now < until_ || probes_out_ != 0) return {.admitted = false};
      state_ = State::HalfOpen;
      probes_good_ = 0;
      change = {kHalfOpen};
    }
    if (probes_out_ + probes_good_ >= rules_.probes) return {.admitted = false};
    ++probes_out_;
    return {.admitted = true, .marked = true};
  }

  void ended(const Ended& task, Change& change) {
    const bool good = task.outcome == Outcome::Completed;
    const bool ran = was_run(task.outcome);
    if (task.marked) {
      --probes_out_;
      if (state_ != State::HalfOpen || !ran) return;
      if (!good) return open(task.at, change);
      if (++probes_good_ >= rules_.probes) close(task.at, change);
      return;
    }
    if (state_ != State::Closed || !ran || task.accepted < since_) return;
    add(!good);
    if (seen_.size() == rules_.window && failed_ >= rules_.failures) open(task.at, change);
  }

 private:
  enum class State : std::uint8_t { Closed, Open, HalfOpen };

  /// The outcomes of the last `window` tasks, in a ring.
  void add(bool failed) {
    if (seen_.size() < rules_.window) {
      seen_.push_back(failed);
    } else {
      failed_ -= seen_[next_] ? 1 : 0;
      seen_[next_] = failed;
      next_ = (next_ + 1) % rules_.window;
    }
    failed_ += failed ? 1 : 0;
  }
  void open(Instant now, Change& change) {
    state_ = State::Open;
    until_ = now + rules_.open;
    change = {kOpen, failed_};
    seen_.clear();
    failed_ = next_ = 0;
  }
  void close(Instant now, Change& change) {
    state_ = State::Closed;
    since_ = now;
    change = {kClosed};
  }

  Rules rules_;
  State state_ = State::Closed;
  Instant since_{};  // closed since then
  Instant until_{};  // open until then at least
  std::uint32_t probes_out_ = 0;
  std::uint32_t probes_good_ = 0;
  std::vector<bool> seen_;
  std::size_t failed_ = 0;
  std::size_t next_ = 0;
};

class CircuitBreaker final : public AdmissionPolicy {
 public:
  CircuitBreaker(const Breaker::Rules& rules, std::uint16_t classes)
      : rules_(rules), breakers_(std::max<std::size_t>(1, classes), Breaker(rules)) {
    // Copies keep no room: none of them may need memory when it is asked.
    for (Breaker& breaker : breakers_) breaker = Breaker(rules);
  }

  Entry admit(const Arriving& task) override {
    Breaker::Change change;
    const Entry entry = of(task.task_class).admit(task.at, change);
    note(task.at, task.task_class, change);
    return entry;
  }
  void ended(const Ended& task) override {
    Breaker::Change change;
    of(task.task_class).ended(task, change);
    note(task.at, task.task_class, change);
  }
  bool wants_ends() const noexcept override { return true; }

 private:
  Breaker& of(std::uint16_t task_class) {
    return breakers_[std::min<std::size_t>(task_class, breakers_.size() - 1)];
  }
  void note(Instant at, std::uint16_t task_class, const Breaker::Change& change) {
    if (change.state.empty()) return;
    try {
      news_.push_back(
          {at, "circuit_breaker", std::string(change.state), task_class, reason_of(change)});
    } catch (const std::bad_alloc&) {  // it has changed all the same
    }
  }
  std::string reason_of(const Breaker::Change& change) const {
    const std::string probes = std::to_string(rules_.probes);
    if (change.state == kHalfOpen) return "lets " + probes + " probes in";
    if (change.state == kClosed) return probes + " probes succeeded";
    if (change.failed == 0) return "a probe failed";
    return std::to_string(change.failed) + " of the last " + std::to_string(rules_.window) +
           " failed";
  }

  const Breaker::Rules rules_;
  std::vector<Breaker> breakers_;  // by class
};

}  // namespace

const AdmissionRow& circuit_breaker_row() {
  static const AdmissionRow kRow{
      .name = "circuit_breaker",
      .summary = "refuses a class of tasks for a while when too many of its last ones failed",
      .refusal = SubmitStatus::CircuitOpen,
      .knobs = {{.name = "window",
                 .fallback = std::int64_t{100},
                 .unit = "tasks",
                 .low = 1,
                 .high = 1'000'000,
                 .choices = {},
                 .help =
                     "how many of the last tasks it looks at; it stays closed until so many ran"},
                {.name = "failure_share",
                 .fallback = 0.5,
                 .unit = "",
                 .low = 0.001,
                 .high = 1,
                 .choices = {},
                 .help = "this share of them failed: it opens"},
                {.name = "open_ms",
                 .fallback = 1000.0,
                 .unit = "ms",
                 .low = 0.001,
                 .high = 3'600'000,
                 .choices = {},
                 .help = "how long it refuses before it lets probes in"},
                {.name = "probes",
                 .fallback = std::int64_t{5},
                 .unit = "tasks",
                 .low = 1,
                 .high = 100'000,
                 .choices = {},
                 .help = "so many must succeed, none fail, for it to close"}},
      .make = [](const Settings& settings,
                 std::uint16_t classes) -> std::unique_ptr<AdmissionPolicy> {
        const auto window = static_cast<std::size_t>(settings.integer("window"));
        const double failures =
            std::ceil(settings.real("failure_share") * static_cast<double>(window) - 1e-9);
        return std::make_unique<CircuitBreaker>(
            Breaker::Rules{.window = window,
                           .failures = std::max<std::size_t>(1, static_cast<std::size_t>(failures)),
                           .open = Nanos{std::llround(settings.real("open_ms") * 1e6)},
                           .probes = static_cast<std::uint32_t>(settings.integer("probes"))},
            classes);
      }};
  return kRow;
}

}  // namespace pools
