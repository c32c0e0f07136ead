#include "formats/delta/write/conflict.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/delta/files/file_path.h"
#include "formats/delta/protocol/commit_info.h"

namespace lakelet::delta {
namespace {

template <typename T>
const T* first(const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    if (const T* found = std::get_if<T>(&action)) return found;
  }
  return nullptr;
}

// A commit that says nothing of itself isn't taken for a blind append.
bool is_blind_append(const WinningCommit& winner) {
  const auto* info = first<CommitInfoAction>(winner.actions);
  return info && info->is_blind_append.value_or(false);
}

std::string against_removed(const OwnChanges& ours, const RemoveFile& remove) {
  const std::string path = canonical_path(remove.path);
  if (ours.files_removed.contains(path)) return "it removed the file " + path + ", which this change replaces too";
  if (remove.data_change && ours.files_read.contains(path)) {
    return "it removed rows from the file " + path + ", which this change has read";
  }
  return "";
}

// The rule for the files that it added (Spark's checkForAddedFilesThatShouldHaveBeenReadByCurrentTxn).
std::string against_added(const OwnChanges& ours, const AddFile& add, bool blind) {
  if (!add.data_change || !ours.would_have_read) return "";
  if (blind && ours.isolation == Isolation::WriteSerializable && !ours.changes_metadata) return "";
  if (!ours.would_have_read(add)) return "";
  return "it added the file " + canonical_path(add.path) + ", in which rows may meet the condition of this change";
}

std::string collision(const OwnChanges& ours, const WinningCommit& winner) {
  if (first<Protocol>(winner.actions)) return "it changed the table's protocol";
  if (first<Metadata>(winner.actions)) return "it changed the table's schema or properties";
  const bool blind = is_blind_append(winner);
  for (const Action& action : winner.actions) {
    std::string found;
    if (const auto* remove = std::get_if<RemoveFile>(&action)) {
      found = against_removed(ours, *remove);
    } else if (const auto* add = std::get_if<AddFile>(&action)) {
      found = against_added(ours, *add, blind);
    } else if (const auto* txn = std::get_if<Txn>(&action); txn && ours.applications.contains(txn->app_id)) {
      found = fmt::format("it recorded version {} of the same application '{}'", txn->version, txn->app_id);
    } else if (const auto* domain = std::get_if<DomainMetadata>(&action);
               domain && ours.domains.contains(domain->domain)) {
      found = fmt::format("it changed the metadata of the same domain '{}'", domain->domain);
    }
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace

Isolation isolation_level(const StringMap& properties) {
  const auto found = properties.find("delta.isolationLevel");
  if (found == properties.end()) return Isolation::Serializable;
  std::string level = found->second;
  std::transform(level.begin(), level.end(), level.begin(), [](unsigned char c) { return std::tolower(c); });
  return level == "writeserializable" ? Isolation::WriteSerializable : Isolation::Serializable;
}

std::optional<Conflict> find_conflict(const OwnChanges& ours, const WinningCommit& winner) {
  std::string what = collision(ours, winner);
  if (what.empty()) return std::nullopt;
  const auto* info = first<CommitInfoAction>(winner.actions);
  return Conflict{.winner = winner.version, .who = info ? describe_author(*info) : "a commit", .what = std::move(what)};
}

}  // namespace lakelet::delta
