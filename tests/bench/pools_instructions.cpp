// One load for an instruction counter: pools_instructions POOL TASKS submits so many empty tasks
// from one thread to two workers and waits. The script `instructions` runs it under callgrind with
// two numbers of tasks; the difference is what a task costs, without start and stop.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "pools/peers/peers.h"
#include "tests/bench/candidate.h"
#include "tests/bench/loads.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: pools_instructions POOL TASKS\n", stderr);
    return 2;
  }
  try {
    pools::add_all_peers();
    const auto pool = bench::build(bench::candidate(argv[1]), 2);
    bench::external_submit(*pool, 1, std::strtoull(argv[2], nullptr, 10));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pools_instructions: %s\n", error.what());
    return 2;
  }
}
