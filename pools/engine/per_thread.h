// One cell of type T for each thread that touches an object, so that what many outside threads
// write (counters, free lists) needs no lock and shares no cache line. A thread that ends leaves
// its cell, contents included, to the next newcomer, so there are as many cells as threads were
// ever alive at once.
//
// mine() may be called by any thread, until its very end (thread_end.h), and returns a cell only
// that thread uses. for_each() may be called by any thread; T's members must bear being read while
// their owner writes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "pools/engine/thread_end.h"

namespace pools {

/// The cells themselves: a list that only grows until it dies. Templated on its atomics so that the
/// model checker runs this very code.
template <typename T, template <typename> class Atomic = std::atomic>
class CellList {
 public:
  struct alignas(64) Cell {
    T value{};
    Cell* next = nullptr;

    /// Leaves the cell, contents included, to the next newcomer.
    void give_back() noexcept {
      // release: pairs with the acquire in claim(); the next owner goes on where this one stopped.
      claimed_.store(false, std::memory_order_release);
    }

   private:
    friend class CellList;
    Atomic<bool> claimed_{true};
  };

  CellList() = default;
  CellList(const CellList&) = delete;
  CellList& operator=(const CellList&) = delete;
  ~CellList() {
    for (Cell* cell = first(); cell != nullptr;) delete std::exchange(cell, cell->next);
  }

  Cell* first() const noexcept {
    // seq_cst, here and in claim(): a submitter links its cell, counts in it and looks at the
    // phase; a shutdown raises the phase and looks through the cells. It must not miss a new cell
    // whose owner missed the phase (shutdown_phase.h). Also acquires the new cell's fields.
    return first_.load(std::memory_order_seq_cst);
  }

  Cell* claim() {
    for (Cell* cell = first(); cell != nullptr; cell = cell->next) {
      bool taken = false;
      // acquire: pairs with give_back(); its contents are ours now.
      if (cell->claimed_.compare_exchange_strong(taken, true, std::memory_order_acquire,
                                                 std::memory_order_relaxed)) {
        return cell;
      }
    }
    auto* const cell = new Cell;
    cell->next = first_.load(std::memory_order_relaxed);
    while (!first_.compare_exchange_weak(cell->next, cell, std::memory_order_seq_cst,
                                         std::memory_order_relaxed)) {
    }
    return cell;
  }

 private:
  Atomic<Cell*> first_{nullptr};
};

template <typename T>
class PerThread {
 public:
  PerThread() : list_(std::make_shared<List>()), serial_(next_serial()) {}

  /// Throws std::bad_alloc, but not where the thread was here before.
  T& mine() {
    Last& last = last_used();
    if (last.serial == serial_) [[likely]]
      return *last.value;
    return find_or_claim();
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (Cell* cell = list_->first(); cell != nullptr; cell = cell->next) visit(cell->value);
  }

 private:
  using List = CellList<T>;
  using Cell = typename List::Cell;

  struct Last {
    std::uint64_t serial = 0;
    T* value = nullptr;
  };
  struct Entry {
    std::uint64_t serial;
    std::weak_ptr<List> list;
    Cell* cell;
  };
  /// What one thread holds of all objects; gives the cells back when the thread ends.
  struct Book final : ThreadEnd {
    std::vector<Entry> entries;
    ~Book() override {
      for (Entry& entry : entries) {
        if (const auto list = entry.list.lock()) {
          entry.cell->give_back();
        }
      }
      last_used() = {};
      own_book() = nullptr;  // who comes even later begins a new one
    }
  };

  static Last& last_used() noexcept {
    thread_local constinit Last last;
    return last;
  }
  static Book*& own_book() noexcept {
    thread_local constinit Book* book = nullptr;
    return book;
  }
  static std::uint64_t next_serial() noexcept {
    static std::atomic<std::uint64_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
  }

  T& find_or_claim() {
    if (own_book() == nullptr) own_book() = new Book;
    std::vector<Entry>& entries = own_book()->entries;
    for (const Entry& entry : entries) {
      if (entry.serial == serial_) {
        last_used() = {serial_, &entry.cell->value};
        return entry.cell->value;
      }
    }
    std::erase_if(entries, [](const Entry& entry) { return entry.list.expired(); });
    entries.reserve(entries.size() + 1);  // so that no claimed cell can be lost
    Cell* cell = list_->claim();
    entries.push_back({serial_, list_, cell});
    last_used() = {serial_, &cell->value};
    return cell->value;
  }

  const std::shared_ptr<List> list_;
  const std::uint64_t serial_;  // never reused, unlike an address
};

}  // namespace pools
