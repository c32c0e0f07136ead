#include "formats/delta/write/row_numbers.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/uuid.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/row_tracking.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/statistics/statistics_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::int64_t highest_id(const DomainMetadata& domain) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  std::int64_t highest = -1;
  if (parser.parse(domain.configuration).get(json) != simdjson::SUCCESS ||
      json["rowIdHighWaterMark"].get(highest) != simdjson::SUCCESS || highest < -1) {
    throw Error(ErrorCode::CorruptTable, fmt::format("the domain metadata {} doesn't say which row ids are taken: {}",
                                                     kRowTrackingDomain, domain.configuration));
  }
  return highest;
}

std::int64_t rows_of(const AddFile& add) {
  const auto rows = add.stats ? StatisticsReader({}).read(*add.stats).rows : std::nullopt;
  if (rows) return *rows;
  throw Error(ErrorCode::Internal, fmt::format("{} needs row ids, and its rows aren't counted", add.path));
}

}  // namespace

RowNumbers::RowNumbers(const TableState& base, const Protocol& protocol, const Metadata& metadata)
    : assigns_(has_feature(protocol, "rowTracking") &&
               !property_is_true(metadata.configuration, "delta.rowTrackingSuspended")) {
  const auto domain = base.domains.find(kRowTrackingDomain);
  if (assigns_ && domain != base.domains.end()) highest_ = highest_id(domain->second);
}

void RowNumbers::saw(const WinningCommit& winner) {
  if (!assigns_) return;
  for (const Action& action : winner.actions) {
    const auto* domain = std::get_if<DomainMetadata>(&action);
    if (domain && domain->domain == kRowTrackingDomain && !domain->removed) {
      highest_ = std::max(highest_, highest_id(*domain));
    }
  }
}

void RowNumbers::assign(std::vector<Action>& actions, Version version) const {
  std::int64_t highest = highest_;
  for (Action& action : actions) {
    auto* add = std::get_if<AddFile>(&action);
    if (!add) continue;
    if (!add->base_row_id) {
      add->base_row_id = highest + 1;
      highest += rows_of(*add);
    }
    if (!add->default_row_commit_version) add->default_row_commit_version = version;
  }
  if (highest == highest_) return;
  actions.emplace_back(DomainMetadata{kRowTrackingDomain, fmt::format("{{\"rowIdHighWaterMark\":{}}}", highest)});
}

void name_row_tracking_columns(StringMap& properties) {
  if (!property_is_true(properties, kEnableRowTracking)) return;
  properties.try_emplace(kRowIdColumn, "_row-id-col-" + make_uuid_text());
  properties.try_emplace(kRowVersionColumn, "_row-commit-version-col-" + make_uuid_text());
}

}  // namespace lakelet::delta
