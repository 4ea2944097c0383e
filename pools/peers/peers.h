// How a program offers foreign pools besides our strategies.
#pragma once

namespace pools {

/// Adds every foreign pool that was found when this build was configured to this program's catalog,
/// and says which were not. As add_peers() (catalog.h): once, at the program's start.
void add_all_peers();

}  // namespace pools
