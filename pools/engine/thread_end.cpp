#include "pools/engine/thread_end.h"

#include <pthread.h>

#include <utility>

namespace pools {

/// A key of the system's: its destructors run after those of the C++ thread_locals, and once more
/// if another key's destructor brings something new.
struct ThreadEnd::Key {
  pthread_key_t key{};
  bool made = false;

  Key() noexcept : made(::pthread_key_create(&key, [](void* first) { end_thread(first); }) == 0) {}
  static const Key& get() noexcept {
    static const Key kKey;  // nothing to destroy: good until the process ends
    return kKey;
  }
};

ThreadEnd::ThreadEnd() noexcept : next_(nullptr) {
  const Key& own = Key::get();
  if (!own.made) return;
  next_ = static_cast<ThreadEnd*>(::pthread_getspecific(own.key));
  static_cast<void>(::pthread_setspecific(own.key, this));
}

void ThreadEnd::end_thread(void* first) noexcept {
  for (auto* object = static_cast<ThreadEnd*>(first); object != nullptr;) {
    delete std::exchange(object, object->next_);
  }
}

}  // namespace pools
