// One cell of type T for each thread that touches an object, so that what many outside threads
// write (counters, free lists) needs no lock and shares no cache line. A thread that ends leaves
// its cell, contents included, to the next newcomer, so there are as many cells as threads were
// ever alive at once.
//
// mine() may be called by any thread and returns a cell only that thread uses. for_each() may be
// called by any thread; T's members must bear being read while their owner writes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pools {

template <typename T>
class PerThread {
 public:
  PerThread() : list_(std::make_shared<List>()), serial_(next_serial()) {}

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
  struct alignas(64) Cell {
    T value{};
    Cell* next = nullptr;
    std::atomic<bool> claimed{true};
  };

  /// Only grows until it dies. Shared with the threads' own books only weakly.
  class List {
   public:
    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() {
      for (Cell* cell = first(); cell != nullptr;) delete std::exchange(cell, cell->next);
    }
    Cell* first() const noexcept {
      // acquire: pairs with the release in claim(); makes the new cell's fields visible.
      return first_.load(std::memory_order_acquire);
    }
    Cell* claim() {
      for (Cell* cell = first(); cell != nullptr; cell = cell->next) {
        bool taken = false;
        // acquire: pairs with the release of the thread that left it: its contents are ours now.
        if (cell->claimed.compare_exchange_strong(taken, true, std::memory_order_acquire,
                                                  std::memory_order_relaxed)) {
          return cell;
        }
      }
      auto* const cell = new Cell;
      cell->next = first_.load(std::memory_order_relaxed);
      while (!first_.compare_exchange_weak(cell->next, cell, std::memory_order_release,
                                           std::memory_order_relaxed)) {
      }
      return cell;
    }

   private:
    std::atomic<Cell*> first_{nullptr};
  };

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
  struct Book {
    std::vector<Entry> entries;
    ~Book() {
      for (Entry& entry : entries) {
        if (const auto list = entry.list.lock()) {
          entry.cell->claimed.store(false, std::memory_order_release);
        }
      }
      last_used() = {};
    }
  };

  static Last& last_used() noexcept {
    thread_local Last last;
    return last;
  }
  static std::uint64_t next_serial() noexcept {
    static std::atomic<std::uint64_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
  }

  T& find_or_claim() {
    thread_local Book book;
    for (const Entry& entry : book.entries) {
      if (entry.serial == serial_) {
        last_used() = {serial_, &entry.cell->value};
        return entry.cell->value;
      }
    }
    std::erase_if(book.entries, [](const Entry& entry) { return entry.list.expired(); });
    book.entries.reserve(book.entries.size() + 1);  // so that no claimed cell can be lost
    Cell* cell = list_->claim();
    book.entries.push_back({serial_, list_, cell});
    last_used() = {serial_, &cell->value};
    return cell->value;
  }

  const std::shared_ptr<List> list_;
  const std::uint64_t serial_;  // never reused, unlike an address
};

}  // namespace pools
