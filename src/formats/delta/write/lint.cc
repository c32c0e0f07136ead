#include "formats/delta/write/lint.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "formats/delta/files/file_path.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

[[noreturn]] void reject(const std::string& what) {
  throw Error(ErrorCode::Internal, "a commit that breaks Delta's rules was stopped before it was written: " + what,
              "this is a bug in lakelet, please report it; the table is unchanged");
}

using Element = simdjson::dom::element;

double as_number(const Element& element) {
  double number = 0;
  if (element.get(number) != simdjson::SUCCESS) reject("a bound that is no number");
  return number;
}

// Numbers by value, text by its bytes: ISO dates and timestamps sort as their text does.
bool in_order(const Element& min, const Element& max) {
  if (min.is_int64() && max.is_int64()) return min.get_int64().value() <= max.get_int64().value();
  if (min.is_number() && max.is_number()) return as_number(min) <= as_number(max);
  if (min.is_string() && max.is_string()) return min.get_string().value() <= max.get_string().value();
  if (min.is_bool() && max.is_bool()) return min.get_bool().value() <= max.get_bool().value();
  return false;
}

void check_bounds(const Element& min, const Element& max, const std::string& where) {
  if (!min.is_object()) {
    if (!in_order(min, max)) reject("the minimum is above the maximum, or of another kind, in " + where);
    return;
  }
  for (const auto field : min.get_object()) {
    Element other;
    if (max[field.key].get(other) == simdjson::SUCCESS)
      check_bounds(field.value, other, where + "." + std::string(field.key));
  }
}

void check_null_counts(const Element& counts, std::int64_t rows, const std::string& where) {
  if (counts.is_object()) {
    for (const auto field : counts.get_object())
      check_null_counts(field.value, rows, where + "." + std::string(field.key));
    return;
  }
  std::int64_t count = -1;
  if (counts.get(count) != simdjson::SUCCESS || count < 0 || count > rows) {
    reject(fmt::format("a null count isn't between 0 and the {} rows in {}", rows, where));
  }
}

void check_vector(const DeletionVectorDescriptor& vector, const std::string& path) {
  if (std::string_view("uip").find(vector.storage_type) == std::string_view::npos) {
    reject("a deletion vector of an unknown kind: " + path);
  }
  if (vector.cardinality <= 0 || vector.size_in_bytes <= 0 || vector.offset.value_or(0) < 0) {
    reject("a deletion vector of no rows, or with a negative size or place: " + path);
  }
  if (vector.storage_type == 'i' && vector.offset)
    reject("a deletion vector in the log with a place in a file: " + path);
}

void check_statistics(const AddFile& add, simdjson::dom::parser& parser) {
  if (!add.stats) {
    if (add.deletion_vector) reject("a deletion vector without the number of records: " + add.path);
    return;
  }
  Element stats;
  const simdjson::error_code parsed = parser.parse(*add.stats).get(stats);
  // A decimal of more digits than a 64-bit number is JSON all the same; this parser can't hold it.
  if (parsed == simdjson::NUMBER_ERROR) return;
  if (parsed != simdjson::SUCCESS || !stats.is_object()) reject("statistics that are no JSON object: " + add.path);
  std::int64_t rows = -1;
  if (stats["numRecords"].get(rows) != simdjson::SUCCESS || rows < 0) reject("no sane numRecords: " + add.path);
  if (add.deletion_vector && add.deletion_vector->cardinality > rows) {
    reject("a deletion vector of more rows than there are: " + add.path);
  }
  Element min, max, nulls;
  if (stats["minValues"].get(min) == simdjson::SUCCESS && stats["maxValues"].get(max) == simdjson::SUCCESS) {
    check_bounds(min, max, add.path);
  }
  if (stats["nullCount"].get(nulls) == simdjson::SUCCESS) check_null_counts(nulls, rows, add.path);
}

class Linter {
 public:
  explicit Linter(const LintRules& rules) : rules_(rules) {}

  void operator()(const Protocol&) {
    if (protocol_++) reject("two protocol actions");
  }
  void operator()(const Metadata&) {
    if (metadata_++) reject("two metaData actions");
  }
  void operator()(const Txn& txn) {
    if (!applications_.insert(txn.app_id).second) reject("two txn actions of " + txn.app_id);
  }
  void operator()(const AddFile& add) {
    if (add.path.empty()) reject("an add without a path");
    const std::string path = canonical_path(add.path);
    if (!added_.insert(path).second) reject("added twice: " + path);
    const auto vector = add.deletion_vector ? add.deletion_vector->unique_id() : "";
    if (removed_files_.contains({path, vector})) reject("added and removed: " + path);
    added_files_.insert({path, vector});
    if (add.size < 0 || add.modification_time_ms < 0) reject("a negative size or time: " + path);
    moved_in_ |= !add.data_change;
    check_partition_values(add);
    if (add.deletion_vector) {
      if (!rules_.deletion_vectors) reject("a deletion vector that the protocol doesn't allow: " + path);
      check_vector(*add.deletion_vector, path);
    }
    check_statistics(add, parser_);
  }
  void operator()(const RemoveFile& remove) {
    const std::string path = canonical_path(remove.path);
    if (!removed_.insert(path).second) reject("removed twice: " + path);
    const auto vector = remove.deletion_vector ? remove.deletion_vector->unique_id() : "";
    if (added_files_.contains({path, vector})) reject("added and removed: " + path);
    removed_files_.insert({path, vector});
    if (remove.size.value_or(0) < 0) reject("a negative size: " + path);
    moved_out_ |= !remove.data_change;
  }
  void operator()(const CheckpointMetadata&) { reject("a checkpointMetadata action in a commit"); }
  void operator()(const Sidecar&) { reject("a sidecar action in a commit"); }
  template <typename T>
  void operator()(const T&) {}

  void finish() const {
    if (rules_.first_version && (protocol_ == 0 || metadata_ == 0)) reject("a first version without its metadata");
    if (moved_in_ && !moved_out_ && !rules_.restates_files)
      reject("files that bring no new data, and none that they come from");
  }

 private:
  void check_partition_values(const AddFile& add) const {
    if (add.partition_values.size() == rules_.partition_columns.size()) {
      bool same = true;
      for (const auto& [column, value] : add.partition_values) same &= rules_.partition_columns.contains(column);
      if (same) return;
    }
    reject("partition values of other columns than the table's: " + add.path);
  }

  using FileKey = std::pair<std::string, std::string>;
  const LintRules& rules_;
  simdjson::dom::parser parser_;
  int protocol_ = 0, metadata_ = 0;
  bool moved_in_ = false, moved_out_ = false;
  std::set<std::string> applications_, added_, removed_;
  std::set<FileKey> added_files_, removed_files_;
};

}  // namespace

void lint_commit(const std::vector<Action>& actions, const LintRules& rules) {
  Linter linter(rules);
  for (const Action& action : actions) std::visit(linter, action);
  linter.finish();
}

}  // namespace lakelet::delta
