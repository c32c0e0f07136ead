// Predicates in JSON (open-api/rest-catalog-open-api.yaml, "Predicate"). Pure.
#pragma once

#include <optional>
#include <string>

#include "lakelet/schema.h"
#include "table/predicate.h"

namespace lakelet::iceberg {

// By the columns' names in the schema. It holds wherever the predicate does, and may hold elsewhere: what others might
// understand otherwise (NaN, which counts as greater than every number here and isn't in bounds there; bytes; names
// with dots) is left out. nullopt: nothing of it can be said. `other`: a schema by which it may be understood too,
// which has to have the same columns under these names; or null.
std::optional<std::string> expression_json(const Predicate& predicate, const Schema& schema,
                                           const Schema* other = nullptr);

}  // namespace lakelet::iceberg
