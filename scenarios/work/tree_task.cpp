#include "scenarios/work/tree_task.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "pools/blocking.h"
#include "pools/task_group.h"

namespace scenarios {
namespace {

/// How one waits who knows nothing of pools.
class Latch {
 public:
  /// Counts from its making to its end, in whatever way that comes.
  class Part {
   public:
    explicit Part(Latch& latch) : latch_(&latch) {
      const std::lock_guard lock(latch.mutex_);
      ++latch.parts_;
    }
    Part(Part&& other) noexcept : latch_(std::exchange(other.latch_, nullptr)) {}
    Part& operator=(Part&&) = delete;
    ~Part() {
      if (latch_ == nullptr) return;
      // Under the lock: who waits destroys the latch as soon as it can take it.
      const std::lock_guard lock(latch_->mutex_);
      if (--latch_->parts_ == 0) latch_->done_.notify_all();
    }

   private:
    Latch* latch_;
  };

  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return parts_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::uint64_t parts_ = 0;  // guarded by mutex_
};

}  // namespace

// A child that is refused is in the ledger; what would have come of it never exists.
void TreeTask::join() const {
  const Tree tree = request_->work.tree();
  if (tree.join == Join::Help) {
    pools::TaskGroup group(request_->pool);
    for (std::uint32_t i = 0; i < tree.fanout; ++i) {
      static_cast<void>(group.run(TreeTask(request_, below_ - 1), request_->options));
    }
    static_cast<void>(group.wait());
    return;
  }
  Latch latch;
  for (std::uint32_t i = 0; i < tree.fanout; ++i) {
    static_cast<void>(request_->pool.submit(
        [child = TreeTask(request_, below_ - 1), part = Latch::Part(latch)] { child(); },
        request_->options));
  }
  std::optional<pools::Blocking> scope;
  if (tree.join == Join::Block) scope.emplace();
  latch.wait();
}

}  // namespace scenarios
