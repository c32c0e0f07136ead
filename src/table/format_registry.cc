#include <fmt/format.h>

#include "lakelet/error.h"
#include "table/catalog.h"
#include "table/missing_table.h"
#include "table/table_format.h"

namespace lakelet {

void TableFormat::drop(const FormatContext&, const Location& location) const {
  throw Error(ErrorCode::UnsupportedFeature, "lakelet doesn't drop tables of this format: " + location.uri);
}

std::unique_ptr<Transaction> TableFormat::clone(const FormatContext&, const Location&,
                                                std::shared_ptr<const Snapshot> source) const {
  throw Error(ErrorCode::UnsupportedFeature, "lakelet doesn't clone tables of this format: " + source->location().uri,
              "create a table and import the rows of this one");
}

ParquetFooter TabularIo::parquet_footer(const std::string& uri, bool) {
  throw Error(ErrorCode::UnsupportedFeature, "nothing is here that reads footers: " + uri);
}

void FormatTable::examine(const ExamineOptions&, const std::function<void(const Finding&)>&) {}

void FormatTable::mend(const Finding& finding) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("lakelet can't mend this in {}: {}", location().uri, finding.message));
}

void FormatRegistry::add(std::unique_ptr<TableFormat> format) {
  if (find(format->name())) {
    throw Error(ErrorCode::Internal, fmt::format("the format {} was registered twice", format->name()));
  }
  formats_.push_back(std::move(format));
}

const TableFormat* FormatRegistry::find(std::string_view name) const {
  for (const auto& format : formats_) {
    if (format->name() == name) return format.get();
  }
  return nullptr;
}

const TableFormat* FormatRegistry::try_detect(const Location& location) const {
  if (const auto kept = catalog_table_of(location)) return kept->pointer() ? &format_of(*this, *kept) : nullptr;
  for (const auto& format : formats_) {
    if (format->detect(location)) return format.get();
  }
  return nullptr;
}

const TableFormat& FormatRegistry::detect(const Location& location) const {
  if (const TableFormat* format = try_detect(location)) return *format;
  if (const auto kept = catalog_table_of(location)) {
    require_no_other(*kept);
    throw Error(ErrorCode::NotFound, fmt::format("the catalog has no table {}", location.uri));
  }
  throw missing_table(*this, location);
}

}  // namespace lakelet
