// The table of foreign pools that were found when this build was configured.
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

}  // namespace pools
