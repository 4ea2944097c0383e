#include "lab/cli/progress_line.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/terminal.h"

namespace lab::cli {
namespace {

std::string bar(double share, std::size_t width, const TextStyle& style) {
  const auto done = static_cast<std::size_t>(
      std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(width)));
  std::string filled;
  std::string empty;
  for (std::size_t i = 0; i < width; ++i) {
    if (i < done) {
      filled += style.symbol("━", "#");
    } else {
      empty += style.symbol("─", "-");
    }
  }
  return style.paint(Tone::Accent, filled) + style.paint(Tone::Dim, empty);
}

std::string time_left(const SessionProgress& progress) {
  const auto whole = static_cast<long>(std::ceil(progress.left_s));
  return fmt::format("{}:{:02} left", whole / 60, whole % 60);
}

}  // namespace

std::string progress_text(const SessionProgress& progress, const TextStyle& style) {
  const std::size_t width = style.width == 0 ? 80 : style.width - 1;
  constexpr std::size_t kName = 12;
  const std::string name = clipped(progress.title, kName, style);
  const std::string phase = clipped(progress.phase, kName, style);
  const std::string place = fmt::format("{}/{}", progress.trial + 1, progress.trials);
  const std::string percent =
      fmt::format("{:3.0f} % {:>11}", 100 * progress.share, time_left(progress));
  std::string figures = fmt::format("{:>9}/s", grouped(progress.throughput_per_s, 0));
  if (progress.p99_us > 0) figures += "  p99 " + duration_text(progress.p99_us, style);

  // Fixed widths, so that nothing jumps while the figures change.
  const std::string left =
      fmt::format("  {} {}{} {}{} ", place, name, std::string(kName - columns(name), ' '), phase,
                  std::string(kName - columns(phase), ' '));
  constexpr std::size_t kFigures = 26;
  constexpr std::size_t kBar = 4;  // at the least
  const std::size_t fixed = columns(left) + 1 + columns(percent) + 1;
  if (width < fixed + kBar) return clipped(left, width, style);
  const bool with_figures = width >= fixed + kFigures + kBar;
  const std::size_t room = width - fixed - (with_figures ? kFigures : 0);
  std::string line = fmt::format(
      "  {} {}{} {}{} ", style.paint(Tone::Dim, place), style.paint(Tone::Strong, name),
      std::string(kName - columns(name), ' '), phase, std::string(kName - columns(phase), ' '));
  line += bar(progress.share, std::min<std::size_t>(room, 40), style) + " " + percent;
  if (with_figures) line += " " + style.paint(Tone::Dim, clipped(figures, kFigures, style));
  return line;
}

ProgressLine::ProgressLine(bool wanted) : visible_(wanted && error_is_terminal()) {}

ProgressLine::~ProgressLine() { erase(); }

void ProgressLine::show(const SessionProgress& progress) {
  if (!visible_) return;
  // The style is asked for each time: the user may resize the terminal.
  print_error("\r" + progress_text(progress, error_style()) + "\x1b[K");
  drawn_ = true;
}

void ProgressLine::erase() {
  if (drawn_) print_error("\r\x1b[K");
  drawn_ = false;
}

}  // namespace lab::cli
