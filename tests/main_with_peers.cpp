// The main() of tests that want the foreign pools: added before the tests are made, which happens
// when GoogleTest is told its arguments.
#include <gtest/gtest.h>

#include "pools/peers/peers.h"

int main(int argc, char** argv) {
  pools::add_all_peers();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
