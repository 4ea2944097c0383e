// Ours beside the peers: interleaved runs, each in a process of its own,
// medians, and the ratio of our best to the best peer. tests/bench/README.md
// says how to read the table.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "pools/knobs.h"
#include "pools/peers/peers.h"
#include "results/sign_test.h"
#include "tests/bench/figures.h"
#include "tests/bench/interference.h"

namespace bench {
namespace {

/// What a child prints: one line "name|unit|more|value" for each figure.
int measure_and_print(const std::string& load_name, const std::string& pool) {
  const Load* load = find_load(load_name);
  if (load == nullptr) {
    fmt::print(stderr, "no load \"{}\"\n", load_name);
    return 2;
  }
  for (const Figure& figure : load->measure(candidate(pool))) {
    fmt::print("{}|{}|{}|{:.9g}\n", figure.name, figure.unit, figure.more_is_better ? 1 : 0,
               figure.value);
  }
  return 0;
}

std::vector<Figure> parsed(const std::string& text) {
  std::vector<Figure> figures;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    Figure figure;
    std::string more, value;
    std::getline(fields, figure.name, '|');
    std::getline(fields, figure.unit, '|');
    std::getline(fields, more, '|');
    std::getline(fields, value);
    figure.more_is_better = more == "1";
    figure.value = std::stod(value);
    figures.push_back(std::move(figure));
  }
  return figures;
}

struct Run {
  std::vector<Figure> figures;
  double others = 0;  ///< share of the machine that others used meanwhile
};

/// Runs this program again to measure one load on one pool. Nothing if that
/// failed.
std::optional<Run> run_in_child(const std::string& load, const std::string& pool) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  const Interference interference;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execl("/proc/self/exe", "pools_compare", "--measure", load.c_str(), "--pool", pool.c_str(),
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return std::nullopt;
  }
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(ends[0]);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return Run{parsed(text), interference.others(seconds(usage.ru_utime) + seconds(usage.ru_stime))};
}

struct Row {
  Figure figure;                                      ///< its name, unit and direction
  std::map<std::string, std::vector<double>> values;  ///< by pool
};

struct Options {
  unsigned runs = 5;
  double max_others = 0.06;
  std::vector<std::string> pools;
  std::vector<std::string> loads;
};

class Comparison {
 public:
  explicit Comparison(const Options& options) : options_(options) {
    if (options.pools.empty()) {
      candidates_ = candidates();
    } else {
      for (const std::string& name : options.pools) candidates_.push_back(candidate(name));
    }
    for (const Load& load : loads()) {
      const auto& wanted = options.loads;
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), load.name) != wanted.end()) {
        loads_.push_back(&load);
      }
    }
  }

  void measure() {
    std::mt19937 random(1);
    // Three times as many attempts as runs wanted: some meet a busy machine and
    // are dropped.
    for (unsigned round = 0; round < 3 * options_.runs; ++round) {
      for (const Load* load : loads_) {
        std::vector<const Candidate*> order;
        for (const Candidate& one : candidates_) order.push_back(&one);
        std::shuffle(order.begin(), order.end(), random);
        for (const Candidate* one : order) attempt(*load, *one, round);
      }
    }
    if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{:79}\r", "");
  }

  void print() const {
    fmt::print(
        "Medians; {} runs measured, {} dropped because others used more "
        "than {:.0f} % of the "
        "machine, {} failed.\n\n",
        kept_, dropped_, options_.max_others * 100, failed_);
    fmt::print("{:<18}{:>6}", "", "");
    for (const Candidate& one : candidates_) fmt::print(" {:>14.14}", one.name);
    fmt::print("\n");
    for (const Row& row : rows_) {
      fmt::print("{:<18}{:>6}", row.figure.name, row.figure.unit);
      for (const Candidate& one : candidates_) {
        const auto found = row.values.find(one.name);
        fmt::print(" {:>14}",
                   found == row.values.end() ? "-" : number(results::median(found->second)));
      }
      fmt::print("\n");
    }
    fmt::print("\n{:<18} {:>24} {:>24} {:>7}\n", "", "our best", "best peer", "ratio");
    for (const Row& row : rows_) print_ratio(row);
    fmt::print("\nratio: how many times better ours is (above 1) or worse (below).\n");
  }

 private:
  void attempt(const Load& load, const Candidate& one, unsigned round) {
    unsigned& done = done_[{load.name, one.name}];
    if (done >= std::min(options_.runs, load.most_runs)) return;
    if (::isatty(STDERR_FILENO) != 0) {
      fmt::print(stderr, "\r{:79}\rround {}: {} {}", "", round + 1, load.name, one.name);
    }
    const std::optional<Run> run = run_in_child(load.name, one.name);
    if (!run) {
      ++failed_;
      ++done;
      fmt::print(stderr, "\nfailed: --measure {} --pool {}\n", load.name, one.name);
      return;
    }
    if (run->others > options_.max_others) {
      ++dropped_;
      return;
    }
    ++kept_;
    ++done;
    for (const Figure& figure : run->figures) {
      row_of(figure).values[one.name].push_back(figure.value);
    }
  }

  Row& row_of(const Figure& figure) {
    const auto found = std::find_if(rows_.begin(), rows_.end(),
                                    [&](const Row& row) { return row.figure.name == figure.name; });
    if (found != rows_.end()) return *found;
    rows_.push_back({figure, {}});
    return rows_.back();
  }

  static std::string number(double value) {
    return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
  }

  struct Best {
    std::string name;
    double value = 0;
  };
  std::optional<Best> best_of(const Row& row, bool peer) const {
    std::optional<Best> best;
    for (const Candidate& one : candidates_) {
      const auto found = row.values.find(one.name);
      if (one.peer != peer || found == row.values.end()) continue;
      const double value = results::median(found->second);
      const bool better =
          !best || (row.figure.more_is_better ? value > best->value : value < best->value);
      if (better) best = Best{one.name, value};
    }
    return best;
  }

  void print_ratio(const Row& row) const {
    const auto ours = best_of(row, false);
    const auto theirs = best_of(row, true);
    const auto shown = [](const std::optional<Best>& best) {
      return best ? fmt::format("{:.16} {}", best->name, number(best->value)) : std::string("-");
    };
    std::string ratio = "-";
    if (ours && theirs && ours->value > 0 && theirs->value > 0) {
      const double times =
          row.figure.more_is_better ? ours->value / theirs->value : theirs->value / ours->value;
      ratio = fmt::format("{:.2f}", times);
    }
    fmt::print("{:<18} {:>24} {:>24} {:>7}\n", row.figure.name, shown(ours), shown(theirs), ratio);
  }

  const Options options_;
  std::vector<Candidate> candidates_;
  std::vector<const Load*> loads_;
  std::vector<Row> rows_;
  std::map<std::pair<std::string, std::string>, unsigned> done_;
  unsigned kept_ = 0;
  unsigned dropped_ = 0;
  unsigned failed_ = 0;
};

int run(int argc, char** argv) {
  pools::add_all_peers();
  CLI::App app{
      "Compares our pools with the foreign ones: interleaved runs, "
      "medians, ratios."};
  Options options;
  double percent = 100 * options.max_others;
  std::string load, pool;
  app.add_option("--runs", options.runs, "runs of each load on each pool")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--max-others", percent, "drop runs in which others used more % of the machine")
      ->capture_default_str();
  app.add_option("--pools", options.pools, "only these, e.g. pull pull:queue=locked asio");
  app.add_option("--loads", options.loads, "only these, e.g. submit:2:1 tree wake");
  app.add_option("--measure", load, "measure one load here, in this process, and print it");
  app.add_option("--pool", pool, "the pool for --measure");
  CLI11_PARSE(app, argc, argv);
  options.max_others = percent / 100;
  for (const std::string& name : options.loads) {
    if (find_load(name) == nullptr) throw pools::ConfigError("--loads", "no load " + name);
  }
  if (!load.empty()) return measure_and_print(load, pool);
  Comparison comparison(options);
  comparison.measure();
  comparison.print();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    return bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pools_compare: %s\n", error.what());
    return 2;
  }
}
