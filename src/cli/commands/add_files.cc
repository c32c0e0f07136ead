#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

std::string from_here(const std::string& file) {
  return file.find("://") != std::string::npos ? file : std::filesystem::absolute(file).lexically_normal().string();
}

struct AddFiles {
  std::string table;
  std::vector<std::string> files, partition, user_metadata;
  FileChangeOptions options;

  void run(Invocation& invocation) {
    FileChanges changes;
    std::optional<std::map<std::string, std::optional<std::string>>> values;
    for (auto& [column, value] : split_pairs(partition, "--partition")) {
      if (!values) values.emplace();
      (*values)[column] = value;
    }
    for (const std::string& file : files) changes.add.push_back({from_here(file), values});
    for (auto& [name, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[name] = value;
    const Report report = invocation.session().open(table).change_files(changes, options);
    if (invocation.format() == OutputFormat::Json) {
      return invocation.show_object({{"version", report.version < 0 ? Cell() : Cell(report.version)},
                                     {"files", report.files_added},
                                     {"bytes", report.bytes_added},
                                     {"rows", report.rows_inserted}});
    }
    invocation.messages().summary(
        fmt::format("{} {} ({}) with {}", options.dry_run ? "would add" : "added", counted(report.files_added, "file"),
                    byte_count(static_cast<std::uint64_t>(report.bytes_added)), counted(report.rows_inserted, "row")));
  }
};

}  // namespace

void declare_add_files(Command command) {
  const auto add = std::make_shared<AddFiles>();
  command.positional("TABLE", add->table, "Path or URI of the table")
      .positionals("FILE", add->files, "Paths or URIs of Parquet files, which stay where they are")
      .option("--partition", add->partition, "COLUMN=VALUE",
              "Of all the files (default: what folders \"column=value\" or the files themselves say); may be repeated")
      .flag("--dry-run", add->options.dry_run, "Only look at the files")
      .option("--user-metadata", add->user_metadata, "NAME=VALUE", "Kept in the table's history; may be repeated")
      .example("lakelet add-files lake/sales /exports/2025-01.parquet /exports/2025-02.parquet")
      .action([add](Invocation& invocation) { add->run(invocation); });
}

}  // namespace lakelet::cli
