// How rows are placed in files by their values, in formats that keep account of it. A format that does implements these
// beside FormatTable and Transaction; of one that doesn't, nothing is known and nothing is kept.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/error.h"
#include "table/table_format.h"

namespace lakelet {

// A property, "a, b.c": makes the table one that is clustered by these columns; empty: no longer. No table keeps it.
inline constexpr const char* kClusterBy = "lakelet.clusterBy";

// What a file says of the rewriting that it came from. The files of one rewriting have ranges of values that hardly
// overlap; those of two rewritings do, so a file is known by which one it came from.
struct FileClustering {
  std::vector<std::string> columns{};  // logical names, dotted where nested, the first counts most
  std::string curve{};                 // "zorder", "hilbert", "sort"; empty: not told
  std::string rewriting{};             // an id
  bool by_table = false;               // the table itself says which columns, and wants its files so
  bool foreign = false;                // the work of another implementation, which isn't to be touched
};

// Of a FormatTable.
class ClusteringTable {
 public:
  virtual ~ClusteringTable() = default;
  // The columns by whose values the table wants its rows placed, the first counts most; none: it doesn't say.
  // `snapshot` is one of the table's.
  virtual std::vector<ColumnPath> clustering_columns(const Snapshot& snapshot) const = 0;
  // What is recorded of a file that a plan gave; nullopt: nothing.
  virtual std::optional<FileClustering> clustering_of(const DataFile& file) const = 0;
};

// How an Operation::Optimize wrote files again: for the history.
struct Reorganization {
  std::vector<std::string> z_order_by{};  // columns
  std::vector<std::string> cluster_by{};  // the table's own
  bool full = false;                      // files that were placed so before, too
  bool purge = false;                     // nothing but the removal of deleted rows was asked for
};

// Of a Transaction.
class ClusteringTransaction {
 public:
  virtual ~ClusteringTransaction() = default;
  // Adds a file and records how its rows were placed.
  virtual void add_clustered(DataFile file, const FileClustering& clustering) = 0;
  virtual void describe(Reorganization how) = 0;
};

inline const ClusteringTable* clustering_table(const FormatTable& table) {
  return dynamic_cast<const ClusteringTable*>(&table);
}
inline ClusteringTransaction* clustering_transaction(Transaction& transaction) {
  return dynamic_cast<ClusteringTransaction*>(&transaction);
}
// Throws Error(UnsupportedFeature) where that property is set and the format doesn't keep account of it.
inline void require_clustering(Transaction& transaction, const Properties& properties) {
  if (!properties.contains(kClusterBy) || clustering_transaction(transaction)) return;
  throw Error(
      ErrorCode::UnsupportedFeature,
      "tables of this format don't keep by which columns they are clustered: " + transaction.base().location().uri,
      "give the columns to optimize each time");
}

}  // namespace lakelet
