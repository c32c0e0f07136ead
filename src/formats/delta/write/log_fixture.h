// A Delta table in memory for tests of what its log holds. Included by unit tests only.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "formats/delta/delta_table.h"
#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/protocol/action_writer.h"
#include "formats/delta/write/transaction.h"
#include "storage/memory/memory_store.h"

namespace lakelet::delta {

class LogFixture : public testing::Test {
 protected:
  LogFixture() {
    context_.stores = std::make_shared<StoreRegistry>("/");
    context_.stores->serve("memory", "", std::make_shared<MemoryStore>());
    context_.engine_info = "lakelet/test";
    context_.events = [this](const Event& event) {
      if (event.kind == EventKind::Warning) warnings_.push_back(event.text);
    };
    location_ = context_.stores->resolve("memory://x/t");
  }

  void create(const std::string& schema, Properties properties = {}, std::vector<std::string> partition_by = {}) {
    CreateSpec spec;
    spec.schema = parse_schema(schema);
    spec.properties = std::move(properties);
    spec.partition_by = std::move(partition_by);
    commit(*create_transaction(context_, location_, spec), Operation::Create);
  }
  std::shared_ptr<const DeltaSnapshot> at(VersionSelector version) {
    return std::dynamic_pointer_cast<const DeltaSnapshot>(DeltaTable(context_, location_).snapshot(version));
  }
  std::shared_ptr<const DeltaSnapshot> latest() { return at(LatestVersion{}); }
  std::unique_ptr<Transaction> begin() { return begin_transaction(context_, latest()); }

  Version commit(Transaction& transaction, Operation operation) {
    CommitInfo info;
    info.operation = operation;
    return std::get<Committed>(transaction.commit(info, {})).version;
  }
  static void add_file(Transaction& transaction, std::int64_t rows = 1) {
    DataFile file;
    file.uri = transaction.new_file_uri({}, make_uuid_text());
    file.bytes = 10;
    file.rows = rows;
    transaction.add(std::move(file));
  }
  Version append() {
    const auto transaction = begin();
    add_file(*transaction);
    return commit(*transaction, Operation::Append);
  }
  Version set(const std::string& property, const std::string& value) {
    const auto transaction = begin();
    Properties properties = transaction->base().properties();
    properties[property] = value;
    transaction->set_properties(std::move(properties));
    return commit(*transaction, Operation::SetProperties);
  }

  std::string path(const std::string& name) { return log_path(location_, name); }
  bool exists(const std::string& name) { return location_.store->find(path(name)).has_value(); }
  std::string read(const std::string& name) { return location_.store->read_all(path(name)); }
  void put(const std::string& name, const std::string& text) { location_.store->put(path(name), text); }
  void put(Version version, const std::vector<Action>& actions) { put(commit_name(version), write_actions(actions)); }
  std::vector<Action> actions(Version version) { return read_actions(read(commit_name(version)), "test"); }
  template <typename T>
  T only(Version version) {
    for (const Action& action : actions(version)) {
      if (const T* found = std::get_if<T>(&action)) return *found;
    }
    ADD_FAILURE() << "version " << version << " has no such action";
    return T();
  }

  FormatContext context_;
  Location location_;
  std::vector<std::string> warnings_;
};

}  // namespace lakelet::delta
