// For the tests of this room: tables of the format "memory_format" in an in-memory store, and files in a folder.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/error.h"
#include "lakelet/rows.h"
#include "memory_format/memory_format.h"
#include "operations/append.h"
#include "operations/change_rows.h"
#include "operations/create.h"
#include "operations/merge.h"

namespace lakelet::operations {

class OperationsFixture : public ::testing::Test {
 protected:
  OperationsFixture() {
    std::filesystem::create_directories(folder_);
    stores_ = std::make_shared<StoreRegistry>(folder_);
    engine::EngineOptions options;
    options.threads = 2;
    engine_ = std::make_shared<engine::Engine>(options, stores_);
    formats_ = std::make_shared<FormatRegistry>();
    formats_->add(std::make_unique<MemoryFormat>());
    session_ = std::make_unique<sql::SqlSession>(engine_, formats_, context());
  }
  ~OperationsFixture() override { std::filesystem::remove_all(folder_); }

  FormatContext context() const { return {stores_, engine_->tabular(), "lakelet/test", {}}; }
  Workspace workspace() { return {*session_, *stores_}; }
  static std::string uri(const std::string& name) { return "memory://lake/" + name; }

  std::string make_table(const std::string& name, const std::string& schema, CreateOptions options = {}) {
    operations::run(plan_create(*formats_, stores_->resolve(uri(name)), parse_schema(schema), options), context());
    return uri(name);
  }
  Schema schema(const std::string& table) { return session_->table(table)->snapshot(LatestVersion{})->schema(); }

  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return name;
  }
  Relation rows_of(const std::string& query) {
    return prepare_relation(Source::Query{query, {}}, nullptr, workspace());
  }
  Relation files(const std::vector<std::string>& paths, const Schema* table = nullptr, FileOptions options = {}) {
    return prepare_relation(Source::Files{paths, std::move(options)}, table, workspace());
  }
  Report run(const Plan& plan) { return operations::run(plan, *session_); }

  // "1|a" for each row, sorted by all columns.
  std::vector<std::string> rows(const std::string& query) {
    sql::Rows found = session_->query("SELECT * FROM (" + query + ") ORDER BY ALL");
    Rows all(std::move(found.schema), std::move(found.stream));
    std::vector<std::string> lines;
    while (all.next()) {
      std::string line;
      for (std::size_t i = 0; i < all.schema().size(); ++i) line += fmt::format("{}{}", i > 0 ? "|" : "", all.text(i));
      lines.push_back(line);
    }
    return lines;
  }
  std::vector<std::string> table_rows(const std::string& table) { return rows("FROM " + sql::quote_identifier(table)); }

  // The error that the work ends in.
  template <typename Work>
  Error failure(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
      return error;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::Internal, "none");
  }

  std::string folder_ = ::testing::TempDir() + "lakelet_operations_" + std::to_string(::getpid());
  std::shared_ptr<StoreRegistry> stores_;
  std::shared_ptr<engine::Engine> engine_;
  std::shared_ptr<FormatRegistry> formats_;
  std::unique_ptr<sql::SqlSession> session_;
};

}  // namespace lakelet::operations
