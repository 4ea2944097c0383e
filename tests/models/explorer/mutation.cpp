#include "tests/models/explorer/mutation.h"

#include <cstring>

namespace models {
namespace {

std::vector<std::memory_order> weaker(Operation operation, std::memory_order order) {
  const bool loads = operation != Operation::Store;
  const bool stores = operation == Operation::Store || operation == Operation::Update;
  std::vector<std::memory_order> out;
  switch (order) {
    case std::memory_order_seq_cst:
      if (loads && stores) out.push_back(std::memory_order_acq_rel);
      if (!(loads && stores)) {
        out.push_back(loads ? std::memory_order_acquire : std::memory_order_release);
      }
      break;
    case std::memory_order_acq_rel:
      out.push_back(std::memory_order_acquire);
      out.push_back(std::memory_order_release);
      break;
    case std::memory_order_acquire:
    case std::memory_order_consume:
    case std::memory_order_release:
      out.push_back(std::memory_order_relaxed);
      break;
    case std::memory_order_relaxed:
      break;
  }
  if (!out.empty() && out.back() != std::memory_order_relaxed) {
    out.push_back(std::memory_order_relaxed);
  }
  return out;
}

}  // namespace

const char* path_in_tree(const char* path) noexcept {
  const char* found = path;
  for (const char* at = path; (at = std::strchr(at, '/')) != nullptr;) {
    ++at;
    if (std::strncmp(at, "pools/", 6) == 0 || std::strncmp(at, "tests/", 6) == 0) found = at;
  }
  return found;
}

bool Mutation::hits(Operation operation, const std::source_location& where) const noexcept {
  return change != Change::None && operation == site.operation && where.line() == site.line &&
         where.column() == site.column &&
         std::strcmp(path_in_tree(where.file_name()), site.file.c_str()) == 0;
}

std::vector<Mutation> mutations_of(const Site& site) {
  std::vector<Mutation> out;
  for (const std::memory_order order : weaker(site.operation, site.order)) {
    out.push_back({site, Change::Reorder, order});
  }
  const bool writes = site.operation == Operation::Store || site.operation == Operation::Update;
  if (writes || site.operation == Operation::Wake) out.push_back({site, Change::Drop});
  if (site.operation == Operation::Update) out.push_back({site, Change::Split});
  return out;
}

const char* name_of(std::memory_order order) noexcept {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_consume:
      return "consume";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
  }
  return "?";
}

std::string describe(const Mutation& mutation) {
  switch (mutation.change) {
    case Change::None:
      return "as it is";
    case Change::Drop:
      return "left out";
    case Change::Split:
      return "not atomic";
    case Change::Reorder:
      break;
  }
  return std::string(mutation.site.operation == Operation::Failure ? "on failure " : "") +
         name_of(mutation.site.order) + " -> " + name_of(mutation.order);
}

}  // namespace models
