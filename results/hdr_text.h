// A histogram as text, in the format that HdrHistogram's libraries for a dozen languages read and
// write ("HISTFAAA...": base64 of zlib of the V2 encoding): a byte or less for each bucket, where
// pairs of numbers in JSON take eleven. Our buckets at 10 bits are HdrHistogram's at three
// significant digits, bound for bound, so nothing is rounded on the way.
// https://github.com/HdrHistogram/HdrHistogram, EncodableHistogram and ZigZagEncoding.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pools/metrics/latency_histogram.h"

namespace results {

/// Not such a text, or a histogram of another precision.
struct HdrFormatError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Values in ns; empty for an empty histogram. Requires: recorded at LatencyHistogram::kExactBits.
std::string hdr_text(const pools::LatencyHistogram& histogram);

/// The non-empty buckets, ascending, as (lower bound in ns, count). Throws HdrFormatError.
std::vector<std::pair<std::uint64_t, std::uint64_t>> hdr_buckets(std::string_view text);

}  // namespace results
