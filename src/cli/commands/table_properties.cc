#include "cli/commands/table_properties.h"

#include <algorithm>

namespace lakelet::cli {

Cell properties_cell(const Properties& properties) {
  return Cell::object({properties.begin(), properties.end()});
}

std::vector<std::pair<std::string, Cell>> named_for(OutputFormat format,
                                                    std::vector<std::pair<std::string, Cell>> all) {
  if (format != OutputFormat::Json && format != OutputFormat::Jsonl) return all;
  for (auto& [name, cell] : all) std::replace(name.begin(), name.end(), ' ', '_');
  return all;
}

}  // namespace lakelet::cli
