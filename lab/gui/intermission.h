// Where a session waits before a trial until a window that is to stand still while it is measured
// has drawn: so it shows what came of the trials before, and no frame falls into one.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace lab::gui {

class Intermission {
 public:
  // GUI thread.
  /// Whether a session is to wait. One that waits goes on when it is not.
  void set_open(bool open);
  /// A session waits for a frame.
  bool waited_for() const;
  /// The frame is there.
  void close();

  // The session's thread.
  /// Returns when the frame is there; at once where none is wanted, and in any case soon: a window
  /// that cannot draw must not hold up what is measured.
  void wait_for_frame(const std::stop_token& stop);

 private:
  // guarded by mutex_
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ = false;
  bool waited_for_ = false;
};

}  // namespace lab::gui
