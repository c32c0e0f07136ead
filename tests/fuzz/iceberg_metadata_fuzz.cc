// Metadata files of Iceberg tables, and the name mappings in their properties. A table of such metadata can be opened,
// and the metadata comes back from what is written of it.
#include <memory>
#include <string>

#include "formats/iceberg/iceberg_format.h"
#include "formats/iceberg/metadata/metadata_writer.h"
#include "formats/iceberg/metadata/name_mapping.h"
#include "fuzz/text_tables.h"
#include "fuzz/verdict.h"

namespace {

using lakelet::ErrorCode;

const std::initializer_list<ErrorCode> kRefusals = {ErrorCode::CorruptTable, ErrorCode::NotFound,
                                                    ErrorCode::UnsupportedFeature};

void require_same(const lakelet::iceberg::TableMetadataFile& one, const lakelet::iceberg::TableMetadataFile& other) {
  const auto same = [](bool is, const char* what) {
    if (!is) lakelet::fuzz::fail(what);
  };
  same(one.format_version == other.format_version, "the format version isn't what was read");
  same(one.uuid == other.uuid, "the id isn't what was read");
  same(one.location == other.location, "the location isn't what was read");
  same(one.schemas == other.schemas && one.current_schema_id == other.current_schema_id,
       "schemas aren't what was read");
  same(one.specs.size() == other.specs.size() && one.default_spec_id == other.default_spec_id,
       "partition specs aren't what was read");
  same(one.properties == other.properties, "properties aren't what was read");
  same(one.current_snapshot_id == other.current_snapshot_id && one.snapshots.size() == other.snapshots.size(),
       "snapshots aren't what was read");
  same(one.references.size() == other.references.size(), "references aren't what was read");
  same(one.format_version < 3 || one.next_row_id == other.next_row_id, "the next row id isn't what was read");
}

// Written with its text at hand, and without.
void write_again(const lakelet::iceberg::TableMetadataFile& read) {
  using namespace lakelet::iceberg;
  std::string written;
  if (!lakelet::fuzz::goes_through(kRefusals, [&] { written = write_table_metadata(read); })) return;
  require_same(read, read_table_metadata(written));
}

void scan(const lakelet::Snapshot& snapshot) {
  using lakelet::Predicate;
  std::vector<Predicate> predicates = {{}};
  for (const lakelet::Field& field : snapshot.schema().fields()) {
    if (predicates.size() > 4) break;
    predicates.push_back(Predicate::is_null({field.name}));
    predicates.push_back(Predicate::compare({field.name}, lakelet::Comparison::Equal, lakelet::Value(std::int64_t{5})));
  }
  for (const Predicate& predicate : predicates) {
    lakelet::fuzz::goes_through(kRefusals, [&] {
      const auto plan = snapshot.plan({predicate, true});
      while (plan->next()) continue;
    });
  }
  snapshot.partitioning();
  snapshot.metadata();
}

void open(const std::string& json) {
  lakelet::FormatContext context;
  context.stores = std::make_shared<lakelet::StoreRegistry>("/");
  context.tabular = std::make_shared<lakelet::fuzz::TextTables>(context.stores);
  const lakelet::Location place = context.stores->resolve("memory://fuzz/t");
  place.store->put(place.path + "/metadata/v1.metadata.json", json);
  lakelet::fuzz::goes_through(kRefusals, [&] {
    const auto table = lakelet::iceberg::IcebergFormat().open(context, place);
    lakelet::fuzz::goes_through(kRefusals, [&] { scan(*table->snapshot(lakelet::LatestVersion{})); });
    lakelet::fuzz::goes_through(kRefusals, [&] { scan(*table->snapshot(lakelet::Version{1})); });
    lakelet::fuzz::goes_through(kRefusals, [&] { table->snapshot(lakelet::AtTimestamp{1'700'000'000'000'000}); });
    lakelet::fuzz::goes_through(kRefusals, [&] { table->history([](const lakelet::HistoryEntry&) { return true; }); });
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(lakelet::fuzz::as_text(data, size));
  if (text.starts_with('[')) {
    lakelet::fuzz::goes_through({ErrorCode::CorruptTable}, [&] { lakelet::iceberg::read_name_mapping(text); });
    return 0;
  }
  lakelet::fuzz::goes_through({ErrorCode::CorruptTable, ErrorCode::UnsupportedFeature},
                              [&] { write_again(lakelet::iceberg::read_table_metadata(text)); });
  open(text);
  return 0;
}
