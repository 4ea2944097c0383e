# find_package(poollab) in a user's project: gives poollab::pools.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/poollabTargets.cmake)
