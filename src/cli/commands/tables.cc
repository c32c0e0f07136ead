// laketower's spelling: the same commands underneath.
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/query_output.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

void list(Invocation& invocation) {
  Grid grid({{"name"}, {"format"}, {"uri"}});
  for (const ConfiguredTable& table : invocation.configuration_file().contents().tables) {
    grid.add({table.name, table.format.empty() ? Cell() : Cell(table.format), table.uri});
  }
  invocation.show(grid);
}

struct Query {
  std::string sql;
  std::vector<std::string> parameters;
};

void declare_query(Command command) {
  const auto query = std::make_shared<Query>();
  command.positional("SQL", query->sql, "The query; tables by their names")
      .words("-p,--param", query->parameters, 2, "NAME VALUE",
             "The value of $NAME; blank, or none, is NULL; may be repeated")
      .example("lakelet tables query \"select * from weather where city = $city\" -p city Paris")
      .action([query](Invocation& invocation) {
        show_query(invocation, {query->sql, parameter_pairs(query->parameters), false});
      });
}

struct Import {
  std::string table, file, mode = "overwrite", format, delimiter, encoding = "utf-8", sheet;

  void run(Invocation& invocation) const {
    FileOptions options;
    if (!format.empty()) options.format = parse_file_format(format);
    options.delimiter = delimiter;
    options.encoding = encoding;
    options.sheet = sheet;
    const CreateOptions create;
    const WriteMode write = mode == "append" ? WriteMode::Append : WriteMode::Overwrite;
    invocation.show_report("import",
                           invocation.session().write(table, Source::file(file, options), write, {}, {}, &create));
  }
};

void declare_import_file(Command command) {
  const auto import = std::make_shared<Import>();
  command.positional("TABLE", import->table, "Name of the table; it is made if it isn't there")
      .option("--file", import->file, "FILE", "The file to read")
      .require("--file")
      .choice("--mode", import->mode, {"append", "overwrite"},
              "What to do with the rows that are there (default: overwrite)")
      .option("--format", import->format, "FORMAT",
              "If the extension doesn't say: csv, tsv, json, jsonl, parquet, arrow, xlsx")
      .option("--delimiter", import->delimiter, "CHARACTER", "Between the fields of a csv file (default: found out)")
      .choice("--encoding", import->encoding, {"utf-8", "latin-1", "utf-16"}, "Of a csv file (default: utf-8)")
      .option("--sheet", import->sheet, "NAME|NUMBER", "Of an xlsx file (default: the first)")
      .example("lakelet tables import weather --file day.csv --mode append --delimiter \";\"")
      .action([import](Invocation& invocation) { import->run(invocation); });
}

}  // namespace

void declare_tables(Command command) {
  command.example("lakelet tables list")
      .command("list", "List the tables of the configuration file",
               [](Command each) { each.example("lakelet tables list").action(&list); })
      .command("metadata", "Show what a table says of itself", &declare_metadata)
      .command("schema", "Show a table's columns", &declare_schema)
      .command("history", "Show a table's versions, newest first", &declare_history)
      .command("statistics", "Show figures of each column", &declare_statistics)
      .command("view", "Show rows of a table, at any version", &declare_view)
      .command("query", "Run SQL over the tables", &declare_query)
      .command("import", "Add a file's rows to a table, or replace its rows", &declare_import_file);
}

}  // namespace lakelet::cli
