// Whether files and whole manifests may hold rows that a predicate asks for (spec.md, "Scan Planning"). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/scan/known_fields.h"
#include "table/predicate.h"

namespace lakelet::iceberg {

// Whether a column may have metrics that are in its own order.
bool has_bounds(const Field& field);
// What the metrics say of the column; `rows` as the file has them.
ColumnStatistics to_statistics(const ColumnMetrics& metrics, const Field& field);

// Immutable and shareable between threads.
class FileJudge {
 public:
  // `schema`: the snapshot's. All must outlive it.
  FileJudge(const KnownFields& fields, const Schema& schema, Predicate predicate);

  // The columns whose metrics file_may_match() looks at.
  const std::vector<std::int32_t>& ids() const { return ids_; }
  bool never() const { return predicate_.kind() == PredicateKind::False; }
  bool always() const { return predicate_.kind() == PredicateKind::True; }

  // Whether the predicate has a column that one of the specs partitions by: else partition_may_match() says nothing.
  bool names_partitions(const std::map<int, PartitionSpec>& specs) const;
  bool manifest_may_match(const ManifestFile& manifest) const;
  bool partition_may_match(int spec_id, const std::vector<Value>& partition) const;
  // `wanted`: the ids that entry.metrics are of, among them ids().
  bool file_may_match(int spec_id, const ManifestEntry& entry, const std::vector<std::int32_t>& wanted) const;

 private:
  // What is known of the values of one partition field.
  struct FieldRange {
    std::optional<Value> lower, upper;
    bool may_be_null = true, may_be_nan = true, may_have_values = true;
  };
  using MetricsOf = std::function<const ColumnMetrics*(std::int32_t id)>;
  bool may_match(const PartitionSpec& spec, const std::vector<FieldRange>& ranges, std::optional<std::int64_t> rows,
                 const MetricsOf& metrics) const;
  void narrow(KnownColumn& column, const SpecField& field, const FieldRange& range) const;
  std::vector<FieldRange> ranges_of(const std::vector<Value>& partition) const;

  const KnownFields& fields_;
  const Schema& schema_;
  Predicate predicate_;
  std::vector<std::int32_t> ids_;
};

}  // namespace lakelet::iceberg
