#include "pools/thread_name.h"

#include <pthread.h>

#include <cstdio>
#include <string_view>

namespace pools {

void name_this_thread(const char* name) noexcept {
  char kept[16] = {};  // what the system takes; it refuses longer ones
  std::string_view(name).copy(kept, sizeof kept - 1);
  ::pthread_setname_np(::pthread_self(), kept);
}

void name_this_thread(const char* name, std::uint32_t number) noexcept {
  char numbered[32];
  std::snprintf(numbered, sizeof numbered, "%s-%u", name, number);
  name_this_thread(numbered);
}

}  // namespace pools
