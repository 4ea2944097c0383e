#include "scenarios/load_generator.h"

#include <sys/prctl.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <thread>

#include "scenarios/catalog.h"
#include "scenarios/closed_clients.h"
#include "scenarios/foremost.h"
#include "scenarios/random.h"
#include "scenarios/task_mix.h"
#include "scenarios/wake_lead.h"
#include "scenarios/work/tree_task.h"

namespace scenarios {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;
using pools::SubmitOptions;
using pools::SubmitStatus;

constexpr Nanos kStopCheck = std::chrono::milliseconds{5};  // how long a stop may go unnoticed
constexpr Nanos kAtOnce = std::chrono::microseconds{50};    // no submit that waits is as short

struct OpenTask {
  const Work* work;
  Nanos service;
  void operator()() const { work->perform(service); }
};
static_assert(sizeof(OpenTask) <= pools::Task::kInlineBytes, "no allocation per task");

/// Sets the calling thread's timer slack for the generator's sleeps and puts it back: 50 us, the
/// default, would make every send late.
class TimerSlack {
 public:
  explicit TimerSlack(std::chrono::nanoseconds slack) : before_(prctl(PR_GET_TIMERSLACK)) {
    prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack.count()));
  }
  ~TimerSlack() {
    if (before_ > 0) prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(before_));
  }
  TimerSlack(const TimerSlack&) = delete;
  TimerSlack& operator=(const TimerSlack&) = delete;

 private:
  int before_;
};

/// Moves the calling thread there without tying it: a real-time thread that nobody of its kind
/// meets wakes where it slept, and what it starts (a foreign pool's threads) may run anywhere.
void settle_on(const Cores& core) noexcept { const OnCores once(core); }

void relax_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

void add_one(std::atomic<std::uint64_t>& counter) noexcept {  // a single writer
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

/// One call of LoadGenerator::run.
class Offering {
 public:
  Offering(LoadGenerator& generator, pools::Pool& pool, Instant start, std::stop_token stop,
           const std::function<void()>& measuring)
      : generator_(generator),
        timetable_(generator.timetable_),
        plan_(generator.scenario_.generator),
        pool_(pool),
        start_(start),
        stop_(std::move(stop)),
        measuring_(measuring) {
    report_.lag_of.assign(timetable_.arrivals().size(), std::numeric_limits<float>::quiet_NaN());
  }

  GeneratorReport run() {
    const TimerSlack slack(plan_.timer_slack);
    const Foremost foremost(wanted_urgency());
    if (foremost.granted() == Urgency::RealTime) settle_on(generator_.core_);
    report_.urgency = urgency_name(foremost.granted());
    for (std::size_t phase = 0; phase < timetable_.phases().size() && !over_; ++phase) {
      const PhaseSpan& span = timetable_.phases()[phase];
      measured_ = span.measured;
      lead_.room(may_spin(span));
      if (span.clients > 0) {
        serve_closed(phase);
      } else {
        serve_open(phase);
      }
      if (!over_ && !wait_until(start_ + span.end)) over_ = true;
      const RunPlan& run = generator_.scenario_.run;
      const bool warm_up = !span.measured && span.end > Nanos{0};
      if (over_ || !warm_up) continue;
      cut_short(phase);
      report_.clear_start = false;
      if (run.drain_after_warmup) {
        drain(start_ + span.end, run.drain_timeout);
      } else {
        if (measuring_) measuring_();
        moved();
      }
    }
    report_.spin_us = static_cast<double>(lead_.now().count()) / 1e3;
    report_.unsent = timetable_.arrivals().size() - next_;
    report_.stopped = over_;
    return std::move(report_);
  }

 private:
  /// Whether it may keep a core busy: its own, or one of cores of which the phase's tasks need no
  /// more than a quarter on average.
  bool may_spin(const PhaseSpan& span) const {
    if (!generator_.core_.empty()) return true;
    if (span.clients > 0) return false;  // who knows
    return 4 * span.demand <= Cores::usable().count() * Seconds(span.end - span.begin);
  }

  /// Where the submitter has to run tasks it is a worker as well, and no more than the others.
  Urgency wanted_urgency() const noexcept {
    const pools::PoolConfig& config = pool_.config();
    const bool works = config.queue_capacity != 0 && config.on_full == pools::OnFull::CallerRuns;
    return works ? Urgency::Normal : Urgency::RealTime;
  }

  void serve_open(std::size_t phase) {
    const std::vector<Arrival>& arrivals = timetable_.arrivals();
    for (; next_ < arrivals.size() && arrivals[next_].phase == phase && !over_; ++next_) {
      const Arrival& arrival = arrivals[next_];
      const Instant due = start_ + arrival.due;
      if (!wait_until(due)) {
        over_ = true;
        return;
      }
      if (warm()) return;
      const Work& work = *generator_.work_[arrival.task_class];
      const SubmitOptions options = described(due, phase, arrival.task_class, arrival.service);
      Instant sent;
      if (work.tree().depth == 0) {
        sent = send(due, OpenTask{&work, arrival.service}, options);
      } else {
        const auto request =
            std::make_shared<const TreeRequest>(pool_, work, arrival.service, options);
        sent = send(due, TreeTask(request), request->options);
      }
      report_.lag_of[next_] = static_cast<float>((sent - due).count());
    }
  }

  struct Client {
    Random think;
    TaskMix mix;
  };
  struct Question {
    Instant due;
    std::uint32_t client;
    bool operator>(const Question& other) const { return due > other.due; }
  };

  void serve_closed(std::size_t phase) {
    const PhaseSpan& span = timetable_.phases()[phase];
    const Instant end = start_ + span.end;
    const auto mailbox = std::make_shared<ClosedClients>(span.clients);
    std::vector<Client> clients;
    std::priority_queue<Question, std::vector<Question>, std::greater<>> questions;
    for (std::uint32_t c = 0; c < span.clients; ++c) {
      const std::uint64_t stream = (std::uint64_t{c} + 1) << 16U | phase;
      clients.push_back({Random(timetable_.seed(), StreamUse::Think, stream),
                         TaskMix(generator_.scenario_.classes, timetable_.seed(), stream)});
      // Evenly spaced first questions where thinking always takes the same: otherwise the clients
      // would stay in step for ever.
      const Nanos first =
          span.think_varies ? think(span, clients[c].think) : span.think * c / span.clients;
      questions.push({start_ + span.begin + first, c});
    }
    std::vector<Answer> answers;
    while (!over_) {
      if (stop_.stop_requested()) {
        over_ = true;
        return;
      }
      answers.clear();
      const Instant now = Clock::now();
      const Instant next_due = questions.empty() ? end : std::min(questions.top().due, end);
      mailbox->collect(answers, std::min(next_due - now - lead_.now(), kStopCheck));
      for (const Answer& answer : answers) {
        const Nanos pause = std::max(think(span, clients[answer.client].think),
                                     refused_client_ == answer.client ? kRefusedPause : Nanos{0});
        if (refused_client_ == answer.client) refused_client_ = kNoClient;
        questions.push({answer.at + pause, answer.client});
      }
      if (Clock::now() >= end || warm()) return;
      if (questions.empty() || questions.top().due > Clock::now()) {
        relax_cpu();
        continue;
      }
      const Question question = questions.top();
      questions.pop();
      const TaskDraw task = clients[question.client].mix.next();
      const std::uint64_t refused_before = report_.refused;
      const Work& work = *generator_.work_[task.task_class];
      const SubmitOptions options = described(question.due, phase, task.task_class, task.service);
      if (work.tree().depth == 0) {
        send(question.due, ClosedTask(mailbox, work, question.client, task.service), options);
      } else {
        auto request = std::make_shared<TreeRequest>(pool_, work, task.service, options);
        request->clients = mailbox;
        request->client = question.client;
        const SubmitOptions part = request->options;
        send(question.due, TreeTask(std::move(request)), part);
      }
      if (report_.refused != refused_before) refused_client_ = question.client;
    }
  }

  static Nanos think(const PhaseSpan& span, Random& random) {
    if (!span.think_varies) return span.think;
    return Nanos{
        static_cast<Nanos::rep>(static_cast<double>(span.think.count()) * random.exponential())};
  }

  SubmitOptions described(Instant due, std::size_t phase, std::uint16_t task_class,
                          Nanos service) const {
    const TaskClass& kind = generator_.scenario_.classes[task_class];
    return {.due = due,
            .series = timetable_.series(phase, task_class),
            .level = kind.level,
            .deadline = kind.deadline.count() == 0 ? Instant{} : due + kind.deadline,
            .expected = service};
  }

  /// Returns when it submitted.
  template <typename Body>
  Instant send(Instant due, Body&& body, const SubmitOptions& options) {
    const Instant sent = Clock::now();
    const SubmitStatus status = pool_.submit(std::forward<Body>(body), options);
    if (measured_) {
      report_.lag.record(std::max(sent - due, Nanos{0}));
      const Nanos took = Clock::now() - sent;
      if (took > kAtOnce) report_.held_up += took;
    }
    ++report_.sent;
    add_one(generator_.sent_);
    if (status == SubmitStatus::Accepted) return sent;
    ++report_.refused;
    add_one(generator_.refused_);
    if (status == SubmitStatus::ShuttingDown) over_ = true;
    return sent;
  }

  /// Sleeps until shortly before `due`, then spins. False: a stop was requested. A warm-up that is
  /// over ends it early.
  bool wait_until(Instant due) {
    Instant now = Clock::now();
    const Nanos lead = lead_.now();
    while (!stop_.stop_requested()) {
      const Nanos left = due - now;
      if (left <= Nanos{0} || warm()) return true;
      Instant wanted = due;
      if (left > lead) {
        const Nanos nap = std::min<Nanos>(left - lead, kStopCheck);
        wanted = now + nap;
        std::this_thread::sleep_for(nap);
        now = Clock::now();
        lead_.woke(now - wanted);
      } else {
        // Spinning is short (the reader bounds it), so it need not look at the stop token.
        while ((now = Clock::now()) < due) relax_cpu();
      }
      if (measured_) report_.hiccups.saw(now, now - wanted);
    }
    return false;
  }

  /// The warm-up is over before its time: what it still has is left out, all else comes earlier.
  void cut_short(std::size_t phase) {
    const Nanos left = start_ + timetable_.phases()[phase].end - Clock::now();
    if (left <= Nanos{0}) return;
    const std::vector<Arrival>& arrivals = timetable_.arrivals();
    while (next_ < arrivals.size() && arrivals[next_].phase == phase) ++next_;
    report_.cut = left;
    start_ -= left;
  }

  void moved() noexcept {
    report_.shift -= report_.cut;
    generator_.shift_ns_.store(report_.shift.count(), std::memory_order_relaxed);
  }

  bool warm() const noexcept {
    return !measured_ && generator_.warm_.load(std::memory_order_relaxed);
  }

  /// Lets the pool finish the warm-up's tasks, so that none of them waits in front of a measured
  /// one, and moves everything after it by the time that took.
  void drain(Instant from, Seconds timeout) {
    const Instant limit = from + std::chrono::duration_cast<Nanos>(timeout);
    while (!(report_.clear_start = pool_.wait_idle(kStopCheck)) && Clock::now() < limit) {
      if (stop_.stop_requested()) {
        over_ = true;
        break;
      }
    }
    if (measuring_) measuring_();  // before the shift is known: what it takes delays nothing
    report_.shift = std::max(Clock::now() - from, Nanos{0});
    start_ += report_.shift;
    moved();
  }

  static constexpr std::uint32_t kNoClient = ~std::uint32_t{0};
  /// A refused client without think time would ask again at once and starve the others' questions.
  static constexpr Nanos kRefusedPause = std::chrono::milliseconds{1};

  LoadGenerator& generator_;
  const Timetable& timetable_;
  const GeneratorPlan& plan_;
  WakeLead lead_{plan_.spin};
  pools::Pool& pool_;
  Instant start_;  // of the timetable's time axis; moved after the warm-up only
  const std::stop_token stop_;
  const std::function<void()>& measuring_;
  GeneratorReport report_;
  std::size_t next_ = 0;  // into the timetable's arrivals
  std::uint32_t refused_client_ = kNoClient;
  bool measured_ = false;
  bool over_ = false;
};

LoadGenerator::LoadGenerator(const Scenario& scenario, const Timetable& timetable,
                             const Cores& core)
    : scenario_(scenario), timetable_(timetable), core_(core) {
  for (const TaskClass& task_class : scenario.classes) work_.push_back(&work_of(task_class.work));
}

GeneratorReport LoadGenerator::run(pools::Pool& pool, Instant start, std::stop_token stop,
                                   const std::function<void()>& measuring) {
  return Offering(*this, pool, start, std::move(stop), measuring).run();
}

}  // namespace scenarios
