#include "tests/pools/contract/subjects.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <utility>

namespace contract {
namespace {

using pools::Choice;
using pools::Knob;
using pools::KnobValue;
using pools::PoolConfig;

std::string word_of(const KnobValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "on" : "off";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) {
    return std::to_string(static_cast<std::int64_t>(*number));
  }
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  return "list";
}

/// The ends of a number's range; of a time only the short one, for the tests would have to wait.
std::vector<double> ends(const Knob& knob) {
  if (knob.unit == "us" || knob.unit == "ms" || knob.unit == "s") return {knob.low};
  return {knob.low, knob.high};
}

/// The values of a knob other than its default that are worth a test.
std::vector<KnobValue> turned(const Knob& knob) {
  std::vector<KnobValue> values;
  if (const auto* flag = std::get_if<bool>(&knob.fallback)) {
    values.emplace_back(!*flag);
  } else if (const auto* word = std::get_if<std::string>(&knob.fallback)) {
    for (const auto choice : knob.choices) {
      if (choice != *word) values.emplace_back(std::string(choice));
    }
  } else if (std::holds_alternative<std::int64_t>(knob.fallback)) {
    for (const double end : ends(knob)) values.emplace_back(static_cast<std::int64_t>(end));
  } else if (std::holds_alternative<double>(knob.fallback)) {
    for (const double end : ends(knob)) values.emplace_back(end);
  }
  std::erase(values, knob.fallback);
  return values;
}

/// Sets what a knob needs beside it, and what that needs.
void meet_needs(Choice& choice, const std::vector<Knob>& row, const Knob& knob) {
  const auto other = std::ranges::find(row, knob.needs.knob, &Knob::name);
  if (other == row.end() || !pools::unmet_text(knob, row, choice.settings)) return;
  choice.settings.set(std::string(other->name), knob.needs.value);
  meet_needs(choice, row, *other);
}

struct NamedChoice {
  std::string name;
  Choice choice;
};

/// A catalog row with its defaults, then with each knob turned.
template <typename Row>
std::vector<NamedChoice> variants_of(const Row& row) {
  const std::string name(row.name);
  std::vector<NamedChoice> variants{{name, Choice{name, {}}}};
  for (const Knob& knob : row.knobs) {
    for (const KnobValue& value : turned(knob)) {
      Choice choice{name, {}};
      choice.settings.set(std::string(knob.name), value);
      meet_needs(choice, row.knobs, knob);
      variants.push_back({name + "_" + std::string(knob.name) + "_" + word_of(value), choice});
    }
  }
  return variants;
}

std::vector<NamedChoice> all_variants() {
  std::vector<NamedChoice> all;
  for (const auto& row : pools::dispatch_catalog()) {
    for (auto& variant : variants_of(row)) all.push_back(std::move(variant));
  }
  return all;
}

/// The rule under which nobody waits for long in vain. False where the pool cannot keep it.
bool set_rule(PoolConfig& config, pools::OnFull rule) {
  config.on_full = rule;
  if (rule == pools::OnFull::BlockFor) config.full_timeout = pools::kLongestFullTimeout;
  try {
    static_cast<void>(pools::resolved(config));
    return true;
  } catch (const pools::ConfigError& error) {
    if (error.field != "/on_full") throw;
    return false;
  }
}

Subject subject(std::string name, Choice dispatch, std::uint32_t workers) {
  Subject made;
  made.name = std::move(name);
  made.config.dispatch = std::move(dispatch);
  made.config.min_workers = workers;
  made.config.max_workers = workers;
  return made;
}

}  // namespace

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.name; }

std::string subject_name(const testing::TestParamInfo<Subject>& test) {
  std::string name = test.param.name;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

std::vector<Subject> strategies() {
  std::vector<Subject> subjects;
  for (const auto& row : pools::dispatch_catalog()) {
    const std::string name(row.name);
    subjects.push_back(subject(name, Choice{name, {}}, 3));
  }
  return subjects;
}

std::vector<Subject> every_pool() {
  std::vector<Subject> subjects = strategies();
  for (const auto& row : pools::peer_catalog()) {
    Choice choice{std::string(row.name), {}};
    for (const Knob& knob : row.knobs) {
      if (knob.name == "max_threads") choice.settings.set("max_threads", std::int64_t{3});
    }
    subjects.push_back(subject(std::string(row.name), std::move(choice), 3));
  }
  return subjects;
}

std::vector<Subject> strategy_variants() {
  std::vector<Subject> subjects;
  for (auto& variant : all_variants()) {
    subjects.push_back(subject(variant.name, variant.choice, 3));
  }
  return subjects;
}

std::vector<Subject> sizing_products() {
  std::vector<Subject> subjects;
  for (const auto& row : pools::dispatch_catalog()) {
    for (const auto& sizing_row : pools::sizing_catalog()) {
      for (const auto& sizing : variants_of(sizing_row)) {
        const std::string name(row.name);
        Subject product = subject(name + "_" + sizing.name, Choice{name, {}}, 1);
        product.config.sizing = sizing.choice;
        product.config.max_workers = 4;
        subjects.push_back(std::move(product));
      }
    }
  }
  return subjects;
}

std::vector<Subject> bounded_products() {
  std::vector<Subject> subjects;
  for (const auto& variant : all_variants()) {
    for (const auto& on_full : pools::on_full_catalog()) {
      Subject product = subject(variant.name + "_" + std::string(on_full.name), variant.choice, 2);
      product.config.queue_capacity = 5;
      if (variant.choice.name == "batch" && !variant.choice.settings.given().contains("size")) {
        product.config.dispatch.settings.set("size", std::int64_t{5});  // or none would be full
      }
      if (set_rule(product.config, on_full.value)) subjects.push_back(std::move(product));
    }
  }
  return subjects;
}

std::vector<Subject> bounded_strategies() {
  std::vector<Subject> subjects;
  for (auto& strategy : strategies()) {
    for (const auto& on_full : pools::on_full_catalog()) {
      Subject product = strategy;
      product.name += "_" + std::string(on_full.name);
      product.config.min_workers = product.config.max_workers = 1;
      product.config.queue_capacity = 8;
      if (set_rule(product.config, on_full.value)) subjects.push_back(std::move(product));
    }
  }
  return subjects;
}

std::vector<Subject> that_can(bool pools::Capabilities::*capability,
                              std::vector<Subject> subjects) {
  std::erase_if(subjects, [capability](const Subject& subject) {
    return !(pools::find_dispatch(subject.config.dispatch.name)->capabilities.*capability);
  });
  return subjects;
}

std::vector<Subject> that_block(std::vector<Subject> subjects) {
  std::erase_if(subjects, [](const Subject& subject) {
    return subject.config.on_full != pools::OnFull::Block &&
           subject.config.on_full != pools::OnFull::BlockFor;
  });
  return subjects;
}

bool keeps_all(pools::OnFull rule) { return rule != pools::OnFull::Reject && !gives_up(rule); }

bool gives_up(pools::OnFull rule) {
  return rule == pools::OnFull::DropNewest || rule == pools::OnFull::DropOldest;
}

std::vector<Subject> that_steal(std::vector<Subject> subjects) {
  subjects = that_can(&pools::Capabilities::steals, std::move(subjects));
  std::erase_if(subjects, [](const Subject& subject) {
    const Choice dispatch = pools::resolved(subject.config).dispatch;
    return dispatch.name == "push" && !dispatch.settings.flag("steal");
  });
  return subjects;
}

std::vector<Subject> that_share(std::vector<Subject> subjects) {
  std::erase_if(subjects, [](const Subject& subject) {
    const std::string& strategy = subject.config.dispatch.name;
    return strategy == "push" || strategy == "batch";
  });
  return subjects;
}

std::unique_ptr<pools::Pool> with_workers(const Subject& subject, std::uint32_t workers) {
  PoolConfig config = subject.config;
  config.min_workers = workers;
  config.max_workers = workers;
  // Of a pool with a thread for every task that is what bounds them.
  if (config.dispatch.settings.given().contains("max_threads")) {
    config.dispatch.settings.set("max_threads", std::int64_t{workers});
  }
  return pools::make_pool(config);
}

void expect_closed(const pools::Ledger& ledger) {
  EXPECT_TRUE(ledger.closes()) << "submitted " << ledger.submitted << " = rejected "
                               << ledger.rejected << " + completed " << ledger.completed
                               << " + failed " << ledger.failed << " + cancelled "
                               << ledger.cancelled << " + queued " << ledger.queued << " + running "
                               << ledger.running << " + others "
                               << ledger.accounted() - ledger.rejected - ledger.completed -
                                      ledger.failed - ledger.cancelled - ledger.queued -
                                      ledger.running;
}

void expect_quiet(pools::Pool& pool) {
  ASSERT_TRUE(pool.wait_idle(kLong));
  const pools::PoolSnapshot now = pool.snapshot();
  expect_closed(now.ledger);
  EXPECT_EQ(now.ledger.queued, 0U);
  EXPECT_EQ(now.ledger.running, 0U);
  EXPECT_EQ(now.queue_depth, 0U);
}

std::size_t threads_now() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace contract
