#include "fault/table_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/session_parts.h"

namespace lakelet::fault {
namespace {

namespace fs = std::filesystem;

std::string expected_name(Version version) {
  return fmt::format("{:020}.json", version);
}

void expect_no_gap(const std::string& table, Version newest) {
  std::set<std::string> commits;
  for (const auto& entry : fs::directory_iterator(table + "/_delta_log")) {
    const std::string name = entry.path().filename().string();
    if (name.size() == expected_name(0).size() && name.ends_with(".json")) commits.insert(name);
  }
  std::set<std::string> expected;
  for (Version version = 0; version <= newest; ++version) expected.insert(expected_name(version));
  EXPECT_EQ(commits, expected);
}

void expect_no_temporary_files(const std::string& table) {
  for (const auto& entry : fs::recursive_directory_iterator(table)) {
    const std::string name = entry.path().filename().string();
    EXPECT_FALSE(name.starts_with(".") || name.find("tmp") != std::string::npos) << entry.path();
  }
}

void expect_history(const Table& table, Version newest) {
  Version expected = newest;
  for (const HistoryEntry& entry : table.history()) EXPECT_EQ(entry.version, expected--);
  EXPECT_EQ(expected, -1);
}

void expect_files(const Table& table) {
  for (const FileInfo& file : table.files()) {
    const fs::path path = fs::path(table.uri()) / file.path;  // an absolute one stays as it is
    ASSERT_TRUE(fs::exists(path)) << path << " of version " << table.version();
    EXPECT_EQ(fs::file_size(path), file.bytes) << path;
  }
}

void expect_outcome(const Expectation& expectation, bool committed) {
  if (expectation.killed) return;
  const Outcome& outcome = expectation.outcome;
  if (outcome.committed()) {
    EXPECT_TRUE(committed) << "the operation said that it is committed";
    EXPECT_EQ(outcome.report->version, expectation.operation->base + 1);
  } else if (!outcome.failed_with(ErrorCode::CommitUnknown)) {
    EXPECT_FALSE(committed) << "the operation is committed, but said that it failed";
    EXPECT_FALSE(outcome.failed_with(ErrorCode::Internal));
  }
}

// `newest` is at the newest version.
void expect_versions(const Expectation& expectation, const Table& newest) {
  const LakeOperation& operation = *expectation.operation;
  const RowSet before = rows_before(operation);
  const bool committed = newest.version() > operation.base;
  EXPECT_EQ(read_rows(newest), committed ? operation.model(before) : before);
  expect_files(newest);
  expect_history(newest, newest.version());
  if (!committed || operation.base < 0) return;
  const Table base = newest.at_version(operation.base);
  EXPECT_EQ(read_rows(base), before);
  expect_files(base);
}

}  // namespace

bool expect_whole(const Expectation& expectation, Session& fresh) {
  const LakeOperation& operation = *expectation.operation;
  if (operation.base < 0 && !fresh.exists(expectation.table)) {
    expect_outcome(expectation, false);
    return false;
  }
  const Table table = fresh.open(expectation.table);
  const bool committed = table.version() > operation.base;
  EXPECT_LE(table.version(), operation.base + 1);
  expect_outcome(expectation, committed);
  expect_versions(expectation, table);
  if (!expectation.killed) expect_no_temporary_files(expectation.table);
  if (expectation.format == Format::Delta) expect_no_gap(expectation.table, table.version());
  return committed;
}

void expect_works_again(const Expectation& expectation, bool committed_before, Session& session, Session& other) {
  const LakeOperation& operation = *expectation.operation;
  const Outcome again = attempt([&] { return operation.run(session, expectation.table); });
  if (operation.only_creates && committed_before) {
    EXPECT_TRUE(again.failed_with(ErrorCode::AlreadyExists)) << describe(again);
    return;
  }
  ASSERT_TRUE(again.committed()) << describe(again);
  RowSet rows = operation.model(rows_before(operation));
  const bool nothing_to_do = committed_before && operation.nothing_to_do_twice;
  if (committed_before) rows = operation.model(rows);
  const Table table = other.open(expectation.table);
  EXPECT_EQ(read_rows(table), rows);
  EXPECT_EQ(table.version(), operation.base + 1 + (committed_before && !nothing_to_do));
  EXPECT_EQ(again.report->version, nothing_to_do ? -1 : table.version());
}

}  // namespace lakelet::fault
