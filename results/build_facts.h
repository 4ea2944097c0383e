// Which build this is: commit, compiler, flags. The values are written by CMake into a generated
// source on every build; only what links target `build_facts` is relinked when HEAD moves.
#pragma once

#include "results/run_result.h"

namespace results {

const BuildFacts& build_facts();

}  // namespace results
