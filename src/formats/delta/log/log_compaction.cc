#include "formats/delta/log/log_compaction.h"

#include <map>
#include <optional>

#include "formats/delta/files/file_path.h"
#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/protocol/action_writer.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

class Reconciler {
 public:
  void operator()(const Protocol& protocol) { protocol_ = protocol; }
  void operator()(const Metadata& metadata) { metadata_ = metadata; }
  void operator()(const Txn& txn) { transactions_[txn.app_id] = txn; }
  void operator()(const DomainMetadata& domain) { domains_[domain.domain] = domain; }
  void operator()(const AddFile& add) { files_.insert_or_assign(key(add), add); }
  void operator()(const RemoveFile& remove) { files_.insert_or_assign(key(remove), remove); }
  template <typename T>
  void operator()(const T&) {}

  std::vector<Action> take() {
    std::vector<Action> out;
    if (protocol_) out.emplace_back(*std::move(protocol_));
    if (metadata_) out.emplace_back(*std::move(metadata_));
    for (auto& [application, txn] : transactions_) out.emplace_back(std::move(txn));
    for (auto& [name, domain] : domains_) out.emplace_back(std::move(domain));
    for (auto& [file, action] : files_) out.push_back(std::move(action));
    return out;
  }

 private:
  using FileKey = std::pair<std::string, std::string>;
  template <typename File>
  static FileKey key(const File& file) {
    return {canonical_path(file.path), file.deletion_vector ? file.deletion_vector->unique_id() : std::string()};
  }

  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  std::map<std::string, Txn> transactions_;
  std::map<std::string, DomainMetadata> domains_;
  std::map<FileKey, Action> files_;
};

}  // namespace

std::vector<Action> reconcile(const std::vector<std::vector<Action>>& commits) {
  Reconciler reconciler;
  for (const std::vector<Action>& commit : commits) {
    for (const Action& action : commit) std::visit(reconciler, action);
  }
  return reconciler.take();
}

void compact_log(const Location& table, Version first, Version last) {
  if (first >= last) throw Error(ErrorCode::InvalidArgument, "a compaction needs two commits or more");
  std::vector<std::vector<Action>> commits;
  for (Version version = first; version <= last; ++version) {
    const std::string path = log_path(table, commit_name(version));
    commits.push_back(read_actions(table.store->read_all(path), path));
  }
  table.store->put_if_absent(log_path(table, compaction_name(first, last)), write_actions(reconcile(commits)));
}

}  // namespace lakelet::delta
