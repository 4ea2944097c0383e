#include "tests/bench/native.h"

#ifdef POOLLAB_HAVE_TBB
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#endif

namespace bench {
namespace {

#ifdef POOLLAB_HAVE_TBB
std::uint64_t tbb_fib(int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  std::uint64_t left = 0;
  tbb::task_group group;
  group.run([&left, n] { left = tbb_fib(n - 1); });
  const std::uint64_t right = tbb_fib(n - 2);
  group.wait();
  return left + right;
}

class Tbb final : public Native {
 public:
  explicit Tbb(std::uint32_t workers) : arena_(static_cast<int>(workers)) {}
  std::uint64_t fib(int n) override {
    std::uint64_t value = 0;
    arena_.execute([&] { value = tbb_fib(n); });
    return value;
  }
  void loops(std::uint64_t items) override {
    arena_.execute([items] {
      for (std::uint64_t done = 0; done < items; done += 1'000) {
        // The asm keeps the compiler from removing the loop over a range's items.
        tbb::parallel_for(0, 1'000, [](int i) { asm volatile("" : : "r"(i)); });
      }
    });
  }

 private:
  tbb::task_arena arena_;  // the calling thread is one of its workers
};
#endif

}  // namespace

std::unique_ptr<Native> make_native(std::string_view peer, std::uint32_t workers) {
#ifdef POOLLAB_HAVE_TBB
  if (peer == "tbb_task_group") return std::make_unique<Tbb>(workers);
#endif
  static_cast<void>(peer);
  static_cast<void>(workers);
  return nullptr;
}

}  // namespace bench
