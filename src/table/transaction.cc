#include "table/transaction.h"

#include "lakelet/error.h"

namespace lakelet {

void Transaction::set_constraint(const std::string&, const std::optional<std::string>&) {
  throw Error(ErrorCode::UnsupportedFeature, "tables of this format keep no conditions on their rows");
}

void Transaction::set_identity_mark(const std::string& column, std::int64_t) {
  throw Error(ErrorCode::UnsupportedFeature,
              "the format of " + base().location().uri + " hands out no values: " + column + " can't be given any");
}

}  // namespace lakelet
