// plan_bench WORKLOAD TABLE: opens a table and plans, as a statement would, and prints one JSON line as the other
// workers of the benchmark do. Files are looked at one after the other and not kept.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "formats/registry.h"
#include "lakelet/error.h"
#include "table/table_format.h"

namespace {

using namespace lakelet;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::int64_t planned(const Snapshot& snapshot, ScanRequest request) {
  const auto plan = snapshot.plan(request);
  std::int64_t files = 0;
  while (plan->next()) ++files;
  return files;
}

struct Clock {
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
  double cpu = cpu_seconds();
};

std::string run(const std::string& workload, const std::string& uri, Clock& clock) {
  auto stores = std::make_shared<StoreRegistry>("/");
  const engine::Engine engine({}, stores);
  FormatRegistry formats;
  add_standard_formats(formats);
  FormatContext context{stores, engine.tabular(), "plan_bench", {}};
  context.memory_limit_bytes = engine::memory_limit_bytes({});
  const Location location = stores->resolve(uri);
  const auto table = formats.detect(location).open(context, location);
  const auto snapshot = table->snapshot(LatestVersion{});
  ScanRequest request;
  request.with_rows = false;
  if (workload == "open") return fmt::format("{}", snapshot->version());
  if (workload == "plan_partition") {
    const Value day = parse_value("2024-02-01", snapshot->schema().find("day")->type);
    request.predicate = Predicate::compare({"day"}, Comparison::Equal, day);
  } else if (workload == "plan_statistics") {
    request.predicate = Predicate::all_of({Predicate::compare({"id"}, Comparison::GreaterOrEqual, Value(400'000)),
                                           Predicate::compare({"id"}, Comparison::Less, Value(500'000))});
  } else if (workload == "plan_day") {
    const Value day = parse_value("2021-02-01", snapshot->schema().find("day")->type);
    request.predicate = Predicate::compare({"day"}, Comparison::Equal, day);
  } else if (workload == "plan_shard") {
    request.predicate = Predicate::compare({"shard"}, Comparison::Equal, Value(7));
  } else if (workload == "plan_ids") {
    request.predicate = Predicate::all_of({Predicate::compare({"id"}, Comparison::GreaterOrEqual, Value(400'000'000)),
                                           Predicate::compare({"id"}, Comparison::Less, Value(500'000'000))});
  } else if (workload == "count") {
    return fmt::format("{}", snapshot->size().rows.value_or(-1));
  } else if (workload == "refresh") {
    clock = Clock();
    return fmt::format("{}", table->snapshot(LatestVersion{})->version() - snapshot->version());
  }
  return fmt::format("{}", planned(*snapshot, request));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  try {
    Clock clock;
    const std::string answer = run(arguments[1], arguments[2], clock);
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - clock.wall).count();
    fmt::print("{{\"work_wall\": {}, \"work_cpu\": {}, \"answer\": {}}}\n", wall, cpu_seconds() - clock.cpu, answer);
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
