// Threads have names, so that `top -H` and a debugger tell them apart.
#pragma once

#include <cstdint>

namespace pools {

/// Names the calling thread; the system keeps the first 15 characters. Where it keeps none the
/// thread goes without.
void name_this_thread(const char* name) noexcept;
/// The name and a number: pl-work-3.
void name_this_thread(const char* name, std::uint32_t number) noexcept;

}  // namespace pools
