#include "table/change_recording.h"

#include "table/change_feed.h"

namespace lakelet {

WriteLayout change_layout(WriteLayout rows) {
  std::vector<Field> fields = rows.file_schema.fields();
  // A row as it was may be older than a column's NOT NULL.
  for (Field& field : fields) field.nullable = true;
  Field type;
  type.name = kChangeTypeColumn;
  type.type = TypeKind::String;
  fields.push_back(std::move(type));
  rows.file_schema = Schema(std::move(fields));
  rows.statistics_columns.clear();
  return rows;
}

}  // namespace lakelet
