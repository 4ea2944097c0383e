// What a user of Eigen gains or loses by giving it one of our pools: a Tensor expression evaluated
// on a ThreadPoolDevice. Small ones are a parallel loop with a barrier, from outside, every few
// microseconds.
#pragma once

#include <cstdint>

#include "tests/bench/candidate.h"

namespace bench {

struct TensorCost {
  double us = 0;     ///< wall time of an evaluation
  double cores = 0;  ///< CPU time of the whole process per second of it
};

/// Whether Eigen's Tensor module was found.
bool has_eigen_tensor() noexcept;

/// `evaluations` of an elementwise expression of 400 x 400 floats on `workers` threads of the
/// candidate; of Eigen's own thread pool, without anything of ours around it, where that is it.
/// Requires: has_eigen_tensor().
TensorCost eigen_tensor(const Candidate& candidate, std::uint32_t workers,
                        std::uint32_t evaluations);

}  // namespace bench
