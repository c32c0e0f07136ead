#include "engine/scan_state.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <duckdb/storage/buffer_manager.hpp>

#include "engine/test_table.h"
#include "lakelet/error.h"

namespace lakelet::engine {
namespace {

FileTask numbered(std::uint64_t number) {
  FileTask task;
  task.file.path = fmt::format("part-{:05}-0b7e6e2c-2f9e-4d07-9c0d-7c5d0b7a1b11.parquet", number);
  task.file.uri = "/lake/t/" + task.file.path;
  task.file.format = "parquet";
  return task;
}

TEST(ScanState, TheListOfFilesKeepsWithinTheMemoryLimit) {
  EngineOptions options;
  options.memory_limit_bytes = 32 << 20;
  TestLake lake(options);
  auto& memory = duckdb::BufferManager::GetBufferManager(*lake.connection->context);
  const auto before = memory.GetUsedMemory();
  {
    ScanSource source;
    auto snapshot = std::make_shared<TestSnapshot>();
    snapshot->place.uri = "/lake/t";
    source.snapshot = snapshot;
    ScanState state(lake.connection->context->db, std::move(source));
    EXPECT_EQ(state.number_of(numbered(0)), 0u);
    EXPECT_EQ(state.number_of(numbered(1)), 1u);
    EXPECT_EQ(state.number_of(numbered(0)), 0u);
    try {
      for (std::uint64_t number = 2; number < 1'000'000; ++number) state.number_of(numbered(number));
      FAIL() << "a million files in 32 MiB";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::Exhausted);
      EXPECT_THAT(error.what(), testing::HasSubstr("the list of files of /lake/t"));
    }
    EXPECT_GT(memory.GetUsedMemory(), before + (20u << 20));
  }
  EXPECT_EQ(memory.GetUsedMemory(), before);
}

}  // namespace
}  // namespace lakelet::engine
