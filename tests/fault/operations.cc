#include "fault/operations.h"

#include <algorithm>
#include <stdexcept>

namespace lakelet::fault {
namespace {

std::int64_t id_of(const Row& row) {
  return std::get<0>(row);
}

RowSet without(const RowSet& rows, std::int64_t first, std::int64_t end) {
  return keep_if(rows, [=](const Row& row) { return id_of(row) < first || id_of(row) >= end; });
}

Report create(Session& session, const std::string& table) {
  session.create(table, parse_schema(kColumns));
  Report report;
  report.version = 0;
  return report;
}

// Makes the table with its first rows, in one commit.
Report write_new(Session& session, const std::string& table) {
  const CreateOptions options;
  return session.write(table, source_of(0, 10), WriteMode::Append, {}, {}, &options);
}

Report append(Session& session, const std::string& table) {
  return session.open(table).append(source_of(100, 110));
}

Report overwrite(Session& session, const std::string& table) {
  return session.open(table).overwrite(source_of(200, 205));
}

// Takes one file whole and half of another.
Report overwrite_where(Session& session, const std::string& table) {
  return session.open(table).overwrite(source_of(15, 18), "id >= 15");
}

// Rows of two files, and of the third none.
Report delete_rows(Session& session, const std::string& table) {
  return session.open(table).delete_rows("id >= 5 and id < 12");
}

Report update(Session& session, const std::string& table) {
  return session.open(table).update({{"name", "'changed'"}, {"amount", "amount + 1"}}, "id % 10 = 3");
}

Row updated(const Row& row) {
  if (id_of(row) % 10 != 3) return row;
  return {id_of(row), "changed", std::get<2>(row) + 1};
}

// Ids 25 to 29 match, 30 to 34 don't (the first time); those below 3 go.
Report merge(Session& session, const std::string& table) {
  return session.open(table)
      .merge(source_of(25, 35), "target.id = source.id")
      .when_matched_update({{"name", "'merged'"}, {"amount", "target.amount + source.id"}})
      .when_not_matched_insert_all()
      .when_not_matched_by_source_delete("target.id < 3")
      .execute();
}

RowSet merged(const RowSet& rows) {
  RowSet out = rows_of(25, 35);
  for (const Row& row : rows) out.erase(row_of(id_of(row)));
  for (const Row& row : rows) {
    const bool matched = id_of(row) >= 25 && id_of(row) < 35;
    if (matched) {
      out.emplace(id_of(row), "merged", std::get<2>(row) + id_of(row));
    } else if (id_of(row) >= 3) {
      out.insert(row);
    }
  }
  return out;
}

RowSet appended(const RowSet& rows) {
  return join(rows, rows_of(100, 110));
}
RowSet deleted(const RowSet& rows) {
  return without(rows, 5, 12);
}

// Every other row: too many for vectors within the log.
Report delete_every_other(Session& session, const std::string& table) {
  return session.open(table).delete_rows("id % 2 = 1");
}

RowSet unchanged(const RowSet& rows) {
  return rows;
}

Report optimize(Session& session, const std::string& table) {
  return session.open(table).optimize();
}

Report z_order(Session& session, const std::string& table) {
  OptimizeOptions options;
  options.z_order = {"name", "amount"};
  return session.open(table).optimize(options);
}

// Back to the first file; the second time it is so already.
Report restore(Session& session, const std::string& table) {
  Report report;
  report.version = session.open(table).restore(Version{1}).version;
  return report;
}

std::vector<LakeOperation> make_operations() {
  std::vector<LakeOperation> all;
  all.push_back({"create", -1, create, [](const RowSet& rows) { return rows; }, true});
  all.push_back({"write_new", -1, write_new, [](const RowSet& rows) { return join(rows, rows_of(0, 10)); }});
  all.push_back({"append", 3, append, appended});
  all.push_back({"overwrite", 3, overwrite, [](const RowSet&) { return rows_of(200, 205); }});
  all.push_back({"overwrite_where", 3, overwrite_where,
                 [](const RowSet& rows) { return join(without(rows, 15, 1'000'000), rows_of(15, 18)); }});
  all.push_back({"delete", 3, delete_rows, deleted, false, true});
  all.push_back({"update", 3, update, [](const RowSet& rows) { return change(rows, updated); }});
  all.push_back({"merge", 3, merge, merged});
  all.push_back({"append_with_checkpoint", 9, append, appended});
  all.push_back({"delete_behind_checkpoint", 11, delete_rows, deleted, false, true});
  // Commits with timestamps of their own, every fourth with a checkpoint that is named by a UUID, every third with the
  // last three in one file, and clean-up.
  const Properties busy_log = {
      {"delta.enableInCommitTimestamps", "true"}, {"delta.checkpointPolicy", "v2"},
      {"delta.checkpointInterval", "4"},          {"delta.checkpoint.writeStatsAsStruct", "true"},
      {"lakelet.logCompactionInterval", "3"},     {"delta.logRetentionDuration", "0 days"}};
  all.push_back({"append_to_a_busy_log", 7, append, appended, false, false, busy_log});
  all.push_back({"delete_from_a_busy_log", 10, delete_rows, deleted, false, true, busy_log});
  const Properties vectors = {{"delta.enableDeletionVectors", "true"}, {"memory.rowRemoval", "positions"}};
  all.push_back({"delete_with_vectors", 3, delete_rows, deleted, false, true, vectors});
  all.push_back({"merge_with_vectors", 3, merge, merged, false, false, vectors});
  all.push_back({"delete_with_files_of_vectors", 3, delete_every_other,
                 [](const RowSet& rows) { return keep_if(rows, [](const Row& row) { return id_of(row) % 2 == 0; }); },
                 false, true, vectors, 400});
  all.push_back({"optimize", 3, optimize, unchanged, false, true});
  all.push_back({"z_order", 3, z_order, unchanged, false, true});
  const auto first_file = [](const RowSet&) { return rows_of(0, 10); };
  all.push_back({"restore", 3, restore, first_file, false, true, {}, 10, true});
  all.push_back({"restore_behind_checkpoint", 11, restore, first_file, false, true, {}, 10, true});
  return all;
}

}  // namespace

const std::vector<LakeOperation>& operations() {
  static const std::vector<LakeOperation> all = make_operations();
  return all;
}

const LakeOperation& operation(const std::string& name) {
  for (const LakeOperation& each : operations()) {
    if (each.name == name) return each;
  }
  throw std::invalid_argument("no operation is called " + name);
}

void prepare(const LakeOperation& operation, Session& session, const std::string& table) {
  if (operation.base < 0) return;
  CreateOptions options;
  options.properties = operation.properties;
  Table made = session.create(table, parse_schema(kColumns), options);
  for (Version version = 1; version <= operation.base; ++version) {
    if (version <= 3) {
      made.append(source_of(operation.rows_per_file * (version - 1), operation.rows_per_file * version));
    } else {
      made.append(source_of(50 + version, 51 + version));
    }
  }
}

RowSet rows_before(const LakeOperation& operation) {
  RowSet rows = rows_of(0, operation.rows_per_file * std::clamp<Version>(operation.base, 0, 3));
  for (Version version = 4; version <= operation.base; ++version) rows.merge(rows_of(50 + version, 51 + version));
  return rows;
}

}  // namespace lakelet::fault
