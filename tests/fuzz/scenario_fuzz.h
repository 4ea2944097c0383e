// One input of the scenario reader's fuzzer: the same for libFuzzer, which makes inputs up, and for
// the test that replays the kept ones in every build.
#pragma once

#include <cstddef>
#include <cstdint>

/// Reads the bytes as a scenario; lines before it that start with '/' are `--set` options. Aborts,
/// saying why, where the reader breaks a promise: what it accepts is written as canonical JSON that
/// reads back unchanged, also shortened, and can be laid out; what it refuses has a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
