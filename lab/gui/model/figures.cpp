#include "lab/gui/model/figures.h"

#include <algorithm>

#include "results/sign_test.h"

namespace lab::gui {

namespace {

using Blocks = std::vector<const BlockFigures*>;

/// Of the blocks that have it.
template <typename Value>
double median_of(const Blocks& blocks, Value value) {
  std::vector<double> values;
  for (const BlockFigures* block : blocks) {
    if (const double one = value(*block); std::isfinite(one)) values.push_back(one);
  }
  return values.empty() ? NAN : results::median(std::move(values));
}

double median_of(const Blocks& blocks, double Figures::*field) {
  return median_of(blocks, [field](const BlockFigures& block) { return block.figures.*field; });
}

Figures median_figures(const Blocks& blocks) {
  Figures all;
  for (double Figures::*field :
       {&Figures::throughput_per_s, &Figures::max_ns, &Figures::refused_share, &Figures::steals,
        &Figures::workers, &Figures::busy_share}) {
    all.*field = median_of(blocks, field);
  }
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    all.percentile_ns[i] = median_of(
        blocks, [i](const BlockFigures& block) { return block.figures.percentile_ns[i]; });
    all.percentile_at_least[i] = std::ranges::any_of(
        blocks, [i](const BlockFigures* block) { return block->figures.percentile_at_least[i]; });
  }
  all.max_at_least = std::ranges::any_of(
      blocks, [](const BlockFigures* block) { return block->figures.max_at_least; });
  return all;
}

/// Curves have their points at the same percentiles and differ in how far they reach: as far as
/// half of them do.
PercentileCurve median_curve(const Blocks& blocks) {
  const auto longest = *std::ranges::max_element(
      blocks, {}, [](const BlockFigures* block) { return block->curve.nines.size(); });
  PercentileCurve all;
  for (std::size_t i = 0; i < longest->curve.nines.size(); ++i) {
    std::vector<double> values;
    for (const BlockFigures* block : blocks) {
      if (i < block->curve.nines.size()) values.push_back(block->curve.response_ns[i]);
    }
    if (2 * values.size() < blocks.size()) break;
    all.nines.push_back(longest->curve.nines[i]);
    all.response_ns.push_back(results::median(std::move(values)));
  }
  return all;
}

}  // namespace

BlockFigures medians(const std::vector<BlockFigures>& blocks) {
  Blocks counted;
  for (const BlockFigures& block : blocks) {
    if (block.counts()) counted.push_back(&block);
  }
  if (counted.size() == 1) return *counted.front();
  BlockFigures all;
  if (counted.empty()) {
    if (blocks.size() == 1) return blocks.front();
    for (const BlockFigures& block : blocks) counted.push_back(&block);
    all.valid = blocks.back().valid;
    all.cut_short = blocks.back().cut_short;
  }
  all.block = counted.back()->block;
  all.figures = median_figures(counted);
  all.curve = median_curve(counted);
  return all;
}

}  // namespace lab::gui
