#include "tests/bench/eigen_tensor.h"

#ifdef POOLLAB_HAVE_EIGEN
#define EIGEN_USE_THREADS
#include <unsupported/Eigen/CXX11/Tensor>
#endif

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "pools/clock.h"
#include "pools/this_worker.h"
#include "tests/bench/loads.h"

namespace bench {

#ifdef POOLLAB_HAVE_EIGEN
namespace {

/// One of our pools as Eigen wants to see it.
class PoolForEigen final : public Eigen::ThreadPoolInterface {
 public:
  explicit PoolForEigen(pools::Pool& pool) : pool_(pool) {}
  void Schedule(std::function<void()> body) override {
    if (pool_.submit(std::move(body)) != pools::SubmitStatus::Accepted) {
      throw std::runtime_error("a task was refused");
    }
  }
  int NumThreads() const override { return static_cast<int>(pool_.config().max_workers); }
  int CurrentThreadId() const override {
    const pools::ThisWorker me = pools::this_worker();
    return me.pool == &pool_ ? static_cast<int>(me.id) : -1;
  }

 private:
  pools::Pool& pool_;
};

TensorCost evaluate(Eigen::ThreadPoolInterface& threads, std::uint32_t evaluations) {
  constexpr Eigen::Index kSide = 400;
  using Matrix = Eigen::Tensor<float, 2>;
  const Eigen::ThreadPoolDevice device(&threads, threads.NumThreads());
  Matrix a(kSide, kSide), b(kSide, kSide), c(kSide, kSide);
  a.setConstant(1.5F);
  b.setConstant(0.25F);
  const auto once = [&] { c.device(device) = a * b + a - b * 0.5F; };
  for (int warm = 0; warm < 20; ++warm) once();
  const double cpu = cpu_seconds();
  const pools::Instant start = pools::Clock::now();
  for (std::uint32_t i = 0; i < evaluations; ++i) once();
  const double seconds = std::chrono::duration<double>(pools::Clock::now() - start).count();
  const double used = cpu_seconds() - cpu;
  if (c(kSide - 1, kSide - 1) != 1.75F) throw std::runtime_error("the expression came out wrong");
  return {seconds * 1e6 / evaluations, used / seconds};
}

}  // namespace

bool has_eigen_tensor() noexcept { return true; }

TensorCost eigen_tensor(const Candidate& candidate, std::uint32_t workers,
                        std::uint32_t evaluations) {
  const auto pool = build(candidate, workers);
  if (candidate.config.dispatch.name == "eigen") {
    const bool spin = pool->config().dispatch.settings.flag("spin");
    Eigen::ThreadPool own(static_cast<int>(workers), spin);
    return evaluate(own, evaluations);
  }
  PoolForEigen threads(*pool);
  return evaluate(threads, evaluations);
}
#else
bool has_eigen_tensor() noexcept { return false; }

TensorCost eigen_tensor(const Candidate&, std::uint32_t, std::uint32_t) {
  throw std::logic_error("Eigen's Tensor module was not found");
}
#endif

}  // namespace bench
