#include "sql/rules/identity_marks.h"

#include <optional>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

// The value after `last`. A mark that somebody left before the start counts for nothing.
std::int64_t next_value(const IdentityColumn& column, std::optional<std::int64_t> last, bool& overflow) {
  if (!last || (column.step > 0 ? *last < column.start : *last > column.start)) return column.start;
  std::int64_t next = 0;
  overflow |= __builtin_add_overflow(*last, column.step, &next);
  return next;
}

}  // namespace

std::int64_t IdentityMarks::take(const IdentityColumn& column, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  const auto found = last_.find(column.column);
  bool overflow = false;
  const std::int64_t first =
      next_value(column, found == last_.end() ? column.high_water_mark : found->second, overflow);
  std::int64_t span = 0, last = 0;
  overflow |= __builtin_mul_overflow(column.step, count - 1, &span);
  overflow |= __builtin_add_overflow(first, span, &last);
  if (overflow) {
    throw Error(ErrorCode::ConstraintViolation, "the identity column " + column.column + " has no values left");
  }
  last_[column.column] = last;
  return first;
}

std::map<std::string, std::int64_t> IdentityMarks::taken() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace lakelet::sql
