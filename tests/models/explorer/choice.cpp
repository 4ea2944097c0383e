#include "tests/models/explorer/choice.h"

#include <algorithm>
#include <stdexcept>

namespace models {
namespace {
constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
}  // namespace

std::string to_text(const Schedule& schedule) {
  // A run of zeros is its length in dots' stead: most choices are the first option.
  std::string out;
  std::size_t end = schedule.size();
  while (end > 0 && schedule[end - 1].chosen == 0) --end;
  for (std::size_t i = 0; i < end; ++i) {
    std::size_t zeros = 0;
    while (i + zeros < end && schedule[i + zeros].chosen == 0) ++zeros;
    if (zeros > 3) {
      out += '(' + std::to_string(zeros) + ')';
      i += zeros - 1;
    } else {
      out += kDigits[schedule[i].chosen % 36U];
    }
  }
  return out;
}

std::vector<std::uint8_t> choices_from(const std::string& text) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') {
      const auto close = text.find(')', i);
      if (close == std::string::npos) throw std::invalid_argument("schedule: ( without )");
      out.insert(out.end(), std::stoul(text.substr(i + 1, close - i - 1)), 0);
      i = close;
      continue;
    }
    const char* const digit = std::find(kDigits, kDigits + 36, text[i]);
    if (digit == kDigits + 36) throw std::invalid_argument("schedule: not a digit");
    out.push_back(static_cast<std::uint8_t>(digit - kDigits));
  }
  return out;
}

bool DepthFirst::begin() {
  depth_ = 0;
  if (!started_) {
    started_ = true;
    return true;
  }
  while (!path_.empty() && path_.back().chosen + 1 >= path_.back().options) path_.pop_back();
  if (path_.empty()) {
    done_ = true;
    return false;
  }
  ++path_.back().chosen;
  return true;
}

unsigned DepthFirst::choose(Kind /*kind*/, unsigned options, const std::uint8_t* /*who*/) {
  if (depth_ == path_.size()) path_.push_back({0, static_cast<std::uint8_t>(options)});
  return path_[depth_++].chosen;
}

bool RandomWalk::begin() {
  random_ = Random(seed_++);
  static constexpr unsigned kPreempt[] = {2, 4, 8, 16, 32};
  static constexpr unsigned kStale[] = {0, 4, 16, 32};
  preempt_in_64_ = kPreempt[random_.below(5)];
  stale_in_64_ = kStale[random_.below(4)];
  return true;
}

unsigned RandomWalk::choose(Kind kind, unsigned options, const std::uint8_t* /*who*/) {
  if (kind == Kind::Handover) return random_.below(options);
  const unsigned eager = kind == Kind::Value ? stale_in_64_ : preempt_in_64_;
  return random_.below(64) < eager ? 1 + random_.below(options - 1) : 0;
}

bool Priorities::begin() {
  random_ = Random(seed_++);
  last_steps_ = std::max(20U, step_);
  step_ = 0;
  bottom_ = 0;
  static constexpr unsigned kStale[] = {0, 4, 16, 32};
  stale_in_64_ = kStale[random_.below(4)];
  for (int& priority : priority_) priority = 1 + static_cast<int>(random_.below(1000));
  for (unsigned& at : change_at_) at = random_.below(last_steps_);
  return true;
}

unsigned Priorities::choose(Kind kind, unsigned options, const std::uint8_t* who) {
  if (kind == Kind::Value) {
    return random_.below(64) < stale_in_64_ ? 1 + random_.below(options - 1) : 0;
  }
  ++step_;
  if (kind == Kind::Continue &&
      std::find(change_at_, change_at_ + kChanges, step_) != change_at_ + kChanges) {
    priority_[who[0] % kThreads] = --bottom_;
  }
  unsigned best = 0;
  for (unsigned i = 1; i < options; ++i) {
    if (priority_[who[i] % kThreads] > priority_[who[best] % kThreads]) best = i;
  }
  return best;
}

bool Replay::begin() {
  if (started_) return false;
  started_ = true;
  at_ = 0;
  return true;
}

unsigned Replay::choose(Kind /*kind*/, unsigned options, const std::uint8_t* /*who*/) {
  const unsigned chosen = at_ < choices_.size() ? choices_[at_++] : 0U;
  return chosen < options ? chosen : 0;
}

}  // namespace models
