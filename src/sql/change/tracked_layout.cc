#include "sql/change/tracked_layout.h"

#include <utility>

namespace lakelet::sql {
namespace {

void append_field(std::vector<Field>& fields, const Field& like, const std::string& name) {
  Field field = like;
  field.name = name;
  fields.push_back(std::move(field));
}

}  // namespace

void add_tracked_columns(const RowTracking& tracking, const TrackedRows& tracked,
                         engine::DataFileWriterOptions& options) {
  const std::pair<const Field*, const std::string*> added[] = {{&tracking.row_id, &tracked.row_id.stored},
                                                               {&tracking.row_version, &tracked.row_version.stored}};
  std::vector<Field> columns = options.schema.fields(), in_files = options.layout.file_schema.fields();
  for (const auto& [field, name] : added) {
    append_field(columns, *field, *name);
    append_field(in_files, *field, field->file_name());
  }
  options.schema = Schema(std::move(columns));
  options.layout.file_schema = Schema(std::move(in_files));
}

}  // namespace lakelet::sql
