// The table of foreign pools that were found when this build was configured, and of the others.
#include "pools/catalog.h"
#include "pools/peers/peer_rows.h"

namespace pools {

const std::vector<PeerRow>& peer_catalog() {
  static const std::vector<PeerRow> kRows = {
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
  return kRows;
}

const std::vector<MissingPeer>& missing_peers() {
  static const std::vector<MissingPeer> kRows = {
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
  return kRows;
}

}  // namespace pools
