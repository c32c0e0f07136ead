// What is told of a new file's columns, as the table's properties want it (write.metadata.metrics.*).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "lakelet/metadata.h"
#include "table/data_file.h"

namespace lakelet::iceberg {

struct MetricsMode {
  enum class Kind { None, Counts, Truncate, Full };
  Kind kind = Kind::Truncate;
  std::size_t length = 16;  // of Truncate: characters of text, bytes of binary
};

// Which columns get what. Throws Error(InvalidArgument) for a mode that isn't one.
class MetricsRules {
 public:
  MetricsRules(const Properties& properties, const Schema& schema);
  MetricsMode mode(const ColumnPath& path) const;
  // The columns whose statistics are worth collecting.
  std::vector<ColumnPath> columns() const;

 private:
  const Properties& properties_;
  const Schema& schema_;
  MetricsMode otherwise_;
  std::size_t most_columns_ = 100;  // of those that no property names
};

// Throws Error(InvalidArgument) for a text that is none of none, counts, truncate(n), full.
MetricsMode read_metrics_mode(const std::string& text);

// The metrics of a file by the ids of its columns. Those of columns that the schema doesn't have are left out.
std::shared_ptr<FileDetails> make_details(const DataFile& file, const Schema& schema, const MetricsRules& rules);

}  // namespace lakelet::iceberg
