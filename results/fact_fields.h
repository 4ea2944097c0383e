// The plain facts of a result by their names in the file: one list for the writer and the reader.
// each_field(facts, visit) calls visit(name, member) in the file's order. Times and rates are
// doubles, NAN where nothing was measured; a Nanos is in the file as seconds.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "results/run_result.h"

namespace results {

/// T itself to be read into, or a const one to be written.
template <typename T, typename Facts>
concept FactsOf = std::same_as<std::remove_const_t<T>, Facts>;

void each_field(FactsOf<BuildFacts> auto& b, auto visit) {
  visit("version", b.version);
  visit("commit", b.commit);
  visit("dirty", b.dirty);
  visit("compiler", b.compiler);
  visit("flags", b.flags);
  visit("build_type", b.build_type);
  visit("sanitizer", b.sanitizer);
}

void each_field(FactsOf<Environment> auto& e, auto visit) {
  visit("cpu", e.cpu);
  visit("cores", e.cores);
  visit("usable_cores", e.usable_cores);
  visit("virtualised", e.virtualised);
  visit("smt", e.smt);
  visit("governor", e.governor);
  visit("kernel", e.kernel);
  visit("os", e.os);
  visit("host_hash", e.hostname_hash);
  visit("clock_source", e.clock_source);
  visit("kernel_clock_source", e.kernel_clock_source);
  visit("clock_read_ns", e.clock_read_ns);
  visit("timer_slack_ns", e.timer_slack_ns);
  visit("cgroup_cpus", e.cgroup_cpus);
  visit("load_1min", e.load_1min);
  visit("memory_bytes", e.memory_bytes);
  visit("thp", e.thp);
}

void each_field(FactsOf<Rates> auto& r, auto visit) {
  visit("offered_per_s", r.offered_per_s);
  visit("throughput_per_s", r.throughput_per_s);
  visit("goodput_per_s", r.goodput_per_s);
  visit("utilisation", r.utilisation);
}

void each_field(FactsOf<Cost> auto& c, auto visit) {
  visit("user_s", c.user_s);
  visit("system_s", c.system_s);
  visit("voluntary_switches", c.voluntary_switches);
  visit("involuntary_switches", c.involuntary_switches);
  visit("minor_faults", c.minor_faults);
  visit("major_faults", c.major_faults);
  visit("rss_bytes", c.rss_bytes);
  visit("stolen_s", c.stolen_s);
  visit("others_s", c.others_s);
  visit("run_delay_s", c.run_delay_s);
  visit("throttled_s", c.throttled_s);
}

void each_field(FactsOf<scenarios::GeneratorReport> auto& g, auto visit) {
  visit("sent", g.sent);
  visit("refused", g.refused);
  visit("unsent", g.unsent);
  visit("stopped", g.stopped);
  visit("urgency", g.urgency);
  visit("held_up_s", g.held_up);
  visit("shift_s", g.shift);
}

void each_field(FactsOf<SteadyReport> auto& s, auto visit) {
  visit("attained", s.attained);
  visit("after_s", s.after_s);
  visit("cut_s", s.cut_s);
  visit("change_pct", s.change_pct);
}

void each_field(FactsOf<PhaseResult> auto& p, auto visit) {
  visit("phase", p.name);
  visit("measured", p.measured);
  visit("begin_s", p.begin_s);
  visit("end_s", p.end_s);
  visit("submitted_per_s", p.submitted_per_s);
  visit("throughput_per_s", p.throughput_per_s);
}

/// What tells one series of a trial from the others.
void each_field(FactsOf<SeriesResult> auto& s, auto visit) {
  visit("phase", s.phase);
  visit("class", s.task_class);
  visit("measured", s.measured);
}

void each_field(FactsOf<pools::WorkerSnapshot> auto& w, auto visit) {
  visit("completed", w.completed);
  visit("failed", w.failed);
  visit("steal_attempts", w.steal_attempts);
  visit("steal_hits", w.steal_hits);
  visit("steal_items", w.steal_items);
  visit("wakes", w.wakes);
  visit("busy_s", w.busy);
  visit("parked_s", w.parked);
}

void each_field(FactsOf<ArrivalCheck> auto& a, auto visit) {
  visit("gaps", a.gaps);
  visit("anderson_darling", a.anderson_darling);
  visit("gaps_p", a.gaps_p);
  visit("rank_correlation", a.rank_correlation);
  visit("independence_p", a.independence_p);
  visit("uneven", a.uneven);
  visit("sent_gaps", a.sent_gaps);
  visit("sent_distance", a.sent_distance);
  visit("sent_rank_correlation", a.sent_rank_correlation);
}

void each_field(FactsOf<Noise> auto& n, auto visit) {
  visit("worker_run_delay_s", n.worker_run_delay_s);
  visit("worker_involuntary_switches", n.worker_involuntary_switches);
  visit("cpu_pressure_s", n.cpu_pressure_s);
  visit("worst_hiccup_us", n.worst_hiccup_us);
  visit("speed_before", n.speed_before);
  visit("speed_after", n.speed_after);
  visit("backlog", n.backlog);
  visit("huge_pages", n.huge_pages);
  visit("compaction_stalls", n.compaction_stalls);
}

void each_field(FactsOf<HiccupMark> auto& h, auto visit) {
  visit("t_s", h.t_s);
  visit("length_us", h.length_us);
}

void each_field(FactsOf<SlowestTask> auto& s, auto visit) {
  visit("phase", s.phase);
  visit("class", s.task_class);
  visit("worker", s.worker);
  visit("due_s", s.due_s);
  visit("sent_us", s.sent_us);
  visit("accepted_us", s.accepted_us);
  visit("started_us", s.started_us);
  visit("finished_us", s.finished_us);
  visit("planned_us", s.planned_us);
}

void each_field(FactsOf<ScalingMark> auto& m, auto visit) {
  visit("t_s", m.t_s);
  visit("from", m.from);
  visit("to", m.to);
  visit("policy", m.policy);
  visit("reason", m.reason);
}

void each_field(FactsOf<PolicyMark> auto& m, auto visit) {
  visit("t_s", m.t_s);
  visit("policy", m.policy);
  visit("state", m.state);
  visit("class", m.task_class);
  visit("reason", m.reason);
}

/// The trial's own, without what it was for; its parts have objects of their own.
void each_field(FactsOf<Trial> auto& t, auto visit) {
  visit("seed", t.seed);
  visit("valid", t.valid);
  visit("sound", t.sound);
  visit("flags", t.flags);
  visit("interrupted", t.interrupted);
  visit("drained", t.drained);
  visit("measured_from_s", t.measured_from_s);
  visit("measured_s", t.measured_s);
  visit("elapsed_s", t.elapsed_s);
  visit("queue_capacity", t.queue_capacity);
  visit("wakes", t.wakes);
  visit("events_dropped", t.timeline.scaling_dropped);
}

/// The run's own.
void each_field(FactsOf<RunResult> auto& r, auto visit) {
  visit("run_id", r.run_id);
  visit("started_at", r.started_at);
  visit("interrupted", r.interrupted);
  visit("gui", r.gui);
  visit("quick", r.quick);
  visit("command", r.command);
  visit("scenario_hash", r.scenario_hash);
}

}  // namespace results
