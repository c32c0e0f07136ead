// Sessions over a store that fails, and what a table holds, in plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "lakelet/lakelet.h"
#include "storage/faulty/faulty_store.h"

namespace lakelet::fault {

// id, name ("NULL" for null), amount: the columns of every table here.
using Row = std::tuple<std::int64_t, std::string, std::int64_t>;
using RowSet = std::multiset<Row>;
inline constexpr const char* kColumns = "id bigint, name string, amount bigint";

// The formats on which the tests run: "delta", and tests/memory_format, whose commits are known to this process alone.
enum class Format { Delta, Memory };

// A session of its own: nothing is cached, nothing shared but the disk. With `store` all that it does on the local disk
// goes through it.
Session open_session(Format format, std::shared_ptr<ObjectStore> store = {});
std::shared_ptr<FaultyStore> faulty_disk();

RowSet read_rows(const Table& table);

Row row_of(std::int64_t id);  // name "n<id>", amount 10 * id
// Those with ids from `first` up to, not including, `end`.
Source source_of(std::int64_t first, std::int64_t end);
RowSet rows_of(std::int64_t first, std::int64_t end);
RowSet join(RowSet rows, const RowSet& more);
RowSet keep_if(const RowSet& rows, const std::function<bool(const Row&)>& keep);
RowSet change(const RowSet& rows, const std::function<Row(const Row&)>& changed);

// What a verb gave: a report, or an error.
struct Outcome {
  std::optional<Report> report;
  std::optional<Error> error;

  bool committed() const { return report.has_value(); }
  bool failed_with(ErrorCode code) const { return error && error->code() == code; }
};
Outcome attempt(const std::function<Report()>& verb);
std::string describe(const Outcome& outcome);

}  // namespace lakelet::fault
