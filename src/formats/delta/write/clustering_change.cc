// Which columns a transaction makes the table's clustering columns (PROTOCOL.md, "Clustered Table").
#include <fmt/format.h>

#include <algorithm>

#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/statistics/statistics_reader.h"
#include "formats/delta/write/delta_transaction.h"
#include "formats/delta/write/layout_rules.h"
#include "lakelet/error.h"
#include "table/column_path.h"
#include "table/schema_alteration.h"

namespace lakelet::delta {
namespace {

constexpr std::size_t kMostColumns = 4;  // Spark's limit

[[noreturn]] void invalid(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::InvalidArgument, message, hint);
}

bool can_cluster(const Type& type) {
  return type.kind() != TypeKind::Boolean && type.kind() != TypeKind::Binary;
}

// By the names that they have in files.
std::vector<StatisticsReader::Column> columns_of(const Schema& schema, const std::vector<ColumnPath>& paths) {
  std::vector<StatisticsReader::Column> out;
  for (const ColumnPath& path : paths) {
    if (!find_part(schema, path)) invalid(fmt::format("the table has no column '{}'", to_string(path)));
    auto column = statistics_column(schema, path);
    if (!column || !can_cluster(column->type)) {
      invalid(fmt::format("rows can't be clustered by '{}': it is {}", to_string(path),
                          to_string(find_part(schema, path)->type)),
              "numbers, texts, dates and times can be");
    }
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const auto& each) { return each.physical == column->physical; });
    if (twice) invalid(fmt::format("'{}' is given twice", to_string(path)));
    out.push_back(*std::move(column));
  }
  return out;
}

std::vector<std::string> names_of(const Schema& schema, const std::vector<ColumnPath>& physical) {
  std::vector<std::string> names;
  for (const ColumnPath& path : physical) names.push_back(to_string(logical_path(schema, path).value_or(path)));
  return names;
}

}  // namespace

std::map<std::string, DomainMetadata> DeltaTransaction::domains_now() const {
  std::map<std::string, DomainMetadata> out = base_->state().domains;
  for (const auto& [name, domain] : domains_) {
    out.erase(name);
    if (!domain.removed) out.emplace(name, domain);
  }
  return out;
}

void DeltaTransaction::set_clustering(const std::vector<ColumnPath>& columns) {
  if (columns.empty() && !has_feature(protocol_, "clustering")) return;
  if (!partitioning_.fields.empty()) {
    invalid("a partitioned table can't be clustered: " + base_->location().uri, "write the rows to a new table");
  }
  if (columns.size() > kMostColumns) invalid(fmt::format("more than {} clustering columns", kMostColumns));
  std::vector<ColumnPath> physical;
  for (const auto& column : columns_of(schema_, columns)) physical.push_back(column.physical);
  require_statistics(columns);
  protocol_ = with_feature(std::move(protocol_), "clustering");
  DomainMetadata domain = clustering_domain(physical);
  domains_[domain.domain] = std::move(domain);
}

// Every file has to have statistics of the columns, those that are there and those to come from writers who look at
// nothing but the table's properties.
void DeltaTransaction::require_statistics(const std::vector<ColumnPath>& columns) const {
  const std::vector<ColumnPath> indexed = write_layout().statistics_columns;
  for (const ColumnPath& path : columns) {
    const bool among = std::any_of(indexed.begin(), indexed.end(), [&](const ColumnPath& each) {
      return std::equal(each.begin(), each.end(), path.begin(), path.end(), same_name);
    });
    if (among) continue;
    invalid(fmt::format("the table keeps no statistics of the column '{}', which clustering needs", to_string(path)),
            "name it in the property delta.dataSkippingStatsColumns first");
  }
  const auto read = columns_of(schema_, columns);
  if (read.empty()) return;
  StatisticsReader reader(read);
  base_->for_each_file([&](const AddFile& file) {
    if (removed_.contains(file.path)) return true;
    const FileStatistics known = reader.read(file.stats.value_or(""));
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (known.columns[i].null_count) continue;
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the file {} has no statistics of the column '{}', which clustering needs", file.path,
                              to_string(columns[i])),
                  fmt::format("`lakelet analyze {} --full` gathers them", base_->location().uri));
    }
    return true;
  });
}

std::optional<ClusteringChange> DeltaTransaction::clustering_change() const {
  if (!domains_.contains(clustering_domain({}).domain)) return std::nullopt;
  const auto before = clustering_columns(base_->protocol(), base_->state().domains);
  return ClusteringChange{names_of(base_->schema(), before),
                          names_of(schema_, clustering_columns(protocol_, domains_now()))};
}

}  // namespace lakelet::delta
