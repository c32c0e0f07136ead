#include "catalogs/rest/metadata_updates.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::catalogs {
namespace {

struct Metadata {
  std::string_view version = "2", schemas = R"([{"type":"struct","schema-id":0,"fields":[]}])", current_schema = "0";
  std::string_view specs = R"([{"spec-id":0,"fields":[]}])", default_spec = "0", properties = "{}", snapshots = "[]";
  std::string_view refs = "{}", statistics = "[]", orders = R"([{"order-id":0,"fields":[]}])", default_order = "0",
                   more;

  std::string text() const {
    return fmt::format(
        "{{\"format-version\":{},\"table-uuid\":\"u\",\"location\":\"file:///t\",\"last-column-id\":7,\"schemas\":{},"
        "\"current-schema-id\":{},\"partition-specs\":{},\"default-spec-id\":{},\"last-partition-id\":999,"
        "\"sort-orders\":{},\"default-sort-order-id\":{},\"properties\":{},\"snapshots\":{},\"refs\":{},"
        "\"statistics\":{}{}}}",
        version, schemas, current_schema, specs, default_spec, orders, default_order, properties, snapshots, refs,
        statistics, more);
  }
};

std::string updates(const Metadata& before, const Metadata& after) {
  return table_change(before.text(), after.text()).updates;
}

constexpr const char* kMainAtOne = R"({"main":{"snapshot-id":1,"type":"branch"}})";

TEST(MetadataUpdates, WhatIsTheSameIsntSent) {
  EXPECT_EQ(updates({}, {}), "[]");
}

TEST(MetadataUpdates, RequirementsHoldTheTableStill) {
  Metadata before;
  before.refs = kMainAtOne;
  EXPECT_EQ(table_change(before.text(), before.text()).requirements,
            R"([{"type":"assert-table-uuid","uuid":"u"},{"type":"assert-current-schema-id","current-schema-id":0},)"
            R"({"type":"assert-last-assigned-field-id","last-assigned-field-id":7},)"
            R"({"type":"assert-default-spec-id","default-spec-id":0},)"
            R"({"type":"assert-last-assigned-partition-id","last-assigned-partition-id":999},)"
            R"({"type":"assert-default-sort-order-id","default-sort-order-id":0},)"
            R"({"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":1}])");
}

TEST(MetadataUpdates, ReferencesThatMoveAreWatched) {
  Metadata before, after;
  before.refs = R"({"old":{"snapshot-id":5,"type":"tag"},"still":{"snapshot-id":5,"type":"tag"}})";
  after.refs = R"({"new":{"snapshot-id":5,"type":"branch","max-ref-age-ms":9},"still":{"snapshot-id":5,"type":"tag"}})";
  const TableChange change = table_change(before.text(), after.text());
  const std::string& requirements = change.requirements;
  EXPECT_NE(requirements.find(R"("ref":"main","snapshot-id":null)"), std::string::npos);
  EXPECT_NE(requirements.find(R"("ref":"new","snapshot-id":null)"), std::string::npos);
  EXPECT_NE(requirements.find(R"("ref":"old","snapshot-id":5)"), std::string::npos);
  EXPECT_EQ(requirements.find("still"), std::string::npos);
  EXPECT_EQ(change.updates, R"([{"action":"set-snapshot-ref","ref-name":"new","max-ref-age-ms":9,"snapshot-id":5,)"
                            R"("type":"branch"},{"action":"remove-snapshot-ref","ref-name":"old"}])");
}

TEST(MetadataUpdates, ATableIsMade) {
  Metadata after;
  after.properties = R"({"a":"b"})";
  const TableChange change = table_change(std::nullopt, after.text());
  EXPECT_EQ(change.requirements, R"([{"type":"assert-create"}])");
  EXPECT_EQ(
      change.updates,
      R"([{"action":"assign-uuid","uuid":"u"},{"action":"upgrade-format-version","format-version":2},)"
      R"({"action":"set-location","location":"file:///t"},)"
      R"({"action":"add-schema","schema":{"type":"struct","schema-id":0,"fields":[]},"last-column-id":7},)"
      R"({"action":"set-current-schema","schema-id":-1},{"action":"add-spec","spec":{"spec-id":0,"fields":[]}},)"
      R"({"action":"set-default-spec","spec-id":-1},{"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},)"
      R"({"action":"set-default-sort-order","sort-order-id":-1},{"action":"set-properties","updates":{"a":"b"}}])");
}

TEST(MetadataUpdates, SnapshotsComeAndGo) {
  Metadata before, after;
  before.snapshots = R"([{"snapshot-id":1},{"snapshot-id":2}])";
  before.refs = kMainAtOne;
  before.statistics = R"([{"snapshot-id":1,"statistics-path":"x"},{"snapshot-id":2,"statistics-path":"y"}])";
  after.snapshots = R"([{"snapshot-id":2},{"snapshot-id":9223372036854775807}])";
  after.refs = R"({"main":{"snapshot-id":9223372036854775807,"type":"branch"}})";
  after.statistics = R"([{"snapshot-id":2,"statistics-path":"z"}])";
  EXPECT_EQ(updates(before, after),
            R"([{"action":"add-snapshot","snapshot":{"snapshot-id":9223372036854775807}},)"
            R"({"action":"set-snapshot-ref","ref-name":"main","snapshot-id":9223372036854775807,"type":"branch"},)"
            R"({"action":"set-statistics","snapshot-id":2,"statistics":{"snapshot-id":2,"statistics-path":"z"}},)"
            R"({"action":"remove-statistics","snapshot-id":1},)"
            R"({"action":"remove-snapshots","snapshot-ids":[1]}])");
}

TEST(MetadataUpdates, ColumnsPartitioningOrderPropertiesAndVersion) {
  Metadata before, after;
  before.properties = R"({"same":"1","gone":"2","other":"3"})";
  after.properties = R"({"same":"1","other":"4","new":"5"})";
  after.version = "3";
  after.schemas = R"([{"schema-id":0},{"schema-id":1},{"schema-id":2}])";
  after.current_schema = "1";
  after.specs = R"([{"spec-id":0},{"spec-id":4}])";
  after.default_spec = "4";
  after.orders = R"([{"order-id":0},{"order-id":1}])";
  after.default_order = "1";
  EXPECT_EQ(updates(before, after),
            R"([{"action":"upgrade-format-version","format-version":3},)"
            R"({"action":"add-schema","schema":{"schema-id":2},"last-column-id":7},)"
            R"({"action":"add-schema","schema":{"schema-id":1},"last-column-id":7},)"
            R"({"action":"set-current-schema","schema-id":-1},{"action":"add-spec","spec":{"spec-id":4}},)"
            R"({"action":"set-default-spec","spec-id":-1},{"action":"add-sort-order","sort-order":{"order-id":1}},)"
            R"({"action":"set-default-sort-order","sort-order-id":-1},)"
            R"({"action":"set-properties","updates":{"new":"5","other":"4"}},)"
            R"({"action":"remove-properties","removals":["gone"]}])");
  EXPECT_EQ(updates(after,
                    [&] {
                      Metadata back = after;
                      back.current_schema = "0";
                      back.schemas = R"([{"schema-id":0},{"schema-id":1}])";
                      return back;
                    }()),
            R"([{"action":"set-current-schema","schema-id":0},{"action":"remove-schemas","schema-ids":[2]}])");
}

TEST(MetadataUpdates, MetadataWithoutReferencesHasMain) {
  Metadata before, after;
  before.more = R"(,"current-snapshot-id":1)";
  after.refs = kMainAtOne;
  EXPECT_EQ(updates(before, after), "[]");
  before.more = R"(,"current-snapshot-id":-1)";
  EXPECT_EQ(updates(before, Metadata{}), "[]");
}

TEST(MetadataUpdates, WhatNoUpdateSaysIsRefused) {
  const auto code = [](const std::string& before, const std::string& after) {
    try {
      table_change(before, after);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  };
  Metadata keys, fewer_orders;
  keys.more = R"(,"encryption-keys":[{"key-id":"k"}])";
  EXPECT_EQ(code(Metadata{}.text(), keys.text()), ErrorCode::UnsupportedFeature);
  fewer_orders.orders = "[]";
  EXPECT_EQ(code(Metadata{}.text(), fewer_orders.text()), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(code("[]", Metadata{}.text()), ErrorCode::CorruptTable);
  EXPECT_EQ(code("", Metadata{}.text()), ErrorCode::CorruptTable);
}

}  // namespace
}  // namespace lakelet::catalogs
