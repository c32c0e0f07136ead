#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

std::string summary(const ConvertReport& report) {
  std::string line =
      fmt::format("{} {} table {}: {} ({}), {}", report.version < 0 ? "would make" : "made", report.format, report.uri,
                  counted(report.files, "file"), byte_count(report.bytes), counted(report.rows, "row"));
  if (!report.partition_columns.empty()) {
    line += fmt::format(", partitioned by {}", fmt::join(report.partition_columns, ", "));
  }
  if (report.passed_over > 0) line += fmt::format(", {} passed over", counted(report.passed_over, "other file"));
  return line;
}

struct Convert {
  std::string folder, partition_by, schema;
  std::vector<std::string> properties, user_metadata;
  ConvertOptions options;
  bool no_statistics = false;

  void run(Invocation& invocation) {
    if (!partition_by.empty()) options.partition_by = parse_schema(partition_by);
    if (!schema.empty()) options.schema = parse_schema(schema);
    options.statistics = !no_statistics;
    for (const auto& [key, value] : split_pairs(properties, "--property")) options.properties[key] = value;
    for (const auto& [key, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[key] = value;
    const ConvertReport report = invocation.session().convert(folder, options);
    if (invocation.format() != OutputFormat::Json) {
      if (options.dry_run) invocation.messages().summary("columns: " + to_string(report.schema));
      return invocation.messages().summary(summary(report));
    }
    invocation.show_object({{"uri", report.uri},
                            {"format", report.format},
                            {"version", report.version < 0 ? Cell() : Cell(report.version)},
                            {"schema", to_string(report.schema)},
                            {"partition_columns", Cell::list(report.partition_columns)},
                            {"files", report.files},
                            {"bytes", report.bytes},
                            {"rows", report.rows},
                            {"passed_over", report.passed_over}});
  }
};

}  // namespace

void declare_convert(Command command) {
  const auto convert = std::make_shared<Convert>();
  command.positional("FOLDER", convert->folder, "A folder with Parquet files, or a table of another format")
      .option("--to", convert->options.format, "FORMAT", "Table format (default: delta)")
      .option("--into", convert->options.into, "FOLDER",
              "Where the new table is: a table needs another place than its own")
      .option("--partition-by", convert->partition_by, "COLUMNS",
              "\"year int, city string\": of the folders named year=2025/city=Paris (default: found out)")
      .option("--schema", convert->schema, "COLUMNS", "The other columns (default: those of the files)")
      .flag("--no-statistics", convert->no_statistics, "Leave out the bounds of columns")
      .option("--name", convert->options.name, "NAME", "The table's name")
      .option("--description", convert->options.description, "TEXT", "What it holds")
      .option("--property", convert->properties, "KEY=VALUE", "A table property; may be repeated")
      .option("--user-metadata", convert->user_metadata, "NAME=VALUE", "Kept in the table's history; may be repeated")
      .flag("--dry-run", convert->options.dry_run, "Only say what would become of the folder")
      .example("lakelet convert lake/exports --partition-by \"year int, city string\"")
      .example("lakelet convert lake/sales --to FORMAT --into lake/sales_converted")
      .action([convert](Invocation& invocation) { convert->run(invocation); });
}

}  // namespace lakelet::cli
