// Names threads of the lab, so that `top -H` and a debugger tell them apart.
#pragma once

#include <pthread.h>

namespace lab {

/// Of the calling thread; the kernel keeps 15 characters.
template <std::size_t N>
void name_this_thread(const char (&name)[N]) noexcept {
  static_assert(N <= 16);
  ::pthread_setname_np(::pthread_self(), name);
}

}  // namespace lab
