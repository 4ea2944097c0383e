#include "lab/cli/doctor_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace lab::cli {
namespace {

Tone tone_of(Fitness fitness) {
  if (fitness == Fitness::Good) return Tone::Good;
  return fitness == Fitness::Fair ? Tone::Doubt : Tone::Bad;
}

const char* conclusion(Fitness fitness) {
  switch (fitness) {
    case Fitness::Good:
      return "Fit to measure on.";
    case Fitness::Fair:
      return "Fit for comparisons in blocks (--repeat 10 and more); single runs mislead.";
    case Fitness::Poor:
      break;
  }
  return "Not fit for figures to rely on: mend what is poor first.";
}

}  // namespace

std::string doctor_text(const std::vector<Finding>& findings, const TextStyle& style) {
  std::size_t width = 0;
  for (const Finding& one : findings) width = std::max(width, columns(one.about));
  std::string text;
  const std::string indent(width + 10, ' ');
  for (const Finding& one : findings) {
    std::string found = wrapped(one.found, style.width, indent);
    found.replace(
        0, indent.size(),
        fmt::format("  {}  {}{}  ", style.paint(tone_of(one.fitness), fitness_name(one.fitness)),
                    style.paint(Tone::Strong, one.about),
                    std::string(width - columns(one.about), ' ')));
    text += found + "\n";
    if (!one.advice.empty()) {
      text += style.paint(Tone::Dim, wrapped(one.advice, style.width, indent)) + "\n";
    }
  }
  return text + "\n" + conclusion(overall(findings)) + "\n";
}

}  // namespace lab::cli
