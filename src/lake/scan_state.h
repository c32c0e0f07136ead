// What a scan has collected.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lake/session_state.h"
#include "lakelet/query_control.h"
#include "lakelet/table.h"

namespace lakelet {

// The name under which a scan's own query has its snapshot.
inline constexpr const char* kScanRelation = "lakelet_scan";

struct Scan::Impl {
  std::shared_ptr<SessionState> state;
  std::shared_ptr<const Snapshot> snapshot;
  std::string relation = kScanRelation;  // the snapshot's rows, or a query over them in brackets
  std::vector<std::string> columns;
  std::vector<std::string> predicates;
  std::vector<std::pair<std::string, bool>> order;  // column, descending
  std::optional<std::int64_t> limit;

  // The scan that a split is a part of, over its files alone. Throws InvalidArgument.
  static std::shared_ptr<const Impl> of_split(std::shared_ptr<SessionState> state, const std::string& split_text);

  // What splits() divides. Throws what it throws.
  std::vector<FileTask> files() const;

  // The query over the rows of `relation`. Throws InvalidArgument.
  std::string text(const std::string& relation) const;
  Rows rows(const QueryControl* control) const;
  Rows statistics(const QueryControl* control) const;
};

// The rows of a query on a connection of the pool, which goes back with the last row.
Rows leased_query(SessionState& state, const std::string& text,
                  const std::vector<std::pair<std::string, std::string>>& parameters,
                  const std::function<void(sql::SqlSession&)>& before = {}, const QueryControl* control = nullptr);

}  // namespace lakelet
