// For the tests of this room: a table that is a list of files in memory, written and scanned by the engine alone.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/table_column.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/data_file_writer.h"
#include "engine/engine.h"
#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/scan.h"
#include "table/file_knowledge.h"
#include "table/snapshot.h"

namespace lakelet::engine {

class TestSnapshot final : public Snapshot {
 public:
  Location place;
  Schema columns;
  Partitioning partitions;
  Properties property_map;
  TableMetadata table_metadata;
  ColumnMatching matching = ColumnMatching::ByName;
  std::vector<FileTask> files;

  const Location& location() const override { return place; }
  Version version() const override { return 7; }
  std::int64_t timestamp_us() const override { return 0; }
  const Schema& schema() const override { return columns; }
  const Partitioning& partitioning() const override { return partitions; }
  const Properties& properties() const override { return property_map; }
  const TableMetadata& metadata() const override { return table_metadata; }
  ColumnMatching column_matching() const override { return matching; }
  WriteLayout write_layout() const override {
    WriteLayout layout;
    std::vector<Field> fields;
    for (const Field& field : columns.fields()) {
      bool partition = false;
      for (const auto& p : partitions.fields) partition = partition || p.column == field.name;
      if (!partition) fields.push_back(field);
      layout.statistics_columns.push_back({field.name});
    }
    layout.file_schema = Schema(fields);
    layout.matching = matching;
    layout.field_ids = matching == ColumnMatching::ById;
    return layout;
  }
  void require(Access) const override {}
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override;
  TableSize size() const override {
    TableSize size;
    for (const auto& task : files) {
      ++size.files;
      size.bytes += task.file.bytes;
    }
    return size;
  }
};

class TestPlan final : public ScanPlan {
 public:
  TestPlan(std::shared_ptr<const TestSnapshot> snapshot, Predicate predicate)
      : snapshot_(std::move(snapshot)), predicate_(std::move(predicate)) {
    for (const auto& task : snapshot_->files) counts_.bytes_total += task.file.bytes;
    counts_.files_total = static_cast<std::int64_t>(snapshot_->files.size());
  }
  std::optional<FileTask> next() override {
    while (at_ < snapshot_->files.size()) {
      const FileTask& task = snapshot_->files[at_++];
      if (match_file(predicate_, task.file, snapshot_->schema(), snapshot_->partitioning()) != Match::None) return task;
      ++counts_.files_pruned;
      counts_.bytes_pruned += task.file.bytes;
    }
    return std::nullopt;
  }
  ScanCounts counts() const override { return counts_; }

 private:
  std::shared_ptr<const TestSnapshot> snapshot_;
  Predicate predicate_;
  std::size_t at_ = 0;
  ScanCounts counts_;
};

inline std::unique_ptr<ScanPlan> TestSnapshot::plan(const ScanRequest& request) const {
  return std::make_unique<TestPlan>(std::static_pointer_cast<const TestSnapshot>(shared_from_this()),
                                    request.predicate);
}

// An engine over memory:// with one connection, and tables that SQL reads as test_scan('name').
class TestLake {
 public:
  explicit TestLake(EngineOptions options = {})
      : stores(std::make_shared<StoreRegistry>("/")), engine(options, stores) {
    connection = engine.impl().connect();
    register_scan();
  }

  std::shared_ptr<TestSnapshot> table(const std::string& name, const std::string& schema,
                                      const std::vector<std::string>& partition_by = {}) {
    auto snapshot = std::make_shared<TestSnapshot>();
    snapshot->place = stores->resolve("memory://lake/" + name);
    snapshot->columns = parse_schema(schema);
    for (const auto& column : partition_by)
      snapshot->partitions.fields.push_back({column, Transform::Identity, 0, column});
    tables[name] = snapshot;
    return snapshot;
  }

  // Writes the rows of a query as files of the table, which gets them.
  std::vector<DataFile> write(TestSnapshot& table, const std::string& query, WriteLayout layout) {
    DataFileWriterOptions options;
    options.schema = table.columns;
    options.partitioning = table.partitions;
    options.layout = std::move(layout);
    options.new_file_uri = [&](const std::vector<Value>& values, const std::string& unique) {
      std::string path = table.place.uri;
      for (std::size_t i = 0; i < values.size(); ++i) {
        path += "/" + table.partitions.fields[i].column + "=" +
                to_text(values[i], table.columns.find(table.partitions.fields[i].column)->type);
      }
      return path + "/" + unique + ".parquet";
    };
    std::vector<DataFile> files;
    auto result = connection->SendQuery(query);
    if (result->HasError()) throw to_error(result->GetErrorObject());
    auto writing = engine.impl().connect();
    writing->BeginTransaction();
    {
      DataFileWriter writer(*writing->context, options);
      auto thread = writer.start();
      while (auto chunk = result->Fetch()) thread->write(*chunk);
      thread->finish();
      files = writer.finish();
    }
    writing->Commit();
    for (const auto& file : files) table.files.push_back({file, {}});
    return files;
  }
  std::vector<DataFile> write(TestSnapshot& table, const std::string& query) {
    return write(table, query, table.write_layout());
  }

  // The rows of a query as text, "1|a\n2|NULL\n". Throws lakelet::Error.
  std::string query(const std::string& text) {
    auto result = connection->Query(text);
    if (result->HasError()) throw to_error(result->GetErrorObject());
    std::string out;
    for (auto& row : *result) {
      for (duckdb::idx_t i = 0; i < result->ColumnCount(); ++i) {
        if (i > 0) out += '|';
        out += row.GetValue<duckdb::Value>(i).ToString();
      }
      out += "\n";
    }
    return out;
  }

  std::shared_ptr<StoreRegistry> stores;
  Engine engine;
  std::unique_ptr<duckdb::Connection> connection;
  std::map<std::string, std::shared_ptr<TestSnapshot>> tables;
  std::shared_ptr<TableScan> last_scan;

 private:
  void register_scan();
};

struct TestScanInfo final : duckdb::TableFunctionInfo {
  explicit TestScanInfo(TestLake& lake) : lake(lake) {}
  TestLake& lake;
};

// "test_scan('name')" binds the scan of the table.
inline duckdb::unique_ptr<duckdb::FunctionData> bind_test_scan(duckdb::ClientContext& context,
                                                               duckdb::TableFunctionBindInput& input,
                                                               duckdb::vector<duckdb::LogicalType>& types,
                                                               duckdb::vector<duckdb::string>& names) {
  auto& lake = input.info->Cast<TestScanInfo>().lake;
  auto bound = bind_scan(context, {lake.tables.at(input.inputs[0].ToString()), std::nullopt, {}});
  lake.last_scan = bound.scan;
  types = bound.types;
  names = bound.names;
  return std::move(bound.bind_data);
}

inline void TestLake::register_scan() {
  auto empty = std::make_shared<TestSnapshot>();
  empty->place = stores->resolve("memory://lake/empty");
  empty->columns = parse_schema("a int");
  auto function = bind_scan(*connection->context, {empty, std::nullopt, {}}).function;
  function.name = "test_scan";
  function.bind = bind_test_scan;
  function.function_info = duckdb::make_shared_ptr<TestScanInfo>(*this);
  duckdb::ExtensionLoader loader(engine.impl().instance(), "test");
  loader.RegisterFunction(function);
}

}  // namespace lakelet::engine
