#include <cerrno>
#include <ctime>

#include "pools/blocking.h"
#include "scenarios/work/kinds.h"

namespace scenarios {
namespace {

class SleepWork : public Work {
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

class BlockingWork final : public SleepWork {
 public:
  void perform(pools::Nanos service) const override {
    const pools::Blocking scope;
    SleepWork::perform(service);
  }
};

}  // namespace

WorkRow sleep_work() {
  return {
      .name = "sleep",
      .summary =
          "waits without a core, as for a disk or a remote service; about 50 us longer than"
          " asked, the kernel's timer slack",
      .knobs = {{.name = "blocking",
                 .fallback = false,
                 .unit = {},
                 .choices = {},
                 .help = "tells the pool (pools::Blocking), which then has one more worker within"
                         " its maximum"}},
      .get = [](const pools::Settings& settings) -> const Work& {
        static const SleepWork kWork;
        static const BlockingWork kBlocking;
        if (settings.flag("blocking")) return kBlocking;
        return kWork;
      },
  };
}

}  // namespace scenarios
