#include "server/maintenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/amount_text.h"
#include "lakelet/error.h"

namespace lakelet::server {
namespace {

using Verb = MaintenanceResult (*)(Session&, const MaintenanceRequest&);

std::string files_text(std::int64_t count) {
  return counted(count, "file");
}

std::string time_text(std::int64_t us) {
  const std::time_t seconds = static_cast<std::time_t>(us / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

void add_row(MaintenanceResult& result, std::vector<std::string> row) {
  if (++result.rows_total <= kMostListed) result.rows.push_back(std::move(row));
}

MaintenanceResult planned(const OptimizePlan& plan) {
  MaintenanceResult result;
  result.nothing = plan.groups.empty();
  if (result.nothing) {
    result.summary = "There is nothing to do: the files are as they should be.";
    return result;
  }
  result.columns = {"partition", "files", "size", "deleted rows", "files after"};
  std::int64_t files = 0, after = 0, deleted = 0;
  std::uint64_t bytes = 0;
  for (const OptimizeGroup& group : plan.groups) {
    files += group.files;
    after += group.files_after;
    bytes += group.bytes;
    deleted += std::max<std::int64_t>(group.deleted_rows, 0);
    std::string partition;
    for (const auto& [name, value] : group.partition) {
      partition += fmt::format("{}{} = {}", partition.empty() ? "" : ", ", name, value.value_or("NULL"));
    }
    add_row(result, {partition, fmt::format("{}", group.files), byte_count(group.bytes),
                     group.deleted_rows < 0 ? "?" : fmt::format("{}", group.deleted_rows),
                     fmt::format("{}", group.files_after)});
  }
  result.summary =
      fmt::format("{} of {}, {}, would become about {} of up to {}{}.", files_text(files), plan.files_considered,
                  byte_count(bytes), files_text(after), byte_count(plan.target_bytes),
                  deleted > 0 ? fmt::format("; {} deleted rows would go", deleted) : "");
  return result;
}

MaintenanceResult optimize(Session& session, const MaintenanceRequest& request) {
  OptimizeOptions options;
  options.where = request.where;
  options.z_order = request.z_order;
  options.purge = request.purge;
  Table table = session.open(request.table);
  if (request.dry_run) return planned(table.plan_optimize(options));
  const OptimizeReport report = table.optimize(options);
  MaintenanceResult result;
  result.version = report.version;
  result.nothing = report.version < 0;
  result.summary = result.nothing
                       ? "There was nothing to do."
                       : fmt::format("Version {}: {} became {}, {} became {}, in {:.2f} s.", report.version,
                                     files_text(report.files_removed), files_text(report.files_added),
                                     byte_count(static_cast<std::uint64_t>(report.bytes_removed)),
                                     byte_count(static_cast<std::uint64_t>(report.bytes_added)), report.seconds);
  return result;
}

MaintenanceResult vacuum(Session& session, const MaintenanceRequest& request) {
  VacuumOptions options;
  if (!request.retention.empty()) options.retention = parse_duration(request.retention);
  options.full = request.full;
  options.force = request.force;
  options.dry_run = request.dry_run;
  const VacuumReport report = session.open(request.table).vacuum(options);
  MaintenanceResult result;
  result.nothing = report.files == 0;
  const std::string since = time_text(report.kept_since_us);
  if (result.nothing) {
    result.summary = fmt::format("There is nothing to delete: every file is needed by a version since {}.", since);
  } else if (request.dry_run) {
    result.summary = fmt::format(
        "{}, {}, that no version since {} needs would be deleted. Versions before that can't be "
        "read any more then.",
        files_text(report.files), byte_count(report.bytes), since);
    result.columns = {"file", "size", "written"};
    for (const auto& file : report.found) {
      add_row(result, {file.path, byte_count(file.bytes), time_text(file.modified_us)});
    }
  } else {
    result.summary = fmt::format("{} deleted, {}, in {:.2f} s.", files_text(report.files_deleted),
                                 byte_count(report.bytes_deleted), report.seconds);
  }
  if (report.files_spared > 0) {
    result.summary += fmt::format(" {} that no version names stay{}: too young.", files_text(report.files_spared),
                                  report.files_spared == 1 ? "s" : "");
  }
  return result;
}

MaintenanceResult restore(Session& session, const MaintenanceRequest& request) {
  if (request.version.empty()) throw Error(ErrorCode::InvalidArgument, "\"version\" is missing");
  RestoreOptions options;
  options.dry_run = request.dry_run;
  options.ignore_missing = request.ignore_missing;
  Table table = session.open(request.table);
  const RestoreReport report = table.restore(parse_version_selector(request.version), options);
  MaintenanceResult result;
  result.nothing = report.files_restored == 0 && report.files_removed == 0 && report.version < 0 && !request.dry_run;
  const std::string what =
      fmt::format("{} come back ({}), {} go ({}); the table then has {}, {}", files_text(report.files_restored),
                  byte_count(report.bytes_restored), files_text(report.files_removed), byte_count(report.bytes_removed),
                  files_text(report.files), byte_count(report.bytes));
  if (request.dry_run) {
    result.summary =
        fmt::format("A new version would make the table what it was at version {}: {}.", report.restored, what);
  } else if (report.version < 0) {
    result.summary = fmt::format("The table is as version {} already.", report.restored);
  } else {
    result.version = report.version;
    result.summary =
        fmt::format("Version {} is as version {}: {} came back, {} went, in {:.2f} s.", report.version, report.restored,
                    files_text(report.files_restored), files_text(report.files_removed), report.seconds);
  }
  if (!report.missing.empty()) result.columns = {"missing file"};
  for (const std::string& path : report.missing) add_row(result, {path});
  return result;
}

MaintenanceResult of_log(const LogReport& report, bool dry_run, const std::string& nothing) {
  MaintenanceResult result;
  result.nothing = report.files_written.empty() && report.files_removed.empty();
  result.summary = nothing;
  if (result.nothing) return result;
  result.columns = {"what", "file of the log"};
  for (const std::string& file : report.files_written) add_row(result, {dry_run ? "write" : "written", file});
  for (const std::string& file : report.files_removed) add_row(result, {dry_run ? "delete" : "deleted", file});
  const auto written = static_cast<std::int64_t>(report.files_written.size());
  const auto removed = static_cast<std::int64_t>(report.files_removed.size());
  result.summary =
      dry_run ? fmt::format("{} of the log would be written, {} deleted.", files_text(written), files_text(removed))
              : fmt::format("{} of the log written ({}), {} deleted ({}), in {:.2f} s.", files_text(written),
                            byte_count(report.bytes_written), files_text(removed), byte_count(report.bytes_removed),
                            report.seconds);
  return result;
}

MaintenanceResult checkpoint(Session& session, const MaintenanceRequest& request) {
  return of_log(session.open(request.table).checkpoint(request.dry_run), request.dry_run,
                "There is a checkpoint of the newest version already.");
}

MaintenanceResult compact_log(Session& session, const MaintenanceRequest& request) {
  return of_log(session.open(request.table).compact_log({}, {}, request.dry_run), request.dry_run,
                "There are no commits to be put together.");
}

MaintenanceResult clean_log(Session& session, const MaintenanceRequest& request) {
  return of_log(session.open(request.table).clean_log(request.dry_run), request.dry_run,
                "Nothing of the log is past its retention.");
}

MaintenanceResult analyze(Session& session, const MaintenanceRequest& request) {
  AnalyzeOptions options;
  options.full = request.full;
  options.dry_run = request.dry_run;
  const AnalyzeReport report = session.open(request.table).analyze(options);
  MaintenanceResult result;
  result.version = report.version;
  result.nothing = request.dry_run ? report.read == 0 : report.version < 0;
  result.summary = report.read == 0  ? fmt::format("The statistics of all {} are there.", files_text(report.files))
                   : request.dry_run ? fmt::format("{} of {} would be read.", files_text(report.read), report.files)
                   : report.version < 0
                       ? fmt::format("{} read: what was known of them is right.", files_text(report.read))
                       : fmt::format("Version {}: {} read, statistics of {} are new, in {:.2f} s.", report.version,
                                     files_text(report.read), files_text(report.changed), report.seconds);
  return result;
}

MaintenanceResult doctor(Session& session, const MaintenanceRequest& request) {
  const HealthReport report = session.doctor(request.table, {.repair = !request.dry_run, .full = request.full});
  MaintenanceResult result;
  result.version = report.repaired_version;
  result.nothing = std::none_of(report.findings.begin(), report.findings.end(),
                                [](const Finding& finding) { return finding.repairable && !finding.repaired; });
  result.summary =
      fmt::format("{}: {}, {} looked at.", report.healthy() ? "The table is healthy" : "The table is damaged",
                  files_text(report.files), byte_count(report.bytes));
  if (report.findings.empty()) return result;
  result.columns = {"severity", "check", "subject", "finding", "remedy", "state"};
  for (const Finding& finding : report.findings) {
    add_row(result,
            {std::string(to_string(finding.severity)), finding.check, finding.subject, finding.message, finding.remedy,
             finding.repaired     ? "repaired"
             : finding.repairable ? "repairable"
                                  : ""});
  }
  return result;
}

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> kVerbs = {
      {"optimize", &optimize},       {"vacuum", &vacuum},       {"restore", &restore}, {"checkpoint", &checkpoint},
      {"compact_log", &compact_log}, {"clean_log", &clean_log}, {"analyze", &analyze}, {"doctor", &doctor}};
  return kVerbs;
}

}  // namespace

MaintenanceRequest::MaintenanceRequest(const RequestBody& body)
    : verb(body.text("verb")),
      table(body.text("table")),
      dry_run(body.flag("dry_run", true)),
      where(body.text("where", "")),
      retention(body.text("retention", "")),
      version(body.text("version", "")),
      z_order(body.texts("z_order")),
      full(body.flag("full", false)),
      force(body.flag("force", false)),
      purge(body.flag("purge", false)),
      ignore_missing(body.flag("ignore_missing", false)) {
  if (!verbs().contains(verb)) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is no maintenance called \"{}\"", verb));
  }
}

MaintenanceResult maintain(Session& session, const MaintenanceRequest& request) {
  return verbs().at(request.verb)(session, request);
}

}  // namespace lakelet::server
