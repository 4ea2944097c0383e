// Seeded bugs by rule: one operation, known by the line of the shipping code it stands in, gets a
// weaker memory order, is left out, or loses its atomicity. A set of scenes that still passes then
// does not test that operation.
#pragma once

#include <atomic>
#include <cstdint>
#include <source_location>
#include <string>
#include <tuple>
#include <vector>

namespace models {

enum class Operation : std::uint8_t { Load, Store, Update, Failure, Wake };

/// A source file's path from the root of the tree. The same header may have been compiled under
/// different names for that root, for instance where a compiler cache rewrites paths.
const char* path_in_tree(const char* path) noexcept;

/// Where an operation stands, the file as path_in_tree() gives it.
struct Site {
  std::string file;
  std::string function;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  Operation operation = Operation::Load;
  std::memory_order order = std::memory_order_relaxed;

  /// By place: what is compiled several times, for several types, is one site.
  bool operator<(const Site& other) const {
    return std::tie(file, line, column, operation) <
           std::tie(other.file, other.line, other.column, other.operation);
  }
};

enum class Change : std::uint8_t { None, Reorder, Drop, Split };

struct Mutation {
  Site site;
  Change change = Change::None;
  std::memory_order order = std::memory_order_relaxed;  ///< for Reorder

  bool hits(Operation operation, const std::source_location& where) const noexcept;
};

/// All that can be done to an operation, the mildest change of each kind first: every order one
/// step weaker in each direction and down to relaxed; stores, updates and wakes left out; updates
/// split into a load and a store.
std::vector<Mutation> mutations_of(const Site& site);

const char* name_of(std::memory_order order) noexcept;
std::string describe(const Mutation& mutation);

}  // namespace models
