#include "contract/format_contract.h"

#include <fmt/format.h>

#include "base/uuid.h"
#include "storage/local/local_store.h"
#include "storage/memory/memory_store.h"

namespace lakelet {

FormatContract::FormatContract() {
  context.stores = std::make_shared<StoreRegistry>("/");
  context.engine_info = "lakelet/contract";
  std::shared_ptr<ObjectStore> inner = std::make_shared<MemoryStore>();
  if (GetParam().store == StoreKind::Disk) {
    folder = std::filesystem::temp_directory_path() / ("lakelet_contract_" + make_uuid_text());
    std::filesystem::create_directories(folder);
    inner = std::make_shared<LocalStore>();
  }
  store = std::make_shared<FaultyStore>(inner);
  if (folder.empty()) {
    context.stores->serve("memory", "contract", store);
  } else {
    context.stores->serve("", "", store);
  }
  location = context.stores->resolve(folder.empty() ? "memory://contract/lake/table" : folder / "lake" / "table");
  if (GetParam().implementation.tabular) context.tabular = GetParam().implementation.tabular(context.stores);
  format = GetParam().implementation.make();
}

FormatContract::~FormatContract() {
  if (!folder.empty()) std::filesystem::remove_all(folder);
}

Version FormatContract::ordinal(Version version) {
  if (counts_versions() || version == 0) return version;
  for (Version each = 1;; ++each) {
    const Version found = nth(each);
    if (found == version || found < 0) return found < 0 ? -1 : each;
  }
}

Version FormatContract::nth(Version ordinal) {
  if (counts_versions() || ordinal == 0) return ordinal;
  std::vector<Version> newest_first;
  open()->history([&](const HistoryEntry& entry) {
    newest_first.push_back(entry.version);
    return true;
  });
  const auto count = static_cast<Version>(newest_first.size());
  return ordinal > count ? -1 : newest_first[static_cast<std::size_t>(count - ordinal)];
}

CreateSpec FormatContract::spec(std::vector<std::string> partition_by) const {
  CreateSpec spec;
  spec.schema = parse_schema("id bigint, city string, value double");
  spec.partition_by = std::move(partition_by);
  return spec;
}

std::unique_ptr<FormatTable> FormatContract::create(const CreateSpec& spec) {
  const auto transaction = format->create(context, location, spec);
  commit(*transaction, Operation::Create);
  return open();
}

DataFile FormatContract::file(const Transaction& transaction, std::vector<Value> partition_values,
                              std::int64_t least_id) {
  DataFile file;
  file.uri = transaction.new_file_uri(partition_values, make_uuid_text());
  file.bytes = 1000;
  file.rows = 10;
  file.partition_values = std::move(partition_values);
  file.format = "parquet";
  file.statistics[{"id"}] = {0, Value(least_id), Value(least_id + 9), false};
  return file;
}

Version FormatContract::append(FormatTable& table, std::vector<Value> partition_values, std::int64_t least_id) {
  const auto transaction = table.begin(table.snapshot(LatestVersion{}));
  transaction->add(file(*transaction, std::move(partition_values), least_id));
  return commit(*transaction);
}

CommitOutcome FormatContract::try_commit(Transaction& transaction, const CommitOptions& options, Operation operation) {
  CommitInfo info;
  info.operation = operation;
  return transaction.commit(info, options);
}

Version FormatContract::commit(Transaction& transaction, Operation operation) {
  return require_committed(try_commit(transaction, {}, operation), transaction.base().location().uri).version;
}

std::vector<FileTask> FormatContract::plan(const Snapshot& snapshot, const Predicate& predicate) {
  std::vector<FileTask> tasks;
  const auto plan = snapshot.plan({predicate, true});
  while (auto task = plan->next()) tasks.push_back(*std::move(task));
  return tasks;
}

std::set<std::string> FormatContract::paths(const Snapshot& snapshot, const Predicate& predicate) {
  std::set<std::string> paths;
  for (const FileTask& task : plan(snapshot, predicate)) paths.insert(task.file.path);
  return paths;
}

std::vector<FormatOnStore> formats_on_stores() {
  std::vector<FormatOnStore> all;
  for (const FormatImplementation& implementation : format_implementations()) {
    for (const StoreKind store : {StoreKind::Memory, StoreKind::Disk}) all.push_back({implementation, store});
  }
  return all;
}

std::string name_of_format(const testing::TestParamInfo<FormatOnStore>& info) {
  return info.param.implementation.name + (info.param.store == StoreKind::Disk ? "_on_disk" : "_in_memory");
}

namespace {

INSTANTIATE_TEST_SUITE_P(Formats, FormatContract, testing::ValuesIn(formats_on_stores()), name_of_format);

}  // namespace
}  // namespace lakelet
