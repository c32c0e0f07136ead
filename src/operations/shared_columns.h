// The columns of a table over files that were another one's: by what they are found in every one of them. Pure
// functions of schemas.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lakelet/schema.h"
#include "table/snapshot.h"

namespace lakelet::operations {

// What the new table goes by.
struct ColumnRules {
  ColumnMatching matching = ColumnMatching::ByName;              // how it finds columns, if it can choose
  std::function<bool(const Type& from, const Type& to)> widens;  // as Snapshot::widens()
  std::set<std::string> partition_columns;                       // that files need not have
};

class SharedColumns {
 public:
  // `schema`: of the table that the files are from, which finds its columns in them by `matching`.
  SharedColumns(const Schema& schema, ColumnMatching matching, ColumnRules rules);

  // One file, with the columns that it has (ParquetFooter::schema). `partition_values`: columns that have one value in
  // all of its rows by the table's partitioning. Throws Error(UnsupportedFeature) naming file and column for what the
  // new table couldn't read as the old one does.
  void add(const DataFile& file, const Schema& stored, const std::set<std::string>& partition_values);
  // With the names that files have (Field::file_name()), and, where the new table goes by them, the ids that those have
  // that have ids at all: as CreateSpec::for_files takes it. Throws Error(UnsupportedFeature) if a column has several
  // names or ids, or shares one.
  Schema finish() const;

 private:
  struct Column {
    Field field;
    bool named = true;                               // no part of a list or map, which has its place
    std::map<std::string, std::string> names;        // in which file first, all files
    std::map<std::string, std::string> plain_names;  // of files without ids
    std::map<std::int32_t, std::string> ids;
    std::optional<std::string> without_id;  // a file with ids, but for this column
    std::vector<Column> parts;
    std::set<std::string> strangers, plain_strangers;  // names beside its parts that are no column of the table
  };
  struct Seen {
    const DataFile& file;
    bool ids;  // it has some
    const std::set<std::string>& partition_values;
  };

  static Column column_of(const Field& field, bool named);
  static const Field* find(const Column& column, const std::vector<Field>& stored, const std::vector<Field>* mapping,
                           ColumnMatching matching, const Seen& seen);
  void add_struct(Column& parent, const std::vector<Field>& stored, const std::vector<Field>* mapping,
                  const std::string& prefix, const Seen& seen);
  void add_column(Column& column, const Field& stored, const std::vector<Field>* mapping, const std::string& path,
                  const Seen& seen);
  void require_type(const Field& field, const Field& stored, const std::string& path, const Seen& seen) const;
  bool one_name(const Column& parent, bool plain, std::string* why) const;
  bool one_id(const Column& parent, std::set<std::int32_t>& taken, std::string* why) const;
  std::vector<Field> fields(const Column& parent, bool ids, std::int32_t& next_id) const;

  const ColumnMatching matching_;
  const ColumnRules rules_;
  Column root_;
  bool any_ids_ = false, any_plain_ = false;
  std::int32_t greatest_id_ = 0;
  std::map<std::int32_t, std::string> stranger_ids_;  // of columns that the table doesn't have: in which file
};

}  // namespace lakelet::operations
