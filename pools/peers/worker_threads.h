// Plain threads for a peer that brings a queue but no threads. Throws std::system_error when not
// even one could be started; with fewer than asked for it goes on.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "pools/pool_config.h"

namespace pools {

class WorkerThreads {
 public:
  WorkerThreads(const PoolConfig& config, const std::function<void()>& body) {
    threads_.reserve(config.max_workers);
    for (std::uint32_t i = 0; i < config.max_workers; ++i) {
      try {
        threads_.push_back(config.thread_factory ? config.thread_factory(body) : std::thread(body));
      } catch (const std::exception&) {  // no thread, or no memory for one
        if (threads_.empty()) throw;
        break;
      }
    }
  }
  std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(threads_.size()); }
  void join() {
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace pools
