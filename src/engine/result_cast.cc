#include "engine/result_cast.h"

#include <algorithm>
#include <duckdb/common/type_visitor.hpp>

#include "engine/variant_json.h"

namespace lakelet::engine {

namespace {

using duckdb::LogicalTypeId;
using duckdb::Vector;

bool has_variant(const duckdb::LogicalType& type) {
  return duckdb::TypeVisitor::Contains(type, LogicalTypeId::VARIANT);
}

void cast_struct(duckdb::ClientContext& context, Vector& from, Vector& to, duckdb::idx_t count) {
  from.Flatten(count);
  auto& sources = duckdb::StructVector::GetEntries(from);
  auto& targets = duckdb::StructVector::GetEntries(to);
  for (std::size_t i = 0; i < sources.size(); ++i) cast_to_result(context, *sources[i], *targets[i], count);
  duckdb::FlatVector::SetValidity(to, duckdb::FlatVector::Validity(from));
}

// A map is a list of (key, value).
void cast_list(duckdb::ClientContext& context, Vector& from, Vector& to, duckdb::idx_t count) {
  from.Flatten(count);
  const duckdb::idx_t size = duckdb::ListVector::GetListSize(from);
  duckdb::ListVector::Reserve(to, size);
  const auto* entries = duckdb::ListVector::GetData(from);
  std::copy(entries, entries + count, duckdb::ListVector::GetData(to));
  duckdb::FlatVector::SetValidity(to, duckdb::FlatVector::Validity(from));
  cast_to_result(context, duckdb::ListVector::GetEntry(from), duckdb::ListVector::GetEntry(to), size);
  duckdb::ListVector::SetListSize(to, size);
}

}  // namespace

void cast_to_result(duckdb::ClientContext& context, Vector& from, Vector& to, duckdb::idx_t count) {
  if (from.GetType() == to.GetType()) return to.Reference(from);
  const LogicalTypeId id = from.GetType().id();
  if (id == LogicalTypeId::VARIANT) return write_variants_as_json(from, to, count);
  if (has_variant(from.GetType())) {
    if (id == LogicalTypeId::STRUCT) return cast_struct(context, from, to, count);
    if (id == LogicalTypeId::LIST || id == LogicalTypeId::MAP) return cast_list(context, from, to, count);
  }
  duckdb::VectorOperations::Cast(context, from, to, count);
}

}  // namespace lakelet::engine
