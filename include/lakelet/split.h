// A part of a scan that another process can read: plan in one place, read in many.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lakelet {

// A value to hand on. The text has all that Session::read needs: files, deleted rows, schema, columns and predicate;
// the table's log is not read again. It names files by their URIs, so the reader needs the same store.
struct Split {
  std::string text;  // JSON in UTF-8; of this version of lakelet or an older one. Handed on byte by byte
  std::int64_t files = 0;
  std::uint64_t bytes = 0;           // of the files, whole
  std::optional<std::int64_t> rows;  // after deletes, before the predicate; unknown if a file doesn't say
};

}  // namespace lakelet
