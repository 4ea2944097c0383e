#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/cli/summary.h"
#include "tests/results/made_up.h"

namespace lab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace made_up = results::made_up;

results::RunResult result_of(std::vector<results::Trial> trials) {
  results::RunResult result;
  result.scenario.name = "made-up";
  result.scenario.phases = {{"calm", scenarios::Seconds{1}}, {"burst", scenarios::Seconds{1}}};
  result.scenario.classes = {"task"};
  result.trials = std::move(trials);
  return result;
}

results::Trial disturbed(const std::string& pool) {
  results::Trial trial = made_up::trial(pool);
  made_up::disturb(trial);
  return trial;
}

TEST(SummarySlowest, SaysWhatMadeThemSlow) {
  const results::RunResult result = result_of({disturbed("pull"), made_up::trial("push")});
  EXPECT_EQ(slowest_text(result, 0, {}),
            "\nslowest tasks\n"
            "  pull: of the 4 slowest 2 were behind many others, 1 waiting for a core that other "
            "processes used, 1 sent late\n");
  EXPECT_THAT(summary_text(result, {}), HasSubstr("\nslowest tasks\n  pull: of the 4 slowest"));
}

TEST(SummarySlowest, NamesThoseThatAreAskedFor) {
  EXPECT_EQ(
      slowest_text(result_of({disturbed("pull")}), 3, {}),
      "\nslowest tasks\n"
      "  pull: of the 4 slowest 2 were behind many others, 1 waiting for a core that other "
      "processes used, 1 sent late\n"
      "    5.30 ms in burst, due at 1.601 s, worker 1: waited 5 ms; worker 1 was busy with others, "
      "up to 48 tasks waited\n"
      "    4.10 ms in burst, due at 1.700 s, worker 0: ran 4.1 ms instead of 300 us; in these 500 "
      "ms worker 0 waited 15 ms for a core; other processes used 30 ms\n"
      "    3.20 ms in calm, due at 0.900 s: sent 3.1 ms late\n");
}

TEST(SummarySlowest, FitsTheTerminal) {
  const std::string text = slowest_text(result_of({disturbed("pull")}), 20, {.width = 60});
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 60U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(SummarySlowest, OfSeveralBlocksTheTrialsCountTogetherAndOnlyWhenAsked) {
  results::Trial second = disturbed("pull");
  second.block = 1;
  results::Trial push = disturbed("push");
  results::Trial push_again = disturbed("push");
  push_again.block = 1;
  const results::RunResult result = result_of({disturbed("pull"), push, second, push_again});
  EXPECT_THAT(slowest_text(result, 1, {}), HasSubstr("  pull: of the 8 slowest 4 were behind"));
  EXPECT_THAT(summary_text(result, {}), Not(HasSubstr("slowest tasks")));
  EXPECT_THAT(summary_text(result, {}, 1), HasSubstr("slowest tasks"));
}

TEST(SummarySlowest, SaysNothingWhereNothingIsKnown) {
  EXPECT_EQ(slowest_text(result_of({made_up::trial("pull")}), 3, {}), "");
}

/// As if so many of the tasks had been sent so late.
results::Trial sent_late(double by_us, double share) {
  results::Trial trial = made_up::trial("pull");
  for (results::SeriesResult& one : trial.series) {
    pools::LatencyHistogram due;
    std::uint64_t seen = 0;
    const auto on_time =
        static_cast<std::uint64_t>((1 - share) * static_cast<double>(one.figures.response.count()));
    one.figures.response.for_each_bucket(
        [&](std::uint64_t lower, std::uint64_t, std::uint64_t count) {
          const pools::Nanos send{static_cast<pools::Nanos::rep>(lower)};
          const bool late = seen >= on_time;
          seen += count;
          const pools::Nanos whole =
              send + pools::Nanos{late ? static_cast<pools::Nanos::rep>(by_us * 1000) : 0};
          due.record(whole, count);
          if (!late) return;
          one.figures.late_response.record(whole, count);
          one.figures.late_since_send.record(send, count);
        });
    one.figures.response = due;
  }
  return trial;
}

TEST(SummarySlowest, SaysWhatCountingFromTheSendWouldShow) {
  const std::string text = from_send_text(result_of({sent_late(400, 0.05)}), {});
  EXPECT_EQ(text,
            "\nlate sends\n"
            "  pull: from the send, as most tools measure, p99 would read 444 us, not 844 us\n");
  EXPECT_EQ(from_send_text(result_of({sent_late(20, 0.05)}), {}), "") << "less than a twentieth";
  EXPECT_EQ(from_send_text(result_of({made_up::trial("pull")}), {}), "");
}

}  // namespace
}  // namespace lab::cli
