// For the tests of this room: a session over an in-memory store with tables of the format "memory_format".
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/error.h"
#include "memory_format/memory_format.h"
#include "sql/sql_session.h"

namespace lakelet::sql {

class SqlFixture : public ::testing::Test {
 protected:
  explicit SqlFixture(std::uint64_t memory_limit_bytes = 0) {
    stores_ = std::make_shared<StoreRegistry>("/");
    engine::EngineOptions options;
    options.threads = 2;
    options.memory_limit_bytes = memory_limit_bytes;
    options.temp_folder = temp_folder_;
    engine_ = std::make_shared<engine::Engine>(options, stores_);
    auto formats = std::make_shared<FormatRegistry>();
    formats->add(std::make_unique<MemoryFormat>());
    formats_ = formats;
    session_ = open_session();
  }
  ~SqlFixture() override { std::filesystem::remove_all(temp_folder_); }

  std::unique_ptr<SqlSession> open_session() {
    FormatContext context{stores_, engine_->tabular(), "lakelet/test", {}};
    return std::make_unique<SqlSession>(engine_, formats_, context);
  }

  // Makes "memory://lake/NAME" with the columns and properties, and returns its quoted URI.
  std::string make_table(const std::string& name, const std::string& schema,
                         const std::vector<std::string>& partition_by = {}, Properties properties = {}) {
    CreateSpec spec;
    spec.schema = parse_schema(schema);
    spec.partition_by = partition_by;
    spec.properties = std::move(properties);
    const std::string uri = "memory://lake/" + name;
    const FormatContext context{stores_, engine_->tabular(), "lakelet/test", {}};
    auto transaction = formats_->formats().front()->create(context, stores_->resolve(uri), spec);
    CommitInfo info;
    info.operation = Operation::Create;
    require_committed(transaction->commit(info, {}), uri);
    return quote_literal(uri);
  }

  // The rows of a query, each as one line of text, sorted.
  std::vector<std::string> rows(const std::string& query) { return rows(*session_, query); }
  static std::vector<std::string> rows(SqlSession& session, const std::string& query) {
    auto result = session.query("SELECT CAST(r AS VARCHAR) FROM (" + query + ") AS r");
    auto lines = text_of(result);
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  // A single value as text.
  std::string value(const std::string& query) {
    auto result = session_->query("SELECT CAST((" + query + ") AS VARCHAR)");
    const auto lines = text_of(result);
    return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " rows";
  }
  // What EXPLAIN says of a query, without the boxes around it and the space in it.
  std::string explained(const std::string& query, const char* explain = "EXPLAIN ") {
    auto result = session_->query(explain + query);
    std::string plan;
    for (const auto& line : text_of(result, 1)) plan += line;
    std::erase_if(plan, [](char c) { return c == ' ' || static_cast<signed char>(c) < 0; });
    return plan;
  }
  // Runs a statement to its end.
  void run(const std::string& text) { drain(session_->query(text)); }
  static std::int64_t drain(Rows rows) {
    std::int64_t count = 0;
    while (auto batch = pull(rows)) count += batch->length;
    return count;
  }
  Report execute(const std::string& text, const WriteOptions& options = {}) { return session_->execute(text, options); }

  static OwnedArrowArray pull(Rows& rows) {
    OwnedArrowArray batch;
    if (rows.stream->get_next(rows.stream.get(), batch.get()) != 0) {
      throw std::runtime_error(rows.stream->get_last_error(rows.stream.get()));
    }
    return batch;
  }

  // A column of text.
  static std::vector<std::string> text_of(Rows& rows, int index = 0) {
    std::vector<std::string> lines;
    OwnedArrowSchema schema;
    EXPECT_EQ(rows.stream->get_schema(rows.stream.get(), schema.get()), 0);
    const std::string format = schema->children[index]->format;
    EXPECT_TRUE(format == "u" || format == "U") << format;
    while (auto batch = pull(rows)) {
      const ArrowArray& column = *batch->children[index];
      const auto* valid = static_cast<const std::uint8_t*>(column.buffers[0]);
      const auto* bytes = static_cast<const char*>(column.buffers[2]);
      const auto offset = [&](std::int64_t i) -> std::int64_t {
        return format == "u" ? static_cast<const std::int32_t*>(column.buffers[1])[i]
                             : static_cast<const std::int64_t*>(column.buffers[1])[i];
      };
      for (std::int64_t i = column.offset; i < column.offset + column.length; ++i) {
        const bool null = valid && !(valid[i / 8] >> (i % 8) & 1);
        lines.push_back(null ? "NULL" : std::string(bytes + offset(i), bytes + offset(i + 1)));
      }
    }
    return lines;
  }

  // The error that the statement ends in.
  Error failure(const std::string& text, const WriteOptions& options = {}) {
    try {
      execute(text, options);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error: " << text;
    return Error(ErrorCode::Internal, "none");
  }
  Error query_failure(const std::string& text) {
    try {
      drain(session_->query(text));
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error: " << text;
    return Error(ErrorCode::Internal, "none");
  }
  std::vector<std::string> objects(const std::string& prefix) {
    const Location location = stores_->resolve("memory://lake/" + prefix);
    std::vector<std::string> paths;
    location.store->list(location.path, {}, [&](const ObjectInfo& info) {
      if (info.path.ends_with(".parquet")) paths.push_back(info.path);
      return true;
    });
    return paths;
  }

  std::string temp_folder_ = ::testing::TempDir() + "lakelet_sql_" + std::to_string(::getpid());
  std::shared_ptr<StoreRegistry> stores_;
  std::shared_ptr<engine::Engine> engine_;
  std::shared_ptr<const FormatRegistry> formats_;
  std::unique_ptr<SqlSession> session_;
};

}  // namespace lakelet::sql
