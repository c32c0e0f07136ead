#include "operations/create.h"

#include <fmt/format.h>

#include <set>

#include "lakelet/error.h"
#include "table/catalog.h"
#include "table/partition_fields.h"

namespace lakelet::operations {

const TableFormat& choose_format(const FormatRegistry& formats, const std::string& name) {
  std::string known;
  for (const auto& format : formats.formats()) known += (known.empty() ? "" : ", ") + std::string(format->name());
  if (name.empty() && !formats.formats().empty()) return *formats.formats().front();
  const TableFormat* format = formats.find(name);
  if (!format) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is not a table format that can be written", name),
                "formats: " + known);
  }
  return *format;
}

CreateSpec create_spec(const Schema& schema, const CreateOptions& options) {
  CreateSpec spec;
  spec.schema = schema;
  spec.partition_by = options.partition_by;
  spec.name = options.name;
  spec.description = options.description;
  spec.properties = options.properties;
  return spec;
}

CreatePlan plan_create(const FormatRegistry& formats, const Location& location, const Schema& schema,
                       const CreateOptions& options) {
  if (schema.empty()) throw Error(ErrorCode::InvalidArgument, "a table needs at least one column");
  std::set<std::string> seen;
  const TableFormat& format = catalog_table_of(location) ? format_for_new(formats, options.format, location)
                                                         : choose_format(formats, options.format);
  CreatePlan plan{&format, location, create_spec(schema, options), options.user_metadata};
  for (std::string& column : plan.spec.partition_by) {
    const Field* field = schema.find(column);
    if (!field && column.find('(') != std::string::npos) {  // a transform: the format says whether it has it
      column = to_string(parse_partitioning(schema, {column}).fields.front());
      if (!seen.insert(column).second) {
        throw Error(ErrorCode::InvalidArgument, fmt::format("the table is partitioned by {} twice", column));
      }
      continue;
    }
    if (!field) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("partition column {} isn't in the schema", column),
                  "columns: " + to_string(schema));
    }
    if (!seen.insert(field->name).second) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("partition column {} is named twice", column));
    }
    column = field->name;
  }
  if (const TableFormat* there = formats.try_detect(location); there && !(options.replace && there == plan.format)) {
    throw Error(ErrorCode::AlreadyExists,
                fmt::format("there is already a table at {} ({})", location.uri, there->name()),
                "open it, or choose another path");
  }
  return plan;
}

Version run(const CreatePlan& plan, const FormatContext& context) {
  const std::unique_ptr<Transaction> transaction = plan.format->create(context, plan.location, plan.spec);
  CommitInfo info;
  info.operation = Operation::Create;
  info.user_metadata = plan.user_metadata;
  CommitOptions options;
  options.events = context.events;
  return require_committed(transaction->commit(info, options), plan.location.uri).version;
}

}  // namespace lakelet::operations
