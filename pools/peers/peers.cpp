#include "pools/peers/peers.h"

#include "pools/peers/peer_rows.h"

namespace pools {
namespace {

std::vector<PeerRow> found() {
  return {
#ifdef POOLLAB_HAVE_TBB
      tbb_task_group_row(),
      tbb_enqueue_row(),
#endif
#ifdef POOLLAB_HAVE_ASIO
      asio_row(),
#endif
#ifdef POOLLAB_HAVE_EIGEN
      eigen_row(),
#endif
#ifdef POOLLAB_HAVE_TASKFLOW
      taskflow_row(),
#endif
#ifdef POOLLAB_HAVE_MOODYCAMEL
      moodycamel_row(),
#endif
      std_priority_queue_row(),
      std_async_row(),
      thread_per_task_row(),
  };
}

std::vector<MissingPeer> missing() {
  return {
#ifndef POOLLAB_HAVE_TBB
      {"tbb_task_group", "libtbb-dev was not found, or this build is for ThreadSanitizer"},
      {"tbb_enqueue", "libtbb-dev was not found, or this build is for ThreadSanitizer"},
#endif
#ifndef POOLLAB_HAVE_ASIO
      {"asio", "libboost-dev was not found"},
#endif
#ifndef POOLLAB_HAVE_EIGEN
      {"eigen", "libeigen3-dev was not found"},
#endif
#ifndef POOLLAB_HAVE_TASKFLOW
      {"taskflow", "taskflow/taskflow.hpp was not found"},
#endif
#ifndef POOLLAB_HAVE_MOODYCAMEL
      {"moodycamel", "libconcurrentqueue-dev was not found, or this build is for ThreadSanitizer"},
#endif
  };
}

}  // namespace

void add_all_peers() { add_peers(found(), missing()); }

}  // namespace pools
