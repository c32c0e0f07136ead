#include <algorithm>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

// NULL too for a field that the file's own partitioning doesn't have.
Cell value_of(const PartitionValues& values, const std::string& name) {
  for (const auto& [field, value] : values) {
    if (field == name) return Cell(value);
  }
  return {};
}

struct Files {
  std::string table;
  std::optional<std::int64_t> limit;

  void run(Invocation& invocation) const {
    const Table opened = invocation.session().open(table);
    std::vector<Column> columns = {{"path"}, {"rows", true}, {"deleted_rows", true}, {"bytes", true}, {"modified"}};
    for (const PartitionField& field : opened.partitioning().fields) columns.push_back({field.name});
    Grid grid(columns);
    std::int64_t left = limit.value_or(-1);
    for (const FileInfo& file : opened.files()) {
      if (left-- == 0) break;
      std::vector<Cell> row = {file.path, file.rows, file.deleted_rows, file.bytes,
                               file.modified_us == 0 ? Cell() : Cell::timestamp(file.modified_us)};
      for (const PartitionField& field : opened.partitioning().fields)
        row.push_back(value_of(file.partition, field.name));
      grid.add(std::move(row));
    }
    invocation.show(grid);
  }
};

struct Partitions {
  std::string table;
  std::optional<std::int64_t> limit;

  void run(Invocation& invocation) const {
    const Table opened = invocation.session().open(table);
    std::vector<Column> columns;
    for (const PartitionField& field : opened.partitioning().fields) columns.push_back({field.name});
    columns.insert(columns.end(), {{"files", true}, {"rows", true}, {"bytes", true}});
    Grid grid(columns);
    std::int64_t left = limit.value_or(-1);
    for (const PartitionInfo& partition : opened.partitions()) {
      if (left-- == 0) break;
      std::vector<Cell> row;
      for (const PartitionField& field : opened.partitioning().fields) {
        row.push_back(value_of(partition.values, field.name));
      }
      row.insert(row.end(), {Cell(partition.files), Cell(partition.rows), Cell(partition.bytes)});
      grid.add(std::move(row));
    }
    invocation.show(grid);
  }
};

}  // namespace

void declare_files(Command command) {
  const auto files = std::make_shared<Files>();
  command.positional("TABLE", files->table, "Path or URI, with @v3 ... for an older version")
      .option("--limit", files->limit, "N", "At most N files")
      .example("lakelet files lake/weather --format csv")
      .action([files](Invocation& invocation) { files->run(invocation); });
}

void declare_partitions(Command command) {
  const auto partitions = std::make_shared<Partitions>();
  command.positional("TABLE", partitions->table, "Path or URI, with @v3 ... for an older version")
      .option("--limit", partitions->limit, "N", "At most N partitions")
      .example("lakelet partitions lake/weather")
      .action([partitions](Invocation& invocation) { partitions->run(invocation); });
}

}  // namespace lakelet::cli
