// What lies between two versions: rows, columns, properties, files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/metadata.h"
#include "lakelet/rows.h"

namespace lakelet {

struct DiffOptions {
  // Columns that say which row is the same one in both versions, NULL like any other value; a row that has the same key
  // and other values was updated. Empty: rows are only inserted and deleted.
  std::vector<std::string> key;
};

// Something that has a name and one text before and another after; absent where it isn't there.
struct NamedChange {
  std::string name;
  std::optional<std::string> before, after;
};

struct FileDifferences {
  std::int64_t common = 0;        // with the same rows in both: they aren't read
  std::int64_t added = 0;         // only in the later version
  std::int64_t removed = 0;       // only in the earlier one
  std::int64_t rows_removed = 0;  // in both, with other deleted rows
  std::uint64_t added_bytes = 0;
  std::uint64_t removed_bytes = 0;
};

struct RowDifferences {
  std::int64_t inserted = 0, deleted = 0, updated = 0;
};

// Copies share everything. Keeps what it needs alive.
class Diff {
 public:
  Version from() const;
  Version to() const;
  const std::vector<NamedChange>& columns() const;     // dotted names, types as text
  const std::vector<NamedChange>& properties() const;  // constraints too, where they are properties
  const std::vector<NamedChange>& metadata() const;    // name, description, partitioning, protocol
  const FileDifferences& files() const;
  const std::vector<std::string>& added_files() const;  // paths; those with other deleted rows are in both lists
  const std::vector<std::string>& removed_files() const;

  // _change_type ("insert", "delete"; with a key "update_preimage" and "update_postimage" too, one after the other) and
  // the columns of the later version. As often as a row is there more or less often. Values that an earlier version has
  // no column for are what its rows have in the later one; columns that are gone aren't compared. Reads only files that
  // the two versions don't have in common; sorts and groups spill to disk. With a key in its order, else in none.
  Rows rows() const;
  RowDifferences count() const;  // of rows(): reads them all

 private:
  friend class Table;
  struct Impl;
  explicit Diff(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace lakelet
