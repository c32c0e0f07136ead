#include "formats/iceberg/scan/file_judge.h"

#include <algorithm>
#include <cmath>

#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/values/partition_transform.h"
#include "formats/iceberg/values/single_value.h"

namespace lakelet::iceberg {

namespace {

bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.storage());
  return number && std::isnan(*number);
}

bool is_floating(const Type& type) {
  return type.kind() == TypeKind::Float || type.kind() == TypeKind::Double;
}

// The predicate with what can't be true, as told by `impossible`, as False: it may only become weaker in its negations.
Predicate without_impossible(const Predicate& predicate,
                             const std::function<bool(const ColumnPath&, const Value&)>& impossible) {
  switch (predicate.kind()) {
    case PredicateKind::And:
    case PredicateKind::Or: {
      std::vector<Predicate> parts;
      for (const Predicate& part : predicate.parts()) parts.push_back(without_impossible(part, impossible));
      return predicate.kind() == PredicateKind::And ? Predicate::all_of(std::move(parts))
                                                    : Predicate::any_of(std::move(parts));
    }
    case PredicateKind::Compare:
      if (predicate.comparison() != Comparison::Equal) return predicate;
      return impossible(predicate.column(), predicate.values()[0]) ? Predicate::never() : predicate;
    case PredicateKind::In: {
      std::vector<Value> values;
      for (const Value& value : predicate.values()) {
        if (!impossible(predicate.column(), value)) values.push_back(value);
      }
      return values.empty() ? Predicate::never() : Predicate::in(predicate.column(), std::move(values));
    }
    default:
      return predicate;
  }
}

void raise(std::optional<Value>& bound, const std::optional<Value>& other, int wanted) {
  if (!other || is_nan(*other)) return;
  if (!bound || (bound->storage().index() == other->storage().index() && compare_values(*other, *bound) == wanted)) {
    bound = other;
  }
}

}  // namespace

bool has_bounds(const Field& field) {
  switch (field.type.kind()) {
    case TypeKind::Null:
    case TypeKind::Uuid:
    case TypeKind::Variant:
    case TypeKind::Geometry:
      return false;
    default:
      return !field.type.nested() && !field.metadata.contains(kShapeKey);
  }
}

ColumnStatistics to_statistics(const ColumnMetrics& metrics, const Field& field) {
  ColumnStatistics statistics;
  statistics.null_count = metrics.nulls;
  statistics.has_nan = is_floating(field.type) && metrics.nans != std::int64_t{0};
  if (!has_bounds(field)) return statistics;
  if (metrics.lower) statistics.min = read_bound(*metrics.lower, field.type);
  if (metrics.upper) statistics.max = read_bound(*metrics.upper, field.type);
  return statistics;
}

FileJudge::FileJudge(const KnownFields& fields, const Schema& schema, Predicate predicate)
    : fields_(fields), schema_(schema), predicate_(std::move(predicate)) {
  for (const ColumnPath& path : predicate_.columns()) {
    if (const auto id = fields_.id_of(schema_, path)) ids_.push_back(*id);
  }
  std::sort(ids_.begin(), ids_.end());
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
}

std::vector<FileJudge::FieldRange> FileJudge::ranges_of(const std::vector<Value>& partition) const {
  std::vector<FieldRange> ranges(partition.size());
  for (std::size_t i = 0; i < partition.size(); ++i) {
    const Value& value = partition[i];
    ranges[i].may_be_null = value.is_null();
    ranges[i].may_be_nan = is_nan(value);
    ranges[i].may_have_values = !value.is_null();
    if (!value.is_null() && !is_nan(value)) ranges[i].lower = ranges[i].upper = value;
  }
  return ranges;
}

// A transform gives null for null alone, but for void.
void FileJudge::narrow(KnownColumn& column, const SpecField& field, const FieldRange& range) const {
  if (field.transform == Transform::Void || field.transform == Transform::Unknown) return;
  ColumnStatistics& statistics = column.statistics;
  if (!range.may_be_null) statistics.null_count = 0;
  if (!range.may_have_values && !range.may_be_nan) {
    if (!column.rows || *column.rows == 0) column.rows = 1;
    statistics = ColumnStatistics();
    statistics.null_count = column.rows;
    return;
  }
  if (field.transform == Transform::Identity && !range.may_be_nan) statistics.has_nan = false;
  const SourceRange source = source_range(field.transform, field.argument, range.lower, range.upper, column.type);
  raise(statistics.min, source.min, 1);
  raise(statistics.max, source.max, -1);
}

bool FileJudge::may_match(const PartitionSpec& spec, const std::vector<FieldRange>& ranges,
                          std::optional<std::int64_t> rows, const MetricsOf& metrics) const {
  const auto impossible = [&](const ColumnPath& path, const Value& literal) {
    const Field* column = find_field(schema_, path);
    for (std::size_t i = 0; column && column->id && i < ranges.size(); ++i) {
      const SpecField& field = spec.fields[i];
      if (field.source_id != *column->id || field.transform != Transform::Bucket || literal.is_null()) continue;
      const auto bucket = apply_transform(field.transform, field.argument, literal, column->type);
      if (!bucket || !ranges[i].may_have_values) continue;
      if (ranges[i].lower && compare_values(*bucket, *ranges[i].lower) < 0) return true;
      if (ranges[i].upper && compare_values(*bucket, *ranges[i].upper) > 0) return true;
    }
    return false;
  };
  const auto known = [&](const ColumnPath& path) -> std::optional<KnownColumn> {
    const Field* column = find_field(schema_, path);
    if (!column || !column->id || column->type.nested()) return std::nullopt;
    KnownColumn result{column->type, rows, {}};
    result.statistics.has_nan = is_floating(column->type);
    if (const ColumnMetrics* told = metrics(*column->id)) result.statistics = to_statistics(*told, *column);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (spec.fields[i].source_id == *column->id) narrow(result, spec.fields[i], ranges[i]);
    }
    return result;
  };
  const bool buckets = std::any_of(spec.fields.begin(), spec.fields.end(),
                                   [](const SpecField& field) { return field.transform == Transform::Bucket; });
  if (buckets) return match(without_impossible(predicate_, impossible), known) != Match::None;
  return match(predicate_, known) != Match::None;
}

bool FileJudge::manifest_may_match(const ManifestFile& manifest) const {
  if (never()) return false;
  if (always() || !manifest.spec_id || manifest.partitions.empty()) return true;
  const PartitionLayout layout = fields_.layout_of(*manifest.spec_id);
  if (layout.spec->fields.size() != manifest.partitions.size()) return true;
  std::vector<FieldRange> ranges(manifest.partitions.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const FieldSummary& summary = manifest.partitions[i];
    FieldRange& range = ranges[i];
    if (layout.types[i].kind() == TypeKind::Null) continue;
    if (summary.lower) range.lower = read_bound(*summary.lower, layout.types[i]);
    if (summary.upper) range.upper = read_bound(*summary.upper, layout.types[i]);
    range.may_be_null = summary.contains_null;
    range.may_be_nan = summary.contains_nan && is_floating(layout.types[i]);
    // "null if all values are null or NaN"
    range.may_have_values = summary.lower || summary.upper || !summary.contains_null;
  }
  return may_match(*layout.spec, ranges, std::nullopt, [](std::int32_t) { return nullptr; });
}

bool FileJudge::names_partitions(const std::map<int, PartitionSpec>& specs) const {
  const auto named = [this](const SpecField& field) {
    return std::binary_search(ids_.begin(), ids_.end(), field.source_id);
  };
  return std::any_of(specs.begin(), specs.end(), [&](const auto& spec) {
    return std::any_of(spec.second.fields.begin(), spec.second.fields.end(), named);
  });
}

bool FileJudge::partition_may_match(int spec_id, const std::vector<Value>& partition) const {
  if (never()) return false;
  if (always() || partition.empty()) return true;
  return may_match(fields_.spec(spec_id), ranges_of(partition), std::nullopt, [](std::int32_t) { return nullptr; });
}

bool FileJudge::file_may_match(int spec_id, const ManifestEntry& entry, const std::vector<std::int32_t>& wanted) const {
  if (never()) return false;
  if (always()) return true;
  return may_match(fields_.spec(spec_id), ranges_of(entry.partition), entry.records,
                   [&](std::int32_t id) -> const ColumnMetrics* {
                     const auto at = std::lower_bound(wanted.begin(), wanted.end(), id);
                     if (at == wanted.end() || *at != id) return nullptr;
                     const auto index = static_cast<std::size_t>(at - wanted.begin());
                     return index < entry.metrics.size() ? &entry.metrics[index] : nullptr;
                   });
}

}  // namespace lakelet::iceberg
