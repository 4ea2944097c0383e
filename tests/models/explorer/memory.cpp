// The memory model's half of Execution: see execution.h.
#include <algorithm>
#include <cstring>

#include "tests/models/explorer/execution.h"

namespace models {
namespace {

bool acquires(Order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst || order == std::memory_order_consume;
}
bool releases(Order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace

void Execution::create(Location& location, std::uint64_t value) {
  location = Location{};
  if (width_ == View::kEntries) std::abort();  // a scene must be small: raise kEntries
  location.id = static_cast<std::uint16_t>(width_++);
  append(location, value, std::memory_order_relaxed, nullptr);
}

Order Execution::mutated(Operation operation, Order order, const Where& where) {
  if (record != nullptr) {
    record->insert({path_in_tree(where.file_name()), where.function_name(), where.line(),
                    where.column(), operation, order});
  }
  if (mutation.change == Change::Reorder && mutation.hits(operation, where)) return mutation.order;
  return order;
}

bool Execution::dropped(Operation operation, Order order, const Where& where) {
  if (record != nullptr) {
    record->insert({path_in_tree(where.file_name()), where.function_name(), where.line(),
                    where.column(), operation, order});
  }
  return mutation.change == Change::Drop && mutation.hits(operation, where);
}

const View* Execution::keep(const View& view) {
  auto* const kept = static_cast<View*>(arena_.take(sizeof(View)));
  std::memcpy(static_cast<void*>(kept), &view, width_ * sizeof(std::uint16_t));
  if (width_ < View::kEntries) {
    std::fill(kept->at.begin() + static_cast<std::ptrdiff_t>(width_), kept->at.end(),
              std::uint16_t{0});
  }
  return kept;
}

void Execution::append(Location& location, std::uint64_t value, Order order,
                       const View* inherited) {
  if (location.count == location.room) {
    const std::uint32_t room = location.room == 0 ? 8 : 2 * location.room;
    auto* const grown = static_cast<Stored*>(arena_.take(room * sizeof(Stored)));
    if (location.count != 0) std::copy_n(location.stores, location.count, grown);
    location.stores = grown;
    location.room = room;
  }
  Thread& self = threads_[running_];
  self.view.at[location.id] = static_cast<std::uint16_t>(location.count);
  const View* released = inherited;
  if (releases(order)) {
    tick();
    if (inherited == nullptr) {
      released = keep(self.view);
    } else {
      View both = self.view;
      both.join(*inherited, width_);
      released = keep(both);
    }
    tick();
  }
  if (order == std::memory_order_seq_cst) {
    location.seq_cst_floor = static_cast<std::uint16_t>(location.count);
  }
  location.stores[location.count++] = {value, released};
}

void Execution::read(Location& location, std::uint32_t index, Order order) noexcept {
  View& mine = threads_[running_].view;
  mine.at[location.id] = std::max(mine.at[location.id], static_cast<std::uint16_t>(index));
  const Stored& stored = location.stores[index];
  if (acquires(order) && stored.released != nullptr) mine.join(*stored.released, width_);
  if (order == std::memory_order_seq_cst) {
    location.seq_cst_floor = std::max(location.seq_cst_floor, static_cast<std::uint16_t>(index));
  }
}

std::uint64_t Execution::load(Location& location, Order order, const Where& where) {
  point();
  order = mutated(Operation::Load, order, where);
  const std::uint32_t newest = location.count - 1;
  std::uint32_t index = newest;
  if (running_ != 0 && stale_left_ != 0) {
    std::uint32_t oldest = view().at[location.id];
    if (order == std::memory_order_seq_cst) {
      oldest = std::max<std::uint32_t>(oldest, location.seq_cst_floor);
    }
    const std::uint32_t options = std::min<std::uint32_t>(newest - oldest + 1, 8);
    index = newest - choose(Kind::Value, options, nullptr);
    if (index != newest) --stale_left_;
  }
  read(location, index, order);
  log("load", location, location.stores[index].value, order, where, index);
  return location.stores[index].value;
}

void Execution::store(Location& location, std::uint64_t value, Order order, const Where& where) {
  point();
  if (dropped(Operation::Store, order, where)) return;
  order = mutated(Operation::Store, order, where);
  append(location, value, order, nullptr);
  log("store", location, value, order, where, location.count - 1);
}

bool Execution::begin_update(Location& location, Order& order, const Where& where, bool& split) {
  point();
  if (dropped(Operation::Update, order, where)) {
    read(location, location.count - 1, std::memory_order_relaxed);
    return false;
  }
  split = mutation.change == Change::Split && mutation.hits(Operation::Update, where);
  order = mutated(Operation::Update, order, where);
  return true;
}

void Execution::end_split(Location& location, std::uint64_t after, Order order,
                          const Where& where) {
  read(location, location.count - 1, order);
  point();
  append(location, after, order, nullptr);
  log("split update", location, after, order, where, location.count - 1);
}

void Execution::end_update(Location& location, std::uint64_t before, std::uint64_t after,
                           Order order, const Where& where, const char* what) {
  const std::uint32_t newest = location.count - 1;
  read(location, newest, order);
  append(location, after, order, location.stores[newest].released);
  if (tracing_) {
    log((std::string(what) + " " + std::to_string(before) + " ->").c_str(), location, after, order,
        where, location.count - 1);
  }
}

bool Execution::compare_exchange(Location& location, std::uint64_t& expected, std::uint64_t desired,
                                 bool weak, Order success, Order failure, const Where& where) {
  point();
  const std::uint32_t newest = location.count - 1;
  bool take = location.stores[newest].value == expected;
  const Order failed = mutated(Operation::Failure, failure, where);
  // A failure is a load: it may return any visible store whose value differs, and a weak one may
  // fail although the value is as expected.
  std::uint32_t index = newest;
  if (running_ != 0 && stale_left_ != 0) {
    std::uint32_t oldest = view().at[location.id];
    if (failed == std::memory_order_seq_cst) {
      oldest = std::max<std::uint32_t>(oldest, location.seq_cst_floor);
    }
    std::array<std::uint32_t, 8> indices{};
    unsigned options = 1;
    indices[0] = newest;
    for (std::uint32_t i = newest; i-- > oldest && options < 7;) {
      if (location.stores[i].value != expected) indices[options++] = i;
    }
    if (take && weak && spurious) indices[options++] = newest;
    const unsigned chosen = choose(Kind::Value, options, nullptr);
    index = indices[chosen];
    if (chosen != 0) {
      take = false;
      --stale_left_;
    }
  }
  if (take) {
    if (dropped(Operation::Update, success, where)) return true;
    const Order order = mutated(Operation::Update, success, where);
    if (mutation.change == Change::Split && mutation.hits(Operation::Update, where)) {
      end_split(location, desired, order, where);
      return true;
    }
    end_update(location, location.stores[location.count - 1].value, desired, order, where, "cas");
    return true;
  }
  read(location, index, failed);
  expected = location.stores[index].value;
  log("cas fails", location, expected, failed, where, index);
  return false;
}

}  // namespace models
