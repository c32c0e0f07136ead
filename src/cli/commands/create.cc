#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Create {
  std::string table, schema, format, partition_by, name, description;
  std::vector<std::string> properties, defaults, generated, identities, checks;
  bool if_not_exists = false;

  void run(Invocation& invocation) const {
    CreateOptions options;
    options.format = format;
    options.partition_by = split_list(partition_by);
    options.name = name;
    options.description = description;
    options.if_not_exists = if_not_exists;
    for (const auto& [key, value] : split_pairs(properties, "--property")) options.properties[key] = value;
    for (const auto& [column, value] : split_pairs(defaults, "--default")) options.values[column] = DefaultValue{value};
    for (const auto& [column, value] : split_pairs(generated, "--generated")) {
      options.values[column] = GeneratedValue{value};
    }
    for (const std::string& column : identities) options.values[column] = IdentityValue{};
    for (const auto& [check, condition] : split_pairs(checks, "--check")) options.constraints[check] = condition;
    const Schema columns = parse_schema(schema);
    const bool there = if_not_exists && invocation.session().exists(table);
    const Table made = invocation.session().create(table, columns, options);
    if (invocation.format() == OutputFormat::Json) {
      invocation.show_object(
          {{"uri", made.uri()}, {"format", made.metadata().format}, {"version", made.version()}, {"created", !there}});
    } else {
      invocation.messages().summary(fmt::format("{} {} table {} at version {}", there ? "found" : "created",
                                                made.metadata().format, made.uri(), made.version()));
    }
  }
};

}  // namespace

void declare_create(Command command) {
  const auto create = std::make_shared<Create>();
  command.positional("TABLE", create->table, "Path or URI of the new table")
      .option("--schema", create->schema, "COLUMNS", "\"time timestamp, city string not null, temperature float\"")
      .require("--schema")
      .option("--as", create->format, "FORMAT", "Table format: delta or iceberg (default: delta)")
      .option("--partition-by", create->partition_by, "A,B",
              "Columns, or bucket(16, c), truncate(10, c), day(c) and the like where the format has them")
      .option("--name", create->name, "NAME", "The table's name")
      .option("--description", create->description, "TEXT", "What it holds")
      .option("--property", create->properties, "KEY=VALUE", "A table property; may be repeated")
      .option("--default", create->defaults, "COLUMN=VALUE", "What rows that don't say have; may be repeated")
      .option("--generated", create->generated, "COLUMN=EXPRESSION", "Computed from other columns; may be repeated")
      .option("--identity", create->identities, "COLUMN", "A bigint that the table counts; may be repeated")
      .option("--check", create->checks, "NAME=CONDITION", "What every row must meet; may be repeated")
      .flag("--if-not-exists", create->if_not_exists, "Do nothing if there is a table already")
      .example("lakelet create lake/weather --schema \"time timestamp, city string, temperature float\" --name Weather")
      .action([create](Invocation& invocation) { create->run(invocation); });
}

}  // namespace lakelet::cli
