// Every column that a table has or had, by id.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/metadata/table_metadata.h"
#include "table/column_path.h"

namespace lakelet::iceberg {

struct KnownField {
  ColumnPath path;  // in the schema that it is from
  Field field;
  bool current = false;  // in the snapshot's schema
  bool in_structs = true;
};

class KnownFields {
 public:
  // `schema`: the snapshot's; columns that it doesn't have are those of the newest schema that does.
  KnownFields(std::shared_ptr<const TableMetadataFile> metadata, const Schema& schema);

  const KnownField* find(std::int32_t id) const;
  // The id of a column of the snapshot's schema.
  std::optional<std::int32_t> id_of(const Schema& schema, const ColumnPath& path) const;
  // Throws Error(CorruptTable) for a spec that the table doesn't have.
  const PartitionSpec& spec(int id) const;
  PartitionLayout layout_of(int spec_id) const;
  // Of all columns of a primitive type, ascending.
  std::vector<std::int32_t> ids() const;

 private:
  void add(const std::vector<Field>& fields, const ColumnPath& parent, bool current, bool in_structs);

  std::shared_ptr<const TableMetadataFile> metadata_;
  std::map<std::int32_t, KnownField> fields_;
};

}  // namespace lakelet::iceberg
