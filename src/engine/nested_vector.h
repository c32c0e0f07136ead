// Vectors of structs, lists and maps whose parts become other ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <duckdb.hpp>

namespace lakelet::engine {

// Makes `to` of `from`, a struct, list or map of the same shape, by convert(from, to, count) of each field, or of the
// elements, which may be more than a vector usually holds. Flattens `from`.
template <class Convert>
void convert_parts(duckdb::Vector& from, duckdb::Vector& to, duckdb::idx_t count, const Convert& convert) {
  from.Flatten(count);
  duckdb::FlatVector::SetValidity(to, duckdb::FlatVector::Validity(from));
  if (from.GetType().id() == duckdb::LogicalTypeId::STRUCT) {
    auto& sources = duckdb::StructVector::GetEntries(from);
    auto& targets = duckdb::StructVector::GetEntries(to);
    for (std::size_t i = 0; i < sources.size(); ++i) convert(*sources[i], *targets[i], count);
    return;
  }
  const duckdb::idx_t size = duckdb::ListVector::GetListSize(from);  // a map is a list of (key, value)
  duckdb::ListVector::Reserve(to, size);
  const auto* entries = duckdb::ListVector::GetData(from);
  std::copy(entries, entries + count, duckdb::ListVector::GetData(to));
  convert(duckdb::ListVector::GetEntry(from), duckdb::ListVector::GetEntry(to), size);
  duckdb::ListVector::SetListSize(to, size);
}

}  // namespace lakelet::engine
