#include "results/hdr_text.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>

namespace results {
namespace {

using pools::HistogramScale;
using pools::LatencyHistogram;

constexpr HistogramScale kScale{LatencyHistogram::kExactBits};
constexpr std::uint32_t kDigits = 3;                  // 2,048 values at full resolution
constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;  // V2, counts of any length
constexpr std::uint32_t kZippedCookie = 0x1c849304 | 0x10;
constexpr std::size_t kHeaderBytes = 40;
/// A count takes at most nine bytes: more than this is no histogram.
constexpr std::size_t kMostBytes = kHeaderBytes + 9 * kScale.buckets();

template <typename T>
void put(std::string& out, T value) {
  for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift & 0xff);
  }
}

/// Zigzag (small numbers of either sign are small), seven bits to a byte, the ninth whole.
void put_count(std::string& out, std::int64_t number) {
  auto value = static_cast<std::uint64_t>(number) << 1U ^ static_cast<std::uint64_t>(number >> 63);
  for (int i = 0; i < 8 && value >= 0x80; ++i, value >>= 7U) {
    out += static_cast<char>(value | 0x80);
  }
  out += static_cast<char>(value);
}

/// Reads what put and put_count wrote.
class Bytes {
 public:
  explicit Bytes(std::string_view text) : left_(text) {}

  bool empty() const noexcept { return left_.empty(); }
  std::string_view rest() const noexcept { return left_; }

  template <typename T>
  T number() {
    T value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<T>(value << 8U | byte());
    return value;
  }

  std::int64_t count() {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 9; ++i) {
      const std::uint64_t next = byte();
      value |= (i < 8 ? next & 0x7f : next) << 7 * i;
      if (i < 8 && next < 0x80) break;
    }
    return static_cast<std::int64_t>(value >> 1U ^ (~(value & 1U) + 1U));
  }

 private:
  std::uint8_t byte() {
    if (left_.empty()) throw HdrFormatError("the histogram ends too soon");
    const auto first = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return first;
  }

  std::string_view left_;
};

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    }
    const std::size_t letters = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t k = 0; k < 4; ++k) {
      out += k < letters ? kAlphabet[group >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return out;
}

std::string from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char letter : text) {
    const std::size_t value = kAlphabet.find(letter);
    if (value == std::string_view::npos) throw HdrFormatError("the histogram is not base64");
    group = group << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xff);
  }
  return out;
}

std::string zipped(const std::string& bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string out(size, '\0');
  ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_COMPRESSION);
  out.resize(size);
  return out;
}

std::string unzipped(std::string_view bytes) {
  uLongf size = kMostBytes;
  std::string out(size, '\0');
  const int status = ::uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                                  reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (status != Z_OK) throw HdrFormatError("the histogram does not decompress");
  out.resize(size);
  return out;
}

}  // namespace

std::string hdr_text(const LatencyHistogram& histogram) {
  assert(histogram.sub_bits() == LatencyHistogram::kExactBits);
  if (histogram.empty()) return {};
  std::string counts;
  std::size_t next = 0;
  histogram.for_each_bucket([&](std::uint64_t lower, std::uint64_t, std::uint64_t count) {
    const std::size_t index = kScale.index(lower);
    if (index > next) put_count(counts, -static_cast<std::int64_t>(index - next));
    put_count(counts, static_cast<std::int64_t>(count));
    next = index + 1;
  });
  std::string plain;
  put(plain, kCookie);
  put(plain, static_cast<std::uint32_t>(counts.size()));
  put(plain, std::uint32_t{0});  // offset of the first bucket
  put(plain, kDigits);
  put(plain, std::uint64_t{1});                                    // lowest value told from 0
  put(plain, std::max<std::uint64_t>(kScale.lower(next) - 1, 2));  // highest value with a bucket
  put(plain, std::bit_cast<std::uint64_t>(1.0));                   // no conversion of values
  plain += counts;
  const std::string body = zipped(plain);
  std::string whole;
  put(whole, kZippedCookie);
  put(whole, static_cast<std::uint32_t>(body.size()));
  return base64(whole + body);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> hdr_buckets(std::string_view text) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> buckets;
  if (text.empty()) return buckets;
  const std::string whole = from_base64(text);
  Bytes outer(whole);
  if (outer.number<std::uint32_t>() != kZippedCookie) {
    throw HdrFormatError("expected a compressed HdrHistogram, version 2");
  }
  const auto length = outer.number<std::uint32_t>();
  const std::string plain = unzipped(outer.rest().substr(0, length));
  Bytes bytes(plain);
  const bool ours = bytes.number<std::uint32_t>() == kCookie;
  bytes.number<std::uint32_t>();  // length, which we have
  const bool from_start = bytes.number<std::uint32_t>() == 0;
  const bool precise = bytes.number<std::uint32_t>() == kDigits;
  const bool from_one = bytes.number<std::uint64_t>() == 1;
  bytes.number<std::uint64_t>();  // highest value
  bytes.number<std::uint64_t>();  // conversion
  if (!ours || !from_start || !precise || !from_one) {
    throw HdrFormatError("expected an HdrHistogram of three significant digits from 1 on");
  }
  for (std::size_t index = 0; !bytes.empty();) {
    const std::int64_t count = bytes.count();
    const std::uint64_t step = count < 0 ? ~static_cast<std::uint64_t>(count) + 1 : 1;
    if (step > kScale.buckets() - index) throw HdrFormatError("the histogram has too many buckets");
    if (count > 0) buckets.emplace_back(kScale.lower(index), static_cast<std::uint64_t>(count));
    index += step;
  }
  return buckets;
}

}  // namespace results
