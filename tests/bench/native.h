// What a library offers beyond "run this task": its own fork and join, its own loop over a range.
// There a peer is measured as its users would use it, not through our Pool interface.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace bench {

class Native {
 public:
  Native() = default;
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  virtual ~Native() = default;

  /// fib(n) without cut-off, one task for one of the two branches of each call.
  virtual std::uint64_t fib(int n) = 0;
  /// Empty items in groups of a thousand, each group one parallel loop.
  virtual void loops(std::uint64_t items) = 0;
};

/// The library behind the peer of this name with so many threads; nullptr where it has no such
/// means or was not found.
std::unique_ptr<Native> make_native(std::string_view peer, std::uint32_t workers);

}  // namespace bench
