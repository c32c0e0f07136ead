#include <fmt/format.h>

#include <map>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/write_flags.h"
#include "cli/invocation.h"
#include "cli/standard_input.h"

namespace lakelet::cli {
namespace {

struct Import {
  std::string table;
  std::vector<std::string> files;
  std::string mode = "append", input_format, delimiter, encoding = "utf-8", sheet, schema_mode, partition_by, where,
              format, sort_by;
  std::string name, description;
  std::vector<std::string> properties;
  bool create = false, no_header = false;
  WriteFlags write;

  FileOptions file_options() const {
    FileOptions options;
    if (!input_format.empty()) options.format = parse_file_format(input_format);
    options.delimiter = delimiter == "\\t" || delimiter == "tab" ? "\t" : delimiter;
    options.encoding = encoding;
    options.header = !no_header;
    options.sheet = sheet;
    return options;
  }

  WriteMode write_mode() const {
    static const std::map<std::string, WriteMode> kModes = {{"append", WriteMode::Append},
                                                            {"overwrite", WriteMode::Overwrite},
                                                            {"error", WriteMode::ErrorIfExists},
                                                            {"ignore", WriteMode::Ignore}};
    return kModes.at(mode);
  }

  CreateOptions create_options() const {
    CreateOptions options;
    options.format = format;
    options.partition_by = split_list(partition_by);
    options.name = name;
    options.description = description;
    for (const auto& [key, value] : split_pairs(properties, "--property")) options.properties[key] = value;
    return options;
  }

  // What describes a new table means nothing for one that is there.
  void check() const {
    const bool describes =
        !partition_by.empty() || !format.empty() || !name.empty() || !description.empty() || !properties.empty();
    if (describes && !create) {
      throw Error(ErrorCode::InvalidArgument,
                  "--partition-by, --as, --name, --description and --property are for a new table", "add --create");
    }
  }

  void run(Invocation& invocation) {
    check();
    WriteOptions options = write.options();
    if (schema_mode == "merge") options.schema_mode = SchemaMode::Merge;
    if (schema_mode == "overwrite") options.schema_mode = SchemaMode::Overwrite;
    options.sort_by = split_list(sort_by);
    const CreateOptions new_table = create_options();
    FileOptions reading = file_options();
    const StandardInput input(files, reading, invocation.temporary_folder());
    try {
      const Report report = invocation.session().write(table, Source::files(files, reading), write_mode(), where,
                                                       options, create ? &new_table : nullptr);
      invocation.show_report("import", report);
    } catch (Error& error) {
      const bool missing_table = error.code() == ErrorCode::NotFound && !create && !invocation.session().exists(table);
      if (missing_table) error.set_hint("add --create to make the table from the file, or make it with lakelet create");
      throw;
    }
  }
};

}  // namespace

void declare_import(Command command) {
  const auto import = std::make_shared<Import>();
  command.positional("TABLE", import->table, "Path or URI of the table")
      .positionals("FILE", import->files,
                   "Files to read: csv, tsv, json, jsonl, parquet, arrow, xlsx; - is the standard input")
      .choice("--mode", import->mode, {"append", "overwrite", "error", "ignore"},
              "What to do with a table that is there (default: append)")
      .option("--where", import->where, "PREDICATE", "With --mode overwrite: replace only these rows")
      .option("--input-format", import->input_format, "FORMAT",
              "If the extension doesn't say: csv, tsv, json, jsonl, parquet, arrow, xlsx")
      .option("--delimiter", import->delimiter, "CHARACTER", "Between the fields of a csv file (default: found out)")
      .choice("--encoding", import->encoding, {"utf-8", "latin-1", "utf-16"}, "Of a csv file (default: utf-8)")
      .flag("--no-header", import->no_header,
            "The first line of a csv or xlsx file is a row; columns are in the table's order")
      .option("--sheet", import->sheet, "NAME|NUMBER", "Of an xlsx file (default: the first)")
      .choice("--schema-mode", import->schema_mode, {"merge", "overwrite"},
              "Add new columns, or take the file's schema")
      .option("--sort-by", import->sort_by, "A,B",
              "Write the rows in the order of these columns: later queries read fewer files")
      .flag("--create", import->create, "Make the table if there is none, with the file's columns")
      .option("--partition-by", import->partition_by, "A,B",
              "With --create: columns, or bucket(16, c), day(c) and the like where the format has them")
      .option("--as", import->format, "FORMAT", "With --create: delta or iceberg (default: delta)")
      .option("--name", import->name, "NAME", "With --create: the table's name")
      .option("--description", import->description, "TEXT", "With --create: what it holds")
      .option("--property", import->properties, "KEY=VALUE", "With --create: a table property; may be repeated");
  import->write.declare(command);
  command.example("lakelet import lake/weather day1.csv day2.csv")
      .example("lakelet import lake/weather march.csv --mode overwrite --where \"time >= '2025-03-01'\"")
      .action([import](Invocation& invocation) { import->run(invocation); });
}

}  // namespace lakelet::cli
