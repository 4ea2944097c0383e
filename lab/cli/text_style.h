// How text for a terminal (or a pipe) is dressed: colours, characters beyond ASCII, width. Plain
// values, so that everything that is printed can be tested as a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lab::cli {

enum class Tone : std::uint8_t { Plain, Strong, Dim, Good, Bad, Doubt, Accent };

struct TextStyle {
  bool colour = false;
  bool unicode = false;   ///< may use characters beyond ASCII
  std::size_t width = 0;  ///< columns; 0: as wide as it needs

  std::string paint(Tone tone, std::string_view text) const;
  /// `fancy` where the terminal shows it, else `plain`.
  std::string_view symbol(std::string_view fancy, std::string_view plain) const noexcept {
    return unicode ? fancy : plain;
  }
};

/// Columns that UTF-8 text takes (one per code point: we print no wide ones).
std::size_t columns(std::string_view text) noexcept;
/// Cut to `width` columns, the last of them an ellipsis when something was cut.
std::string clipped(std::string_view text, std::size_t width, const TextStyle& style);
/// Broken at spaces into lines of at most `width` columns (0: one line).
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

}  // namespace lab::cli
