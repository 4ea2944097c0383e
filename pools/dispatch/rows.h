// The rows of the dispatch catalog, one per strategy, each defined in the strategy's own file.
// To add one: write its .cpp, declare its row here, list it in catalog.cpp and CMakeLists.txt.
#pragma once

#include "pools/catalog.h"

namespace pools {

const DispatchRow& pull_row();
const DispatchRow& push_row();
const DispatchRow& stealing_row();
const DispatchRow& priority_row();
const DispatchRow& batch_row();

}  // namespace pools
