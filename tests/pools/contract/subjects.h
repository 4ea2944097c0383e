// What the contract tests run on: every row of the catalogs, once with its defaults and once for
// each knob turned away from its default, so that a new strategy or knob is tested without a line
// here.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "pools/catalog.h"
#include "pools/knobs.h"
#include "pools/make_pool.h"
#include "pools/pool.h"
#include "pools/pool_config.h"
#include "tests/pools/contract/gate.h"

namespace contract {

/// A configuration under test and a name fit for a test's.
struct Subject {
  std::string name;
  pools::PoolConfig config;
};
void PrintTo(const Subject& subject, std::ostream* out);

/// For INSTANTIATE_TEST_SUITE_P.
std::string subject_name(const testing::TestParamInfo<Subject>& test);

/// Every strategy with its defaults, three workers, unbounded, fixed.
std::vector<Subject> strategies();
/// The same, and every foreign pool of this build, of as many threads.
std::vector<Subject> every_pool();
/// Every strategy's, and each of its knobs turned: every other word, the flag flipped, a number at
/// both ends of its range.
std::vector<Subject> strategy_variants();
/// Every strategy with every sizing policy (and that one's variants), one to four workers.
std::vector<Subject> sizing_products();
/// Every strategy variant with a small queue and every on_full rule.
std::vector<Subject> bounded_products();
/// Every strategy with a small queue and every on_full rule, fixed, one worker.
std::vector<Subject> bounded_strategies();

/// Of these, the ones to which a test applies: for the others it is not made, rather than skipped.
/// `capability` is a member of pools::Capabilities.
std::vector<Subject> that_can(bool pools::Capabilities::*capability, std::vector<Subject> subjects);
/// Those whose submitters wait when the queue is full.
std::vector<Subject> that_block(std::vector<Subject> subjects);
/// Those whose workers do take each other's tasks: `push` can, but only when it is told to.
std::vector<Subject> that_steal(std::vector<Subject> subjects);
/// Those in which every idle worker can take every waiting task: not `push`, where it stays where
/// it was put, nor `batch`, where it stays with its batch.
std::vector<Subject> that_share(std::vector<Subject> subjects);

/// Under this rule every submit is accepted, and run.
bool keeps_all(pools::OnFull rule);
/// Under this one accepted tasks may be evicted.
bool gives_up(pools::OnFull rule);

/// Builds it with this many workers, fixed.
std::unique_ptr<pools::Pool> with_workers(const Subject& subject, std::uint32_t workers);

inline constexpr pools::Nanos kLong = std::chrono::duration_cast<pools::Nanos>(kPatience);

/// Waits until nothing is unsettled and checks that the ledger closes there.
void expect_quiet(pools::Pool& pool);
/// The ledger alone, of a pool that is quiet now.
void expect_closed(const pools::Ledger& ledger);

/// Threads of this process, from /proc/self/task.
std::size_t threads_now();

}  // namespace contract
