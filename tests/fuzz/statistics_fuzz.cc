// A file's statistics, for a column of each type: any text tells something or nothing, and is never an error.
#include "formats/delta/statistics/statistics_reader.h"
#include "fuzz/verdict.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lakelet::Type;
  using lakelet::TypeKind;
  using Column = lakelet::delta::StatisticsReader::Column;
  static lakelet::delta::StatisticsReader reader(
      {Column{{"a"}, TypeKind::Int32}, Column{{"a"}, TypeKind::Int64, true}, Column{{"b"}, TypeKind::Double},
       Column{{"c"}, TypeKind::String}, Column{{"d"}, TypeKind::Date}, Column{{"e"}, TypeKind::TimestampTz},
       Column{{"e"}, TypeKind::Timestamp}, Column{{"f"}, Type::decimal(38, 10)}, Column{{"g", "h"}, TypeKind::Boolean},
       Column{{"g", "i"}, TypeKind::Binary}});
  lakelet::fuzz::goes_through({}, [&] {
    const auto statistics = reader.read(lakelet::fuzz::as_text(data, size));
    if (statistics.rows && *statistics.rows < 0) lakelet::fuzz::fail("less than no rows");
    for (const lakelet::ColumnStatistics& column : statistics.columns) {
      if (column.null_count && *column.null_count < 0) lakelet::fuzz::fail("less than no nulls");
    }
  });
  return 0;
}
