#include "pools/engine/worker_stack.h"

#include <pthread.h>

#include <cstddef>

namespace pools {

std::uintptr_t nesting_limit() noexcept {
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  std::size_t bytes = 0;
  const bool known = ::pthread_attr_getstack(&attributes, &lowest, &bytes) == 0;
  ::pthread_attr_destroy(&attributes);
  return known ? reinterpret_cast<std::uintptr_t>(lowest) + bytes / 4 : 0;
}

}  // namespace pools
