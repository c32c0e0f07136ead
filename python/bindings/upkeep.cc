#include "bindings/upkeep.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/rows.h"
#include "bindings/waiting.h"
#include "lakelet/error.h"

namespace lakelet::python {
namespace {

using Texts = std::vector<std::string>;
using Metadata = std::map<std::string, std::string>;
using Micros = std::optional<std::int64_t>;

template <typename Work>
auto run(const Session& session, Work&& work) {
  return without_gil(canceller(session), std::forward<Work>(work));
}

nb::tuple vacuum(BoundTable& bound, Micros retention, bool full, bool force, Micros uncommitted, bool dry_run,
                 bool list, const std::vector<Version>& keep_versions, const Metadata& user_metadata) {
  VacuumOptions options;
  if (retention) options.retention = std::chrono::microseconds(*retention);
  if (uncommitted) options.uncommitted = std::chrono::microseconds(*uncommitted);
  options.full = full;
  options.force = force;
  options.dry_run = dry_run;
  options.list = list;
  options.keep_versions = keep_versions;
  options.user_metadata = user_metadata;
  const VacuumReport report = run(bound.session, [&] { return bound.table.vacuum(options); });
  Texts found;
  for (const VacuumReport::File& file : report.found) found.push_back(file.path);
  return nb::make_tuple(report.version, report.retention.count(), report.kept_since_us, report.files, report.bytes,
                        report.files_deleted, report.bytes_deleted, report.files_spared, found, report.seconds);
}

nb::tuple restore(BoundTable& bound, std::int64_t target, bool is_time, bool ignore_missing, bool dry_run,
                  std::optional<Version> if_version, const Metadata& user_metadata) {
  const VersionSelector version = is_time ? VersionSelector(AtTimestamp{target}) : VersionSelector(Version{target});
  const RestoreOptions options{ignore_missing, dry_run, if_version, user_metadata};
  const RestoreReport report = run(bound.session, [&] { return bound.table.restore(version, options); });
  return nb::make_tuple(report.version, report.restored, report.files_restored, report.bytes_restored,
                        report.files_removed, report.bytes_removed, report.files, report.bytes, report.missing,
                        report.seconds);
}

nb::tuple to_python(const LogReport& report) {
  return nb::make_tuple(report.version, report.files_written, report.bytes_written, report.files_removed,
                        report.bytes_removed, report.seconds);
}

nb::tuple clone(BoundTable& bound, const std::string& destination, bool shallow, bool dry_run,
                const Metadata& user_metadata) {
  const CloneOptions options{shallow, dry_run, user_metadata};
  const CloneReport report = run(bound.session, [&] { return bound.table.clone(destination, options); });
  return nb::make_tuple(report.uri, report.version, report.source_version, report.files, report.bytes,
                        report.copied_files, report.copied_bytes, report.kept_files, report.seconds);
}

nb::tuple analyze(BoundTable& bound, const Texts& columns, bool full, bool dry_run, const Metadata& user_metadata) {
  const AnalyzeOptions options{columns, full, dry_run, user_metadata};
  const AnalyzeReport report = run(bound.session, [&] { return bound.table.analyze(options); });
  return nb::make_tuple(report.version, report.files, report.read, report.changed, report.seconds);
}

struct BoundDiff {
  Diff diff;
  Session session;
};

BoundDiff diff(const BoundTable& bound, const BoundTable& later, const Texts& key) {
  return {run(bound.session, [&] { return bound.table.diff(later.table, DiffOptions{key}); }), bound.session};
}

nb::list to_python(const std::vector<NamedChange>& changes) {
  nb::list result;
  for (const NamedChange& change : changes) result.append(nb::make_tuple(change.name, change.before, change.after));
  return result;
}

nb::tuple counted(const BoundDiff& bound) {
  const RowDifferences rows = run(bound.session, [&] { return bound.diff.count(); });
  return nb::make_tuple(rows.inserted, rows.deleted, rows.updated);
}

nb::tuple files(const BoundDiff& bound) {
  const FileDifferences& found = bound.diff.files();
  return nb::make_tuple(found.common, found.added, found.removed, found.rows_removed, found.added_bytes,
                        found.removed_bytes);
}

nb::tuple doctor(Session& session, const std::string& reference, bool repair, bool full,
                 const Metadata& user_metadata) {
  const DoctorOptions options{repair, full, user_metadata};
  const HealthReport report = run(session, [&] { return session.doctor(reference, options); });
  nb::list findings;
  for (const Finding& each : report.findings) {
    findings.append(nb::make_tuple(std::string(to_string(each.severity)), each.check, each.subject, each.message,
                                   each.remedy, each.repairable, each.repaired));
  }
  return nb::make_tuple(report.uri, report.version, report.repaired_version, report.files, report.bytes, findings,
                        report.healthy());
}

nb::tuple convert(Session& session, const std::string& folder, const std::optional<Schema>& partition_by,
                  const std::optional<Schema>& schema, const nb::dict& given) {
  ConvertOptions options;
  if (partition_by) options.partition_by = *partition_by;
  if (schema) options.schema = *schema;
  options.format = nb::cast<std::string>(given["format"]);
  options.into = nb::cast<std::string>(given["into"]);
  options.name = nb::cast<std::string>(given["name"]);
  options.description = nb::cast<std::string>(given["description"]);
  options.properties = nb::cast<Properties>(given["properties"]);
  options.statistics = nb::cast<bool>(given["statistics"]);
  options.dry_run = nb::cast<bool>(given["dry_run"]);
  options.user_metadata = nb::cast<Metadata>(given["user_metadata"]);
  const ConvertReport report = run(session, [&] { return session.convert(folder, options); });
  return nb::make_tuple(report.uri, report.format, report.version, report.schema, report.partition_columns,
                        report.files, report.bytes, report.rows, report.passed_over, report.seconds);
}

}  // namespace

void bind_upkeep(nb::module_& module, nb::class_<BoundTable>& table) {
  table
      .def("vacuum", vacuum, nb::arg("retention_us").none(), nb::arg("full"), nb::arg("force"),
           nb::arg("uncommitted_us").none(), nb::arg("dry_run"), nb::arg("list"), nb::arg("keep_versions"),
           nb::arg("user_metadata"))
      .def("restore", restore, nb::arg("target"), nb::arg("is_time"), nb::arg("ignore_missing"), nb::arg("dry_run"),
           nb::arg("if_version").none(), nb::arg("user_metadata"))
      .def("checkpoint",
           [](BoundTable& bound, bool dry_run) {
             return to_python(run(bound.session, [&] { return bound.table.checkpoint(dry_run); }));
           })
      .def(
          "compact_log",
          [](BoundTable& bound, std::optional<Version> first, std::optional<Version> last, bool dry_run) {
            return to_python(run(bound.session, [&] { return bound.table.compact_log(first, last, dry_run); }));
          },
          nb::arg("first").none(), nb::arg("last").none(), nb::arg("dry_run"))
      .def("clean_log",
           [](BoundTable& bound, bool dry_run) {
             return to_python(run(bound.session, [&] { return bound.table.clean_log(dry_run); }));
           })
      .def("clone", clone)
      .def("analyze", analyze)
      .def("diff", diff);
  nb::class_<BoundDiff>(module, "_Diff")
      .def_prop_ro("versions",
                   [](const BoundDiff& bound) { return nb::make_tuple(bound.diff.from(), bound.diff.to()); })
      .def_prop_ro("columns", [](const BoundDiff& bound) { return to_python(bound.diff.columns()); })
      .def_prop_ro("properties", [](const BoundDiff& bound) { return to_python(bound.diff.properties()); })
      .def_prop_ro("metadata", [](const BoundDiff& bound) { return to_python(bound.diff.metadata()); })
      .def_prop_ro("files", files)
      .def_prop_ro("added_files", [](const BoundDiff& bound) { return bound.diff.added_files(); })
      .def_prop_ro("removed_files", [](const BoundDiff& bound) { return bound.diff.removed_files(); })
      .def("count", counted)
      .def("rows", [](const BoundDiff& bound) {
        return PendingRows{run(bound.session, [&] { return bound.diff.rows(); }), bound.session};
      });
}

void bind_upkeep(nb::class_<Session>& session) {
  session.def("doctor", doctor)
      .def("convert", convert, nb::arg("folder"), nb::arg("partition_by").none(), nb::arg("schema").none(),
           nb::arg("options"));
}

}  // namespace lakelet::python
