#include "engine/result_cast.h"

#include "engine/nested_vector.h"
#include "engine/variant_json.h"
#include "engine/whole_variants.h"

namespace lakelet::engine {

using duckdb::LogicalTypeId;
using duckdb::Vector;

void cast_to_result(duckdb::ClientContext& context, Vector& from, Vector& to, duckdb::idx_t count) {
  if (from.GetType() == to.GetType()) return to.Reference(from);
  const LogicalTypeId id = from.GetType().id();
  if (id == LogicalTypeId::VARIANT) return write_variants_as_json(from, to, count);
  const bool has_parts = id == LogicalTypeId::STRUCT || id == LogicalTypeId::LIST || id == LogicalTypeId::MAP;
  if (has_parts && has_variant(from.GetType())) {
    return convert_parts(from, to, count, [&](Vector& part, Vector& result, duckdb::idx_t parts) {
      cast_to_result(context, part, result, parts);
    });
  }
  duckdb::VectorOperations::Cast(context, from, to, count);
}

}  // namespace lakelet::engine
