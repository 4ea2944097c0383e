#include <cerrno>
#include <ctime>

#include "scenarios/work/kinds.h"

namespace scenarios {
namespace {

class SleepWork final : public Work {
 public:
  void perform(pools::Nanos service) const override {
    constexpr pools::Nanos::rep kSecond = 1'000'000'000;
    timespec left{};
    left.tv_sec = static_cast<std::time_t>(service.count() / kSecond);
    left.tv_nsec = static_cast<long>(service.count() % kSecond);
    // A signal cuts the sleep short; the kernel leaves the rest in `left`.
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }
};

}  // namespace

WorkRow sleep_work() {
  return {
      .name = "sleep",
      .summary =
          "waits without a core, as for a disk or a remote service; about 50 us longer than"
          " asked, the kernel's timer slack",
      .knobs = {},
      .get = [](const pools::Settings&) -> const Work& {
        static const SleepWork kWork;
        return kWork;
      },
  };
}

}  // namespace scenarios
