// Token bucket: so many tasks a second on average, and `burst` of them at once after a pause.
// Tokens come in at the rate, at most `burst` of them; a task takes one or is refused.
#include <algorithm>

#include "pools/policies/admission/rows.h"

namespace pools {
namespace {

class TokenBucket final : public AdmissionPolicy {
 public:
  TokenBucket(double rate_per_s, double burst)
      : per_ns_(rate_per_s * 1e-9), burst_(burst), tokens_(burst) {}

  Entry admit(const Arriving& task) override {
    // Submitters read the clock before they come here: one may be a little earlier than the last.
    const Nanos passed = std::max(Nanos{0}, Nanos{task.at - at_});
    tokens_ = std::min(burst_, tokens_ + static_cast<double>(passed.count()) * per_ns_);
    at_ = std::max(at_, task.at);
    if (tokens_ < 1) return {.admitted = false};
    tokens_ -= 1;
    return {};
  }

 private:
  const double per_ns_;
  const double burst_;
  double tokens_;
  Instant at_{};
};

}  // namespace

const AdmissionRow& token_bucket_row() {
  static const AdmissionRow kRow{
      .name = "token_bucket",
      .summary = "refuses what comes faster than a rate, but for a burst",
      .refusal = SubmitStatus::RateLimited,
      .knobs = {{.name = "rate_per_s",
                 .fallback = 0.0,
                 .unit = "tasks/s",
                 .low = 0.001,
                 .high = 1e9,
                 .choices = {},
                 .help = "tasks let in on average",
                 .required = true},
                {.name = "burst",
                 .fallback = 1.0,
                 .unit = "tasks",
                 .low = 1,
                 .high = 1e9,
                 .choices = {},
                 .help = "tasks let in at once after a pause"}},
      .make = [](const Settings& settings, std::uint16_t) -> std::unique_ptr<AdmissionPolicy> {
        return std::make_unique<TokenBucket>(settings.real("rate_per_s"), settings.real("burst"));
      }};
  return kRow;
}

}  // namespace pools
