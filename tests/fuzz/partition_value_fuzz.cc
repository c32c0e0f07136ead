// The text of a partition value, as each of the types that a partition column may have: the first line is the type.
#include "formats/delta/files/partition_value.h"
#include "formats/delta/schema/schema_json.h"
#include "fuzz/verdict.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lakelet::ErrorCode;
  const std::string_view input = lakelet::fuzz::as_text(data, size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  lakelet::Type type;
  if (!lakelet::fuzz::goes_through({ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature},
                                   [&] { type = lakelet::delta::read_type_name(input.substr(0, line), "p"); })) {
    return 0;
  }
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature}, [&] {
    const lakelet::Value value = lakelet::delta::read_partition_value(input.substr(line + 1), type);
    // What was read is written so that it is read as the same.
    std::optional<std::string> text;
    if (!lakelet::fuzz::goes_through({ErrorCode::InvalidArgument, ErrorCode::UnsupportedFeature},
                                     [&] { text = lakelet::delta::write_partition_value(value, type); })) {
      return;
    }
    if (!(lakelet::delta::read_partition_value(text, type) == value))
      lakelet::fuzz::fail("the value came back as another");
  });
  return 0;
}
