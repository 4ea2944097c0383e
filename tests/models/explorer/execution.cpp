#include "tests/models/explorer/execution.h"

#include <algorithm>
#include <cstring>

namespace models {
namespace {

std::string short_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

}  // namespace

void* Arena::take(std::size_t bytes) {
  bytes = (bytes + 31) & ~std::size_t{31};
  if (block_ < blocks_.size() && used_ + bytes > kBlock) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) blocks_.push_back(std::make_unique<std::byte[]>(kBlock + 32));
  auto at = reinterpret_cast<std::uintptr_t>(blocks_[block_].get());
  at = ((at + 31) & ~std::uintptr_t{31}) + used_;
  used_ += bytes;
  return reinterpret_cast<void*>(at);
}

Execution& Execution::current() {
  static Execution execution;
  return execution;
}

void Execution::begin(Chooser& chooser, bool tracing) {
  chooser_ = &chooser;
  schedule_.clear();
  trace_.clear();
  failure_.clear();
  arena_.reset();
  thread_count_ = 1;
  running_ = 0;
  width_ = kMostThreads;
  threads_[0].view = View{};
  preemptions_left_ = chooser.preemptions;
  stale_left_ = chooser.stale;
  steps_ = 0;
  blocks_ = 0;
  now_ = pools::Instant{pools::Nanos{1}};
  tracing_ = tracing;
}

void Execution::thread(const char* name, std::function<void()> body, bool daemon) {
  if (thread_count_ == kMostThreads) std::abort();
  Thread& thread = threads_[thread_count_++];
  thread.name = name;
  thread.body = std::move(body);
  thread.daemon = daemon;
  thread.state = State::Ready;
  thread.timed = false;
  thread.lap = 0;
}

bool Execution::run_scene(std::function<void()> body) {
  running_ = 0;
  preemptions_left_ = stale_left_ = 0;
  scene_body_ = std::move(body);
  threads_[0].fiber.prepare(&Execution::scene_entry);
  in_scene_ = true;
  Fiber::swap(home_, threads_[0].fiber);
  in_scene_ = false;
  preemptions_left_ = chooser_->preemptions;
  stale_left_ = chooser_->stale;
  return failure_.empty();
}

void Execution::scene_entry() {
  Execution& self = current();
  self.scene_body_();
  Fiber::swap(self.threads_[0].fiber, self.home_);
}

bool Execution::run() {
  for (std::size_t i = 1; i < thread_count_; ++i) {
    threads_[i].view = threads_[0].view;
    threads_[i].fiber.prepare(&Execution::entry);
  }
  threads_[0].state = State::Done;
  in_scene_ = true;
  hand_over();  // returns when all are done, or on failure
  in_scene_ = false;
  for (std::size_t i = 1; i < thread_count_; ++i) threads_[0].view.join(threads_[i].view, width_);
  return failure_.empty();
}

void Execution::entry() {
  Execution& self = current();
  self.threads_[self.running_].body();
  self.threads_[self.running_].state = State::Done;
  self.hand_over();
}

unsigned Execution::choose(Kind kind, unsigned options, const std::uint8_t* who) {
  if (options < 2) return 0;
  const unsigned chosen = chooser_->choose(kind, options, who);
  schedule_.push_back({static_cast<std::uint8_t>(chosen), static_cast<std::uint8_t>(options)});
  return chosen;
}

bool Execution::surprise() {
  if (stale_left_ == 0 || choose(Kind::Value, 2, nullptr) == 0) return false;
  --stale_left_;
  return true;
}

void Execution::go_to(std::size_t next) {
  Thread& thread = threads_[next];
  if (thread.state == State::Blocked) {  // its time is up
    thread.state = State::Ready;
    thread.timed_out = true;
    now_ = std::max(now_, thread.until);
  }
  thread.lap = 0;
  const std::size_t from = running_;
  if (from == next) return;
  running_ = next;
  Fiber::swap(from == 0 ? home_ : threads_[from].fiber, thread.fiber);
}

void Execution::abandon() {
  const std::size_t from = running_;
  running_ = 0;
  Fiber::swap(threads_[from].fiber, home_);
  std::abort();  // never resumed
}

/// The running thread cannot go on, or must not.
void Execution::hand_over() {
  std::array<std::uint8_t, kMostThreads> who{};
  unsigned options = 0;
  bool waits = false;
  const auto candidate = [&](std::size_t i) {
    const Thread& thread = threads_[i];
    return thread.state == State::Ready || (thread.state == State::Blocked && thread.timed);
  };
  for (std::size_t i = 1; i < thread_count_; ++i) {
    if (i != running_ && candidate(i)) who[options++] = static_cast<std::uint8_t>(i);
    waits = waits || (threads_[i].state == State::Blocked && !threads_[i].daemon);
  }
  if (options == 0 && running_ != 0 && candidate(running_)) {
    who[options++] = static_cast<std::uint8_t>(running_);
  }
  if (options != 0) return go_to(who[choose(Kind::Handover, options, who.data())]);
  if (waits && failure_.empty()) {
    failure_ = "deadlock or lost wake-up: blocked for ever:";
    for (std::size_t i = 1; i < thread_count_; ++i) {
      if (threads_[i].state == State::Blocked) failure_ += std::string(" ") + threads_[i].name;
    }
  }
  if (running_ != 0) abandon();
}

void Execution::point() {
  if (!in_scene_) return;
  if (++steps_ > kMostSteps) fail("no end after 3000 steps: a livelock");
  if (running_ == 0) return;
  Thread& self = threads_[running_];
  if (++self.lap > kLongestLap) return yield();
  if (preemptions_left_ == 0) return;
  std::array<std::uint8_t, kMostThreads> who{};
  unsigned options = 0;
  who[options++] = static_cast<std::uint8_t>(running_);
  for (std::size_t i = 1; i < thread_count_; ++i) {
    const Thread& thread = threads_[i];
    if (i == running_) continue;
    if (thread.state == State::Ready || (thread.state == State::Blocked && thread.timed)) {
      who[options++] = static_cast<std::uint8_t>(i);
    }
  }
  const unsigned chosen = choose(Kind::Continue, options, who.data());
  if (chosen == 0) return;
  --preemptions_left_;
  go_to(who[chosen]);
}

void Execution::yield() {
  if (running_ == 0) return;
  if (++steps_ > kMostSteps) fail("no end after 3000 steps: a livelock");
  chooser_->yielded(static_cast<std::uint8_t>(running_));
  hand_over();
}

void Execution::fail(const std::string& why) {
  if (failure_.empty()) failure_ = why;
  if (tracing_) trace_.push_back("FAILED: " + why);
  if (in_scene_) abandon();
}

bool Execution::block(const void* key, bool timed, pools::Nanos limit) {
  Thread& self = threads_[running_];
  if (running_ == 0) std::abort();  // the scene's own thread never waits
  self.state = State::Blocked;
  self.key = key;
  self.timed = timed;
  self.timed_out = false;
  self.until = now_ + (timed ? limit : pools::Nanos{0});
  self.blocked_at = ++blocks_;
  hand_over();
  return !self.timed_out;
}

int Execution::wake(const void* key, int most) {
  int woken = 0;
  while (woken < most) {
    Thread* first = nullptr;
    for (std::size_t i = 1; i < thread_count_; ++i) {
      Thread& thread = threads_[i];
      if (thread.state != State::Blocked || thread.key != key) continue;
      if (first == nullptr || thread.blocked_at < first->blocked_at) first = &thread;
    }
    if (first == nullptr) break;
    first->state = State::Ready;
    ++woken;
  }
  return woken;
}

void Execution::lock(void* mutex, View& view, bool& held) {
  point();
  if (held && running_ == 0) fail("a lock is held at the end");
  while (held) block(mutex, false, {});
  held = true;
  threads_[running_].view.join(view, width_);
}

void Execution::unlock(void* mutex, View& view, bool& held) {
  view = threads_[running_].view;
  tick();
  held = false;
  wake(mutex, static_cast<int>(kMostThreads));
}

bool Execution::futex_wait(Location& word, std::uint64_t expected, pools::Nanos limit,
                           const Where& where) {
  point();
  // The kernel compares the word's newest value, under the lock that a waker takes too.
  const std::uint64_t value = word.stores[word.count - 1].value;
  log("futex_wait", word, value, std::memory_order_relaxed, where, word.count - 1);
  if (value != expected || (spurious && surprise())) return true;
  return block(&word, limit.count() >= 0, limit);
}

void Execution::futex_wake(Location& word, int most, const Where& where) {
  if (dropped(Operation::Wake, std::memory_order_relaxed, where)) return;
  point();
  const int woken = wake(&word, most);
  log("futex_wake", word, static_cast<std::uint64_t>(woken), std::memory_order_relaxed, where,
      word.count - 1);
}

void Execution::note(const std::string& text) {
  if (tracing_) trace_.push_back(std::string(threads_[running_].name) + ": " + text);
}

void Execution::log(const char* what, const Location& location, std::uint64_t value, Order order,
                    const Where& where, std::uint32_t index) {
  if (!tracing_) return;
  std::string line = running_ == 0 ? "scene" : threads_[running_].name;
  line += std::string(": ") + what + " v" + std::to_string(location.id) + " " +
          std::to_string(value) + " " + name_of(order);
  if (index + 1 < location.count) {
    line += " STALE by " + std::to_string(location.count - 1 - index);
  }
  trace_.push_back(line + "  (" + short_name(where.file_name()) + ":" +
                   std::to_string(where.line()) + ")");
}

}  // namespace models
