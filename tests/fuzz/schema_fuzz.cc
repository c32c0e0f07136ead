// The schema's JSON, with and without column mapping; what is read is written and read as the same.
#include "formats/delta/schema/schema_json.h"
#include "fuzz/verdict.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lakelet::ErrorCode;
  using lakelet::delta::ColumnMappingMode;
  const std::string_view text = lakelet::fuzz::as_text(data, size);
  for (const ColumnMappingMode mode : {ColumnMappingMode::None, ColumnMappingMode::Id}) {
    lakelet::fuzz::goes_through({ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature}, [&] {
      const lakelet::Schema schema = lakelet::delta::read_schema_json(text, mode);
      std::string written;
      if (!lakelet::fuzz::goes_through({ErrorCode::InvalidArgument, ErrorCode::UnsupportedFeature},
                                       [&] { written = lakelet::delta::write_schema_json(schema); })) {
        return;
      }
      if (!(lakelet::delta::read_schema_json(written, mode) == schema))
        lakelet::fuzz::fail("the schema came back as another");
    });
  }
  return 0;
}
