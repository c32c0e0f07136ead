#include "formats/delta/checkpoint/checkpoint_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include <set>

#include "formats/delta/delta_format.h"
#include "formats/delta/snapshot.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using Row = std::map<std::string, std::string>;  // dotted column -> text

// Serves rows as if they were in a Parquet file. Columns that no row has are of type Null, as TabularIo promises.
class FakeTabular final : public TabularIo {
 public:
  std::map<std::string, std::vector<Row>> files;
  std::set<std::string> damaged;

  Schema parquet_schema(const std::string&) override { return {}; }
  std::uint64_t write_parquet(const std::string&, OwnedArrowStream, const std::string&) override { return 0; }

  OwnedArrowStream read_parquet(const TabularRead& request) override {
    const std::string& uri = request.uris.at(0);
    if (damaged.contains(uri)) throw Error(ErrorCode::CorruptTable, uri + " is cut short");
    if (!files.contains(uri)) throw Error(ErrorCode::NotFound, "no " + uri);
    ArrowSchema schema;
    ArrowSchemaInit(&schema);
    EXPECT_EQ(ArrowSchemaSetTypeStruct(&schema, static_cast<std::int64_t>(request.columns.size())), 0);
    for (std::size_t i = 0; i < request.columns.size(); ++i) {
      set_type(schema.children[i], request.columns[i], files[uri]);
    }
    ArrowArray array;
    EXPECT_EQ(ArrowArrayInitFromSchema(&array, &schema, nullptr), 0);
    EXPECT_EQ(ArrowArrayStartAppending(&array), 0);
    for (const Row& row : files[uri]) {
      for (std::size_t i = 0; i < request.columns.size(); ++i)
        append(array.children[i], schema.children[i], row, request.columns[i]);
      EXPECT_EQ(ArrowArrayFinishElement(&array), 0);
    }
    EXPECT_EQ(ArrowArrayFinishBuildingDefault(&array, nullptr), 0);
    ArrowArrayStream stream;
    EXPECT_EQ(ArrowBasicArrayStreamInit(&stream, &schema, 1), 0);
    ArrowBasicArrayStreamSetArray(&stream, 0, &array);
    return OwnedArrowStream(&stream);
  }

 private:
  static bool is_map(const std::string& column) {
    return column.ends_with("partitionValues") || column.ends_with("configuration");
  }
  static bool is_integer(const std::string& column) {
    return column.ends_with("size") || column.ends_with("Version") || column == "txn.version";
  }
  static void set_type(ArrowSchema* schema, const std::string& column, const std::vector<Row>& rows) {
    bool any = false;
    for (const Row& row : rows) any = any || row.contains(column);
    if (any && is_map(column)) {
      ArrowSchemaInit(schema);
      EXPECT_EQ(ArrowSchemaSetType(schema, NANOARROW_TYPE_MAP), 0);
      EXPECT_EQ(ArrowSchemaSetType(schema->children[0]->children[0], NANOARROW_TYPE_STRING), 0);
      EXPECT_EQ(ArrowSchemaSetType(schema->children[0]->children[1], NANOARROW_TYPE_STRING), 0);
    } else {
      EXPECT_EQ(ArrowSchemaInitFromType(schema, !any                 ? NANOARROW_TYPE_NA
                                                : is_integer(column) ? NANOARROW_TYPE_INT64
                                                                     : NANOARROW_TYPE_STRING),
                0);
    }
    EXPECT_EQ(ArrowSchemaSetName(schema, column.c_str()), 0);
  }
  // A map's text is "key=value"; without '=' the value is null.
  static void append(ArrowArray* array, const ArrowSchema* schema, const Row& row, const std::string& column) {
    const auto at = row.find(column);
    if (at == row.end()) {
      EXPECT_EQ(ArrowArrayAppendNull(array, 1), 0);
    } else if (std::string_view(schema->format) == "+m") {
      const std::size_t equals = at->second.find('=');
      EXPECT_EQ(
          ArrowArrayAppendString(array->children[0]->children[0], ArrowCharView(at->second.substr(0, equals).c_str())),
          0);
      ArrowArray* values = array->children[0]->children[1];
      if (equals == std::string::npos) {
        EXPECT_EQ(ArrowArrayAppendNull(values, 1), 0);
      } else {
        EXPECT_EQ(ArrowArrayAppendString(values, ArrowCharView(at->second.c_str() + equals + 1)), 0);
      }
      EXPECT_EQ(ArrowArrayFinishElement(array->children[0]), 0);
      EXPECT_EQ(ArrowArrayFinishElement(array), 0);
    } else if (is_integer(column)) {
      EXPECT_EQ(ArrowArrayAppendInt(array, std::stoll(at->second)), 0);
    } else {
      EXPECT_EQ(ArrowArrayAppendString(array, ArrowCharView(at->second.c_str())), 0);
    }
  }
};

const Row kProtocol = {{"protocol.minReaderVersion", "1"}, {"protocol.minWriterVersion", "2"}};
const Row kMetadata = {
    {"metaData.id", "m"},
    {"metaData.schemaString",
     R"({"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}},{"name":"p","type":"string","nullable":true,"metadata":{}}]})"},
    {"metaData.configuration", "delta.appendOnly=true"}};

Row add(const std::string& path, const std::string& partition) {
  return {
      {"add.path", path}, {"add.size", "7"}, {"add.partitionValues", partition}, {"add.stats", R"({"numRecords":3})"}};
}

class CheckpointReaderTest : public testing::Test {
 protected:
  CheckpointReaderTest() : stores_(std::make_shared<StoreRegistry>("/")), tabular_(std::make_shared<FakeTabular>()) {
    table_ = stores_->resolve("memory://checkpoint/t");
    context_.stores = stores_;
    context_.tabular = tabular_;
  }
  void put(const std::string& name, const std::string& text) { table_.store->put(log_path(table_, name), text); }
  void put_parquet(const std::string& name, std::vector<Row> rows) {
    put(name, "PAR1");
    tabular_->files[log_uri(table_, name)] = std::move(rows);
  }
  std::shared_ptr<const DeltaSnapshot> load(const VersionSelector& selector = LatestVersion{}) {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(DeltaFormat().open(context_, table_)->snapshot(selector));
  }
  static std::vector<std::string> files(const DeltaSnapshot& snapshot) {
    std::vector<std::string> result;
    snapshot.for_each_file([&result](const AddFile& file) {
      result.push_back(file.path);
      return true;
    });
    return result;
  }

  std::shared_ptr<StoreRegistry> stores_;
  std::shared_ptr<FakeTabular> tabular_;
  Location table_;
  FormatContext context_;
};

TEST_F(CheckpointReaderTest, ClassicWithCommitsAfterIt) {
  put_parquet(checkpoint_name(5),
              {kMetadata, add("a", "p=x"), add("b", "p"), kProtocol, {{"txn.appId", "app"}, {"txn.version", "9"}}});
  put(commit_name(6), R"({"remove":{"path":"a","dataChange":true}})");
  put("_last_checkpoint", R"({"version":5,"size":5})");
  const auto snapshot = load();
  EXPECT_EQ(snapshot->version(), 6);
  EXPECT_THAT(files(*snapshot), testing::ElementsAre("b"));
  EXPECT_EQ(snapshot->state().transactions.at("app").version, 9);
  EXPECT_EQ(snapshot->properties().at("delta.appendOnly"), "true");
  const auto before = load(Version{5});
  ASSERT_EQ(before->file_count(), 2);
  EXPECT_EQ(before->find_file("a", "")->partition_values, (PartitionValues{{"p", "x"}}));
  EXPECT_EQ(before->find_file("b", "")->partition_values, (PartitionValues{{"p", std::nullopt}}));
  EXPECT_EQ(before->size().rows, 6);
}

TEST_F(CheckpointReaderTest, MultiPart) {
  put_parquet(checkpoint_part_name(3, 1, 2), {kProtocol, add("a", "p=x")});
  put_parquet(checkpoint_part_name(3, 2, 2), {kMetadata, add("b", "p=y")});
  EXPECT_THAT(files(*load()), testing::ElementsAre("a", "b"));
}

TEST_F(CheckpointReaderTest, V2WithSidecars) {
  const std::string uuid = "80a083e8-7026-4e79-81be-64bd76c43a11";
  put("00000000000000000003.checkpoint." + uuid + ".json",
      R"({"checkpointMetadata":{"version":3}}
{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["v2Checkpoint"],"writerFeatures":["v2Checkpoint"]}}
{"metaData":{"id":"m","schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[]}}
{"sidecar":{"path":"s%201.parquet","sizeInBytes":1,"modificationTime":1}}
{"sidecar":{"path":"s2.parquet","sizeInBytes":1,"modificationTime":1}})");
  put_parquet("_sidecars/s 1.parquet", {add("a", "p=x")});
  put_parquet("_sidecars/s2.parquet", {add("b", "p=y")});
  EXPECT_THAT(files(*load()), testing::ElementsAre("a", "b"));
}

TEST_F(CheckpointReaderTest, ASidecarThatIsMissingOrCutShort) {
  put(commit_name(3), "{}");
  put("00000000000000000003.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
      R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"m","schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[]}}
{"sidecar":{"path":"s.parquet","sizeInBytes":4,"modificationTime":1}})");
  const auto failure = [&] {
    try {
      load();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(failure(), testing::HasSubstr("_sidecars/s.parquet of the checkpoint is missing"));
  put("_sidecars/s.parquet", "PAR");
  EXPECT_THAT(failure(), testing::HasSubstr("_sidecars/s.parquet has 3 bytes"));
  put_parquet("_sidecars/s.parquet", {add("a", "p=x")});
  EXPECT_THAT(files(*load()), testing::ElementsAre("a"));
}

TEST_F(CheckpointReaderTest, OneThatContradictsItself) {
  put_parquet(checkpoint_name(2),
              {kMetadata, kProtocol, {{"protocol.minReaderVersion", "1"}, {"protocol.minWriterVersion", "4"}}});
  try {
    load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("00000000000000000002.checkpoint.parquet"),
                                             testing::HasSubstr("two protocol actions that differ")));
  }
}

TEST_F(CheckpointReaderTest, CommitsAfterItNameItsFilesInAnySpelling) {
  put_parquet(checkpoint_name(1), {kMetadata, kProtocol, add("p=%C3%A9/a", "p=x"), add("b", "p=x"), add("c", "p=x")});
  put(commit_name(2), R"({"remove":{"path":"p=é/a","dataChange":true}}
{"add":{"path":"b","partitionValues":{"p":"y"},"size":9,"stats":"{\"numRecords\":1}"}})");
  put(commit_name(3), R"({"remove":{"path":"c","dataChange":true}}
{"add":{"path":"d","partitionValues":{"p":"y"},"size":1}})");
  put(commit_name(4), R"({"add":{"path":"c","partitionValues":{"p":"z"},"size":1}})");
  EXPECT_THAT(files(*load()), testing::UnorderedElementsAre("b", "c", "d"));
  EXPECT_EQ(load()->find_file("c", "")->partition_values.at("p"), "z");
  const auto at_2 = load(Version{2});
  EXPECT_EQ(at_2->find_file("b", "")->size, 9);
  EXPECT_EQ(at_2->find_file("c", "")->size, 7);
  EXPECT_FALSE(at_2->find_file("p=é/a", ""));
  EXPECT_EQ(at_2->size().rows, 4);
  const auto plan = load()->plan({});
  std::size_t planned = 0;
  while (plan->next()) ++planned;
  EXPECT_EQ(planned, 3u);
  EXPECT_EQ(plan->counts().files_total, 3);
}

TEST_F(CheckpointReaderTest, WhatItMustHave) {
  put(commit_name(0), "{}");  // the commits would do, but a whole checkpoint without its basics is no accident
  put_parquet(checkpoint_name(0), {kProtocol, add("a", "p=x")});
  try {
    load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    EXPECT_THAT(error.what(), testing::HasSubstr("00000000000000000000.checkpoint.parquet has no metaData action"));
  }
}

TEST_F(CheckpointReaderTest, OneThatIsDamagedIsBypassed) {
  std::vector<std::string> warnings;
  context_.events = [&warnings](const Event& event) { warnings.push_back(event.text); };
  put(commit_name(0),
      R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"m","schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[]}}
{"add":{"path":"a","partitionValues":{},"size":1}})");
  put(commit_name(1), R"({"add":{"path":"b","partitionValues":{},"size":1}})");
  put_parquet(checkpoint_name(1), {kProtocol, kMetadata, add("a", "p=x"), add("b", "p=x")});
  put("_last_checkpoint", R"({"version":1})");
  tabular_->damaged.insert(log_uri(table_, checkpoint_name(1)));
  EXPECT_THAT(files(*load()), testing::ElementsAre("a", "b"));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], testing::HasSubstr("00000000000000000001.checkpoint.parquet is cut short"));
  // Without another way the damage is the error, of however many checkpoints.
  table_.store->remove(log_path(table_, commit_name(0)));
  put_parquet(checkpoint_name(0), {kProtocol, kMetadata, add("a", "p=x")});
  tabular_->damaged.insert(log_uri(table_, checkpoint_name(0)));
  try {
    load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    EXPECT_THAT(error.what(), testing::HasSubstr("is cut short"));
  }
  EXPECT_EQ(warnings.size(), 1u);
}

}  // namespace
}  // namespace lakelet::delta
