// The values of identity columns that a transaction has handed out: none twice, and the last one goes into the commit.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "table/row_rules.h"

namespace lakelet::sql {

// Thread-safe.
class IdentityMarks {
 public:
  // The first of `count` values, each a step from the one before. Throws Error(ConstraintViolation) where 64 bits end.
  std::int64_t take(const IdentityColumn& column, std::int64_t count);
  // The last one handed out, by column.
  std::map<std::string, std::int64_t> taken() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t> last_;
};

}  // namespace lakelet::sql
