#include "lab/cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace lab::cli {
namespace {

std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "written in a signal handler");

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
std::array<struct sigaction, kSignals.size()> before{};

extern "C" void on_signal(int number) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, number, std::memory_order_relaxed)) return;
  ::_exit(128 + number);
}

}  // namespace

SignalWatch::SignalWatch() {
  first_signal.store(0, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &before[i]);
    // Ignored by who started us (nohup, a shell's background job): it stays ignored.
    if (before[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

SignalWatch::~SignalWatch() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before[i], nullptr);
}

int SignalWatch::caught() const noexcept { return first_signal.load(std::memory_order_relaxed); }

}  // namespace lab::cli
