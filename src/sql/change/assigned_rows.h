// The rows of the files that a merge touches, once it knows which: those that it changes, with what it assigned to
// them, and those that stay.
#pragma once

#include <cstdint>
#include <duckdb.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sql/change/assigned_values.h"
#include "sql/change/kept_rows.h"

namespace lakelet::sql {

class AssignedRows {
 public:
  // `rows`, with their places; `numbers`: by the files' uris, the numbers that `values` know them by. All but the
  // numbers have to outlive it.
  AssignedRows(duckdb::ClientContext& context, KeptRows& rows, const AssignedValues& values,
               const std::vector<PartialUpdate>& updates, std::map<std::string, std::uint64_t> numbers)
      : context_(context), rows_(rows), values_(values), updates_(updates), numbers_(std::move(numbers)) {}

  static constexpr std::int32_t kStays = -1;

  class Thread {
   public:
    explicit Thread(AssignedRows& rows);
    // The columns of KeptRows without the places, and an INTEGER, the same for all rows of a chunk: which update
    // changed them, or kStays. False once nothing is left for this thread.
    bool next(duckdb::DataChunk& rows);

   private:
    struct Changed {
      Changed() : stored(STANDARD_VECTOR_SIZE), assigned(STANDARD_VECTOR_SIZE) {}
      duckdb::SelectionVector stored, assigned;
      duckdb::idx_t count = 0;
    };
    bool read();
    // Sorts the rows that were read by what becomes of them, as far as the chunk of values at the cursor goes.
    void look();
    bool give_changed(duckdb::DataChunk& out);
    bool give_kept(duckdb::DataChunk& out);

    AssignedRows& rows_;
    KeptRows::Thread kept_rows_;
    AssignedValues::Cursor cursor_;
    duckdb::DataChunk stored_;
    std::uint64_t file_ = 0;  // of the rows that were read, as the values know it
    duckdb::idx_t row_ = 0;   // the next of them that wasn't looked at
    std::vector<Changed> changed_;
    duckdb::SelectionVector kept_;
    duckdb::idx_t kept_count_ = 0;
  };

 private:
  duckdb::ClientContext& context_;
  KeptRows& rows_;
  const AssignedValues& values_;
  const std::vector<PartialUpdate>& updates_;
  const std::map<std::string, std::uint64_t> numbers_;
};

}  // namespace lakelet::sql
