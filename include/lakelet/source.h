// Where the rows of an append, an overwrite or a merge come from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lakelet/arrow.h"

namespace lakelet {

enum class FileFormat {
  ByExtension,  // .csv .tsv .json .jsonl .ndjson .parquet .arrow .feather .ipc .xlsx, and .gz or .zst after a text
                // format's
  Csv,
  Tsv,
  Json,   // an array of objects, or objects one after the other
  Jsonl,  // one object a line
  Parquet,
  Arrow,  // Arrow IPC, the file or the stream kind
  Xlsx,   // an Excel workbook: one of its sheets
};

// "csv", "tsv", "json", "jsonl" (or "ndjson"), "parquet", "arrow" (or "feather", "ipc"), "xlsx"; else
// Error(InvalidArgument).
FileFormat parse_file_format(const std::string& name);

struct FileOptions {
  FileFormat format = FileFormat::ByExtension;
  std::string delimiter;           // csv: one character; empty: found out from the file
  std::string encoding = "utf-8";  // csv: "utf-8", "latin-1" or "utf-16"
  std::string shown_as;            // what messages call the file instead of its path; empty: the path
  bool header = true;              // csv, xlsx: the first line names the columns; false: columns in the table's order
  std::string sheet;               // xlsx: its name, or "1", "2" ... if none is called so; empty: the first
};

// Move-only: an Arrow stream can be read once. A csv or json file is read with the types of the table that its rows are
// for; a column that the table doesn't have, and every column where there is no table yet, has the type that its values
// suggest. Timestamps without a zone are UTC.
class Source {
 public:
  // Everything that the stream gives, once. Batches are struct arrays.
  static Source stream(OwnedArrowStream rows);
  // Files of one kind, their rows one after the other, columns matched by name. Paths as a session resolves them.
  static Source files(std::vector<std::string> paths, FileOptions options = {});
  static Source file(std::string path, FileOptions options = {});
  // The rows of a query: "select ... from 'path/to/table'". `parameters` bind $name.
  static Source sql(std::string query, std::vector<std::pair<std::string, std::string>> parameters = {});
  // A table, "path", "path@v12".
  static Source table(std::string reference);

  struct Files {
    std::vector<std::string> paths;
    FileOptions options;
  };
  struct Query {
    std::string text;
    std::vector<std::pair<std::string, std::string>> parameters;
  };
  struct TableReference {
    std::string text;
  };
  using Kind = std::variant<OwnedArrowStream, Files, Query, TableReference>;

  Kind& kind() { return kind_; }
  const Kind& kind() const { return kind_; }

 private:
  explicit Source(Kind kind) : kind_(std::move(kind)) {}
  Kind kind_;
};

}  // namespace lakelet
