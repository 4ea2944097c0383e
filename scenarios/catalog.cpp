#include "scenarios/catalog.h"

#include "scenarios/arrivals/processes.h"
#include "scenarios/service/distributions.h"
#include "scenarios/work/kinds.h"

namespace scenarios {
namespace {

template <typename Row>
const Row* find_row(const std::vector<Row>& rows, std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

template <typename Row>
const Row& row_of(const std::vector<Row>& rows, const pools::Choice& choice,
                  const std::string& path) {
  if (const Row* row = find_row(rows, choice.name)) return *row;
  std::vector<std::string_view> names;
  names.reserve(rows.size());
  for (const Row& row : rows) names.push_back(row.name);
  throw pools::ConfigError(path, pools::unknown_name_text("a known name", choice.name, names));
}

void refuse(const std::string& path, const std::optional<Contradiction>& contradiction) {
  if (contradiction) {
    throw pools::ConfigError(path + "/" + contradiction->knob, contradiction->text);
  }
}

const std::string kArrival = "/arrival";
const std::string kService = "/service";
const std::string kWork = "/work";

pools::Settings service_settings(const ServiceRow& row, const pools::Choice& service) {
  pools::Settings settings = service.settings.resolved(row.knobs, kService);
  if (row.contradiction != nullptr) refuse(kService, row.contradiction(settings));
  return settings;
}

pools::Settings work_settings(const WorkRow& row, const pools::Choice& work) {
  pools::Settings settings = work.settings.resolved(row.knobs, kWork);
  if (row.contradiction != nullptr) refuse(kWork, row.contradiction(settings));
  const Faults faults = faults_of(settings);
  if (faults.fail_share + faults.hang_share > 1) {
    refuse(kWork, Contradiction{"hang_share", "expected at most 1 together with fail_share, got " +
                                                  pools::shown(faults.fail_share) + " and " +
                                                  pools::shown(faults.hang_share)});
  }
  return settings;
}

std::vector<WorkRow> with_faults(std::vector<WorkRow> rows) {
  for (WorkRow& row : rows) {
    const std::vector<pools::Knob> knobs = fault_knobs();
    row.knobs.insert(row.knobs.end(), knobs.begin(), knobs.end());
  }
  return rows;
}

}  // namespace

const std::vector<ArrivalRow>& arrival_catalog() {
  static const std::vector<ArrivalRow> kRows{
      constant_arrivals(), poisson_arrivals(), on_off_arrivals(), ramp_arrivals(),
      step_arrivals(),     spike_arrivals(),   closed_arrivals(),
  };
  return kRows;
}

const std::vector<ServiceRow>& service_catalog() {
  static const std::vector<ServiceRow> kRows{
      constant_service(),  uniform_service(), exponential_service(),
      lognormal_service(), bimodal_service(), pareto_service(),
  };
  return kRows;
}

const std::vector<WorkRow>& work_catalog() {
  static const std::vector<WorkRow> kRows = with_faults({
      cpu_work(),
      sleep_work(),
      spawn_work(),
      fork_join_work(),
  });
  return kRows;
}

const ArrivalRow* find_arrival(std::string_view name) { return find_row(arrival_catalog(), name); }
const ServiceRow* find_service(std::string_view name) { return find_row(service_catalog(), name); }
const WorkRow* find_work(std::string_view name) { return find_row(work_catalog(), name); }

ArrivalPlan plan_of(const pools::Choice& arrival, double duration_s, Random& shape) {
  const ArrivalRow& row = row_of(arrival_catalog(), arrival, kArrival);
  const pools::Settings settings = arrival.settings.resolved(row.knobs, kArrival);
  if (row.contradiction != nullptr) refuse(kArrival, row.contradiction(settings, duration_s));
  return row.plan(settings, duration_s, shape);
}

ServiceSampler sampler_of(const pools::Choice& service) {
  const ServiceRow& row = row_of(service_catalog(), service, kService);
  return row.sampler(service_settings(row, service));
}

double mean_service_us(const pools::Choice& service) {
  const ServiceRow& row = row_of(service_catalog(), service, kService);
  return row.mean_us(service_settings(row, service));
}

const Work& work_of(const pools::Choice& work) {
  const WorkRow& row = row_of(work_catalog(), work, kWork);
  return row.get(work_settings(row, work));
}

Faults faults_of(const pools::Choice& work) {
  return faults_of(work_settings(row_of(work_catalog(), work, kWork), work));
}

Tree tree_of(const pools::Choice& work) {
  const WorkRow& row = row_of(work_catalog(), work, kWork);
  const pools::Settings settings = work_settings(row, work);
  return row.tree == nullptr ? Tree{} : row.tree(settings);
}

}  // namespace scenarios
