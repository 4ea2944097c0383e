#include "pools/engine/parking_lot.h"

namespace pools {

template class BasicParkingLot<RealSync>;

}  // namespace pools
