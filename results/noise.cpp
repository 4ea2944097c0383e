#include "results/noise.h"

namespace results {
namespace {

struct CauseWords {
  std::string_view name;
  std::string_view words;
};

// In the order of the enumeration.
constexpr CauseWords kWords[kCauses] = {
    {"none", "slow for no cause that was seen"},
    {"own_work", "that long by themselves"},
    {"generator_late", "sent late"},
    {"spawned", "submitted late by another task"},
    {"queue_full", "kept out by a full queue"},
    {"queued", "behind many others"},
    {"long_task", "behind a long task"},
    {"scaling", "waiting for more workers"},
    {"woken_late", "waiting for an idle worker to come"},
    {"not_on_cpu", "waiting for a core that the process itself used"},
    {"others", "waiting for a core that other processes used"},
    {"stolen", "waiting for a core that the hypervisor took"},
    {"throttled", "held back by a CPU quota"},
    {"page_faults", "waiting for memory"},
    {"hiccup", "caught by a stop of the machine"},
};

const CauseWords& row_of(Cause cause) noexcept { return kWords[static_cast<std::size_t>(cause)]; }

}  // namespace

std::string_view cause_name(Cause cause) noexcept { return row_of(cause).name; }
std::string_view cause_words(Cause cause) noexcept { return row_of(cause).words; }

}  // namespace results
