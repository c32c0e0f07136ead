// What every table format promises (src/table/table_format.h, snapshot.h, transaction.h), as one parameterised suite.
// The data files are made up: a format doesn't read them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "contract/format_implementations.h"
#include "storage/faulty/faulty_store.h"

namespace lakelet {

enum class StoreKind { Memory, Disk };

struct FormatOnStore {
  FormatImplementation implementation;
  StoreKind store;

  friend void PrintTo(const FormatOnStore& on, std::ostream* out) { PrintTo(on.implementation, out); }
};

std::vector<FormatOnStore> formats_on_stores();
std::string name_of_format(const testing::TestParamInfo<FormatOnStore>& info);

// Each test has a store of its own that can be told to fail, and a place in it for one table.
class FormatContract : public testing::TestWithParam<FormatOnStore> {
 protected:
  FormatContract();
  ~FormatContract() override;

  std::unique_ptr<FormatTable> open() { return format->open(context, location); }
  std::shared_ptr<const Snapshot> latest() { return open()->snapshot(LatestVersion{}); }
  std::shared_ptr<const Snapshot> at(VersionSelector selector) { return open()->snapshot(selector); }

  bool counts_versions() const { return GetParam().implementation.counts_versions; }
  // The how-manieth version it is, 0 being that of a new table; -1: none.
  Version ordinal(Version version);
  Version nth(Version ordinal);  // its inverse

  // "id bigint, city string, value double", by default without partitions.
  CreateSpec spec(std::vector<std::string> partition_by = {}) const;
  std::unique_ptr<FormatTable> create(const CreateSpec& spec);
  std::unique_ptr<FormatTable> create() { return create(spec()); }

  // A file for the transaction's table. Its ids are `least_id` to `least_id` + 9, in its statistics too.
  static DataFile file(const Transaction& transaction, std::vector<Value> partition_values = {},
                       std::int64_t least_id = 0);
  Version append(FormatTable& table, std::vector<Value> partition_values = {}, std::int64_t least_id = 0);
  static Version commit(Transaction& transaction, Operation operation = Operation::Append);
  static CommitOutcome try_commit(Transaction& transaction, const CommitOptions& options = {},
                                  Operation operation = Operation::Append);

  static std::vector<FileTask> plan(const Snapshot& snapshot, const Predicate& predicate = {});
  static std::set<std::string> paths(const Snapshot& snapshot, const Predicate& predicate = {});

  // Runs the call and gives the Error that it must throw.
  template <typename Call>
  static Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return Error(ErrorCode::Internal, "");
  }

  std::filesystem::path folder;  // of the store on disk; empty for the one in memory
  std::shared_ptr<FaultyStore> store;
  FormatContext context;
  std::unique_ptr<TableFormat> format;
  Location location;
};

}  // namespace lakelet
