// Do two of the cores share what computes? The system's own word for it (SMT) is silent in a
// virtual machine, whose host may run two of its cores on one.
#pragma once

namespace lab {

/// The speed that is left of one core while another computes as well, of the pair that slow each
/// other down the most, and which they are. 1: none do, or there are not two.
struct PairSpeed {
  double share = 1;
  int first = -1;
  int second = -1;
};

/// Takes about 40 ms a core and uses two at a time; the first usable one beside each other one.
PairSpeed probe_pairs();

}  // namespace lab
