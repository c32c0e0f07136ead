#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/write_flags.h"
#include "cli/invocation.h"
#include "cli/merge_source.h"
#include "cli/standard_input.h"

namespace lakelet::cli {
namespace {

struct Merge {
  std::string table, source, on, input_format, delimiter, encoding = "utf-8", schema_mode;
  std::string update, update_if, insert, insert_if, delete_if, unmatched_update, unmatched_if;
  bool update_all = false, insert_all = false, remove = false, unmatched_delete = false;
  WriteFlags write;
  // When the options are parsed: the order of the clauses.
  std::function<std::size_t(const char*)> order;

  struct Clause {
    std::size_t position;
    std::function<void(MergeBuilder&)> add;
  };

  // As they were written: the first clause whose condition holds applies.
  std::vector<Clause> clauses() const {
    std::vector<Clause> all;
    const auto add = [&](const char* option, std::function<void(MergeBuilder&)> apply) {
      all.push_back({order(option), std::move(apply)});
    };
    if (!update.empty()) {
      add("--update", [this](MergeBuilder& merge) { merge.when_matched_update(parse_assignments(update), update_if); });
    }
    if (update_all) add("--update-all", [this](MergeBuilder& merge) { merge.when_matched_update_all(update_if); });
    if (remove) add("--delete", [this](MergeBuilder& merge) { merge.when_matched_delete(delete_if); });
    if (!insert.empty()) {
      add("--insert",
          [this](MergeBuilder& merge) { merge.when_not_matched_insert(parse_assignments(insert), insert_if); });
    }
    if (insert_all) add("--insert-all", [this](MergeBuilder& merge) { merge.when_not_matched_insert_all(insert_if); });
    if (!unmatched_update.empty()) {
      add("--update-unmatched-by-source", [this](MergeBuilder& merge) {
        merge.when_not_matched_by_source_update(parse_assignments(unmatched_update), unmatched_if);
      });
    }
    if (unmatched_delete) {
      add("--delete-unmatched-by-source",
          [this](MergeBuilder& merge) { merge.when_not_matched_by_source_delete(unmatched_if); });
    }
    std::stable_sort(all.begin(), all.end(), [](const Clause& a, const Clause& b) { return a.position < b.position; });
    return all;
  }

  void check() const {
    const auto refuse = [](const char* what, const char* hint) { throw Error(ErrorCode::InvalidArgument, what, hint); };
    if (!update.empty() && update_all) refuse("--update and --update-all exclude each other", "keep one of them");
    if (!insert.empty() && insert_all) refuse("--insert and --insert-all exclude each other", "keep one of them");
    if (!update_if.empty() && update.empty() && !update_all)
      refuse("--update-if without an update", "add --update or --update-all");
    if (!insert_if.empty() && insert.empty() && !insert_all)
      refuse("--insert-if without an insert", "add --insert or --insert-all");
    if (!delete_if.empty() && !remove) refuse("--delete-if without a delete", "add --delete");
    if (!unmatched_if.empty() && !unmatched_delete && unmatched_update.empty()) {
      refuse("--unmatched-by-source-if without its clause", "add --delete-unmatched-by-source");
    }
    if (clauses().empty()) {
      refuse("the merge says nothing about what to do",
             "add --update-all, --insert-all, --update, --insert or --delete");
    }
  }

  void run(Invocation& invocation) {
    check();
    FileOptions reading;
    if (!input_format.empty()) reading.format = parse_file_format(input_format);
    reading.delimiter = delimiter == "\\t" || delimiter == "tab" ? "\t" : delimiter;
    reading.encoding = encoding;
    std::vector<std::string> files = {source};
    const StandardInput input(files, reading, invocation.temporary_folder());
    Session& session = invocation.session();
    Table target = session.open(table);
    WriteOptions options = write.options();
    if (schema_mode == "merge") options.schema_mode = SchemaMode::Merge;
    MergeBuilder merge = target.merge(merge_source(session, files[0], reading), on, options);
    for (const Clause& clause : clauses()) clause.add(merge);
    invocation.show_report("merge", merge.execute());
  }
};

}  // namespace

void declare_merge(Command command) {
  const auto merge = std::make_shared<Merge>();
  command.positional("TABLE", merge->table, "Path or URI of the table")
      .option("--source", merge->source, "FILE|TABLE|SQL",
              "Where the rows come from: a file, - (standard input), a table, or a query")
      .require("--source")
      .option("--on", merge->on, "PREDICATE", "Which rows match: \"target.id = source.id\"")
      .require("--on")
      .flag("--update-all", merge->update_all, "Matched rows take all columns of the source")
      .option("--update", merge->update, "SET", "Matched rows change: \"a = source.a, b = target.b + 1\"")
      .option("--update-if", merge->update_if, "CONDITION", "Only matched rows for which this holds")
      .flag("--delete", merge->remove, "Matched rows go")
      .option("--delete-if", merge->delete_if, "CONDITION", "Only matched rows for which this holds")
      .flag("--insert-all", merge->insert_all, "Source rows without a match are added with all their columns")
      .option("--insert", merge->insert, "SET", "Source rows without a match are added: \"a = source.a, b = 1\"")
      .option("--insert-if", merge->insert_if, "CONDITION", "Only source rows for which this holds")
      .flag("--delete-unmatched-by-source", merge->unmatched_delete, "The table's rows that the source doesn't have go")
      .option("--update-unmatched-by-source", merge->unmatched_update, "SET",
              "The table's rows that the source doesn't have change")
      .option("--unmatched-by-source-if,--delete-unmatched-by-source-if", merge->unmatched_if, "CONDITION",
              "Only those for which this holds")
      .option("--input-format", merge->input_format, "FORMAT",
              "If the extension doesn't say: csv, tsv, json, jsonl, parquet, arrow, xlsx")
      .option("--delimiter", merge->delimiter, "CHARACTER", "Between the fields of a csv file (default: found out)")
      .choice("--encoding", merge->encoding, {"utf-8", "latin-1", "utf-16"}, "Of a csv file (default: utf-8)")
      .choice("--schema-mode", merge->schema_mode, {"merge"}, "Add the source's new columns that are written");
  merge->write.declare(command);
  merge->order = [command](const char* option) { return command.position(option).value_or(0); };
  command
      .example(
          "lakelet merge lake/weather --source day2.csv --on \"target.time = source.time and target.city = "
          "source.city\" --update-all --insert-all")
      .action([merge](Invocation& invocation) { merge->run(invocation); });
}

}  // namespace lakelet::cli
