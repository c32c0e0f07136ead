#include "sql/procedure/procedure.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"

namespace lakelet::sql {

const Value& ProcedureCall::value(const std::string& name) const {
  const auto found = arguments_.find(name);
  if (found == arguments_.end() || found->second.empty()) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} needs {}", procedure_, name),
                fmt::format("CALL {}(..., {} => ...)", procedure_, name));
  }
  return found->second.front();
}

std::string ProcedureCall::text(const std::string& name, std::string absent) const {
  return has(name) ? value(name).bytes() : std::move(absent);
}

std::optional<std::int64_t> ProcedureCall::integer(const std::string& name) const {
  return has(name) ? std::optional(value(name).integer()) : std::nullopt;
}

std::vector<Value> ProcedureCall::items(const std::string& name) const {
  const auto found = arguments_.find(name);
  return found == arguments_.end() ? std::vector<Value>() : found->second;
}

ProcedureRows all_rows(std::vector<std::vector<Value>> rows) {
  return [rows = std::move(rows), next = std::size_t{0}](std::vector<Value>& row) mutable {
    if (next == rows.size()) return false;
    row = std::move(rows[next++]);
    return true;
  };
}

void ProcedureRegistry::add(Procedure procedure) {
  if (find(procedure.name)) throw Error(ErrorCode::Internal, "two procedures are called " + procedure.name);
  procedures_.push_back(std::move(procedure));
}

const Procedure* ProcedureRegistry::find(std::string_view name) const {
  const auto found =
      std::find_if(procedures_.begin(), procedures_.end(), [&](const Procedure& each) { return each.name == name; });
  return found == procedures_.end() ? nullptr : &*found;
}

}  // namespace lakelet::sql
