// SIGINT, SIGTERM and SIGHUP for a run: the first asks for an orderly end, the second ends at once.
#pragma once

namespace lab::cli {

/// Takes the signals over for its lifetime. One at a time; main thread.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// The first signal received, or 0.
  int caught() const noexcept;
};

}  // namespace lab::cli
