#include "bindings/table.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/bind.h"
#include "bindings/layout.h"
#include "bindings/options.h"
#include "bindings/source.h"
#include "bindings/upkeep.h"
#include "bindings/values.h"
#include "bindings/waiting.h"
#include "lakelet/error.h"

namespace lakelet::python {
namespace {

// Runs a verb; what Python raised while it gave the rows is raised again as it was.
template <typename Work>
nb::dict run_verb(const Session& session, PythonFailure* failure, Work&& work) {
  try {
    return to_python(without_gil(canceller(session), std::forward<Work>(work)));
  } catch (const Error&) {
    if (failure) failure->raise();
    throw;
  }
}

template <typename Work>
auto read(const BoundTable& bound, Work&& work) {
  return without_gil(canceller(bound.session), std::forward<Work>(work));
}

nb::dict append(BoundTable& bound, PendingSource& source, const nb::dict& options) {
  return run_verb(bound.session, source.failure.get(),
                  [&, rows = source.take(), given = write_options(options)]() mutable {
                    return bound.table.append(std::move(rows), given);
                  });
}

nb::dict overwrite(BoundTable& bound, PendingSource& source, const std::string& where, const nb::dict& options) {
  return run_verb(bound.session, source.failure.get(),
                  [&, rows = source.take(), given = write_options(options)]() mutable {
                    return bound.table.overwrite(std::move(rows), where, given);
                  });
}

nb::dict delete_rows(BoundTable& bound, const std::string& where, const nb::dict& options) {
  return run_verb(bound.session, nullptr,
                  [&, given = write_options(options)] { return bound.table.delete_rows(where, given); });
}

nb::dict update(BoundTable& bound, const Assignments& set, const std::string& where, const nb::dict& options) {
  return run_verb(bound.session, nullptr,
                  [&, given = write_options(options)] { return bound.table.update(set, where, given); });
}

nb::dict alter(BoundTable& bound, const nb::list& changes, const nb::dict& options) {
  return run_verb(bound.session, nullptr, [&, given = write_options(options), all = alterations(changes)] {
    return bound.table.alter(all, given);
  });
}

using PartitionTexts = std::optional<std::map<std::string, std::optional<std::string>>>;

nb::dict change_files(BoundTable& bound, const std::vector<std::pair<std::string, PartitionTexts>>& add,
                      const std::vector<std::string>& remove, bool overwrite, bool dry_run, const nb::dict& given) {
  const WriteOptions with = write_options(given);
  FileChanges changes;
  for (const auto& [path, partition] : add) changes.add.push_back({path, partition});
  changes.remove = remove;
  const FileChangeOptions options{overwrite, dry_run, with.if_version, with.user_metadata, with.application_version};
  return run_verb(bound.session, nullptr, [&] { return bound.table.change_files(changes, options); });
}

nb::tuple optimize(BoundTable& bound, const nb::dict& options) {
  const OptimizeOptions given = optimize_options(options);
  const OptimizeReport report = without_gil(canceller(bound.session), [&] { return bound.table.optimize(given); });
  return nb::make_tuple(to_python(static_cast<const Report&>(report)), report.commits, report.groups,
                        report.files_considered, report.rows_purged, report.groups_lost);
}

struct Clause {
  std::string kind;
  std::optional<Assignments> set;  // absent: all columns
  std::string condition;
};

void add_clause(MergeBuilder& merge, const Clause& clause) {
  if (clause.kind == "matched_update") {
    clause.set ? merge.when_matched_update(*clause.set, clause.condition)
               : merge.when_matched_update_all(clause.condition);
  } else if (clause.kind == "matched_delete") {
    merge.when_matched_delete(clause.condition);
  } else if (clause.kind == "not_matched_insert") {
    clause.set ? merge.when_not_matched_insert(*clause.set, clause.condition)
               : merge.when_not_matched_insert_all(clause.condition);
  } else if (clause.kind == "not_matched_by_source_update") {
    merge.when_not_matched_by_source_update(*clause.set, clause.condition);
  } else {
    merge.when_not_matched_by_source_delete(clause.condition);
  }
}

nb::dict merge(BoundTable& bound, PendingSource& source, const std::string& on, const nb::list& given,
               const nb::dict& options) {
  std::vector<Clause> clauses;
  for (nb::handle each : given) {
    const nb::tuple parts = nb::cast<nb::tuple>(each);
    clauses.push_back({nb::cast<std::string>(parts[0]), nb::cast<std::optional<Assignments>>(parts[1]),
                       nb::cast<std::string>(parts[2])});
  }
  return run_verb(bound.session, source.failure.get(),
                  [&, rows = source.take(), with = write_options(options)]() mutable {
                    MergeBuilder builder = bound.table.merge(std::move(rows), on, with);
                    for (const Clause& clause : clauses) add_clause(builder, clause);
                    return builder.execute();
                  });
}

nb::list history(const BoundTable& bound, std::optional<std::int64_t> limit) {
  nb::list result;
  for (const HistoryEntry& entry : read(bound, [&] { return bound.table.history(limit); })) {
    result.append(to_python(entry));
  }
  return result;
}

nb::list files(const BoundTable& bound) {
  nb::list result;
  for (const FileInfo& file : read(bound, [&] { return bound.table.files(); })) {
    result.append(nb::make_tuple(file.path, file.bytes, to_python(file.rows), file.deleted_rows,
                                 to_python(file.partition), file.modified_us));
  }
  return result;
}

nb::list partitions(const BoundTable& bound) {
  nb::list result;
  for (const PartitionInfo& each : read(bound, [&] { return bound.table.partitions(); })) {
    result.append(nb::make_tuple(to_python(each.values), each.files, each.bytes, to_python(each.rows)));
  }
  return result;
}

nb::dict detail(const BoundTable& bound) {
  const TableDetail found = read(bound, [&] { return bound.table.detail(); });
  nb::dict result;
  result["files"] = found.files;
  result["bytes"] = found.bytes;
  result["rows"] = to_python(found.rows);
  return result;
}

// What a version is, at once: nothing of it changes while somebody looks.
nb::tuple facts(const BoundTable& bound) {
  read(bound, [&] { return bound.table.version(); });  // may read what was committed last
  const Table& table = bound.table;
  nb::list partitioning;
  for (const PartitionField& field : table.partitioning().fields) partitioning.append(field.name);
  return nb::make_tuple(table.version(), table.timestamp_us(), table.schema(), to_python(table.metadata()),
                        to_python(table.properties()), table.partitioning().columns(), partitioning,
                        BoundScan{table.scan(), bound.session});
}

VersionSelector selector(nb::handle value, bool timestamp) {
  if (value.is_none()) return LatestVersion{};
  const auto number = nb::cast<std::int64_t>(value);
  if (timestamp) return AtTimestamp{number};
  return Version{number};
}

BoundScan changes(const BoundTable& bound, nb::handle from, bool from_time, nb::handle to, bool to_time) {
  const VersionSelector first = selector(from, from_time), last = selector(to, to_time);
  return {read(bound, [&] { return bound.table.changes(first, last); }), bound.session};
}

}  // namespace

void bind_table(nb::module_& module) {
  nb::class_<BoundTable> table(module, "_Table");
  table.def_prop_ro("uri", [](const BoundTable& bound) { return bound.table.uri(); })
      .def("facts", facts)
      .def("history", history, nb::arg("limit").none())
      .def("files", files)
      .def("partitions", partitions)
      .def("detail", detail)
      .def("domains", [](const BoundTable& bound) { return read(bound, [&] { return bound.table.domains(); }); })
      .def("application_version",
           [](const BoundTable& bound, const std::string& application) {
             return read(bound, [&] { return bound.table.application_version(application); });
           })
      .def("at_version",
           [](const BoundTable& bound, Version version) {
             return BoundTable{read(bound, [&] { return bound.table.at_version(version); }), bound.session};
           })
      .def("at_timestamp",
           [](const BoundTable& bound, std::int64_t us) {
             return BoundTable{read(bound, [&] { return bound.table.at_timestamp(us); }), bound.session};
           })
      .def("refresh", [](BoundTable& bound) { read(bound, [&] { bound.table.refresh(); }); })
      .def("changes", changes, nb::arg("from").none(), nb::arg("from_time"), nb::arg("to").none(), nb::arg("to_time"))
      .def("append", append)
      .def("overwrite", overwrite)
      .def("delete", delete_rows)
      .def("update", update)
      .def("alter", alter)
      .def("merge", merge)
      .def("change_files", change_files)
      .def("optimize", optimize);
  bind_upkeep(module, table);
  bind_layout(table);
}

}  // namespace lakelet::python
