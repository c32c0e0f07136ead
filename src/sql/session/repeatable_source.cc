#include "sql/session/repeatable_source.h"

#include <algorithm>
#include <array>
#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/execution/operator/scan/physical_table_scan.hpp>
#include <filesystem>
#include <string_view>

#include "engine/scan.h"

namespace lakelet::sql {
namespace {

constexpr std::array<std::string_view, 4> kFunctions{"seq_scan", "range", "generate_series", "repeat"};

bool is_repeatable(const duckdb::OpenFileInfo& file) {
  if (file.path.find("://") != std::string::npos) return true;
  std::error_code error;
  return std::filesystem::is_regular_file(file.path, error);
}

bool is_repeatable(const duckdb::PhysicalTableScan& scan) {
  if (scan.bind_data && engine::scan_of(*scan.bind_data)) return true;
  if (const auto* files = dynamic_cast<const duckdb::MultiFileBindData*>(scan.bind_data.get())) {
    return files->file_list &&
           std::ranges::all_of(files->file_list->GetAllFiles(), [](const auto& file) { return is_repeatable(file); });
  }
  return std::ranges::count(kFunctions, std::string_view(scan.function.name)) > 0;
}

bool is_repeatable_leaf(const duckdb::PhysicalOperator& plan) {
  using duckdb::PhysicalOperatorType;
  switch (plan.type) {
    case PhysicalOperatorType::TABLE_SCAN:
      return is_repeatable(plan.Cast<duckdb::PhysicalTableScan>());
    case PhysicalOperatorType::DUMMY_SCAN:
    case PhysicalOperatorType::EMPTY_RESULT:
    case PhysicalOperatorType::EXPRESSION_SCAN:
    case PhysicalOperatorType::COLUMN_DATA_SCAN:
    case PhysicalOperatorType::CTE_SCAN:
    case PhysicalOperatorType::DELIM_SCAN:
    case PhysicalOperatorType::RECURSIVE_CTE_SCAN:
    case PhysicalOperatorType::RECURSIVE_RECURRING_CTE_SCAN:
      return true;
    default:
      return !plan.children.empty();
  }
}

}  // namespace

bool is_repeatable(const duckdb::PhysicalOperator& plan) {
  if (plan.type == duckdb::PhysicalOperatorType::INOUT_FUNCTION || !is_repeatable_leaf(plan)) return false;
  return std::ranges::all_of(plan.GetChildren(), [](const auto& child) { return is_repeatable(child.get()); });
}

}  // namespace lakelet::sql
