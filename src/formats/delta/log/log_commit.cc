#include "formats/delta/log/log_commit.h"

#include "formats/delta/log/log_segment.h"
#include "formats/delta/protocol/action_reader.h"
#include "formats/delta/protocol/commit_info.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

[[noreturn]] void throw_exists(const Location& table) {
  throw Error(ErrorCode::AlreadyExists, "there is a Delta table at " + table.uri + " already",
              "open it, or choose another location");
}

// Only the commitInfo of a commit.
class InfoVisitor final : public ActionVisitor {
 public:
  bool wants_commit_info() const override { return true; }
  void on_commit_info(CommitInfoAction info) override { found = std::move(info); }
  bool more() const override { return !found; }
  std::optional<CommitInfoAction> found;
};

}  // namespace

LogCommit::LogCommit(Location table, std::string txn_id, bool creates, Callbacks callbacks)
    : table_(std::move(table)), txn_id_(std::move(txn_id)), creates_(creates), callbacks_(std::move(callbacks)) {}

CommitSteps::Put LogCommit::put(Version version) {
  const std::string text = callbacks_.render(version, attempts_++);
  switch (table_.store->put_if_absent(log_path(table_, commit_name(version)), text)) {
    case PutOutcome::Created:
      return Put::Won;
    case PutOutcome::Exists:
      return Put::Lost;
    case PutOutcome::Unknown:
      break;
  }
  return Put::NoAnswer;
}

std::optional<bool> LogCommit::is_own(Version version) {
  const std::string path = log_path(table_, commit_name(version));
  try {
    InfoVisitor visitor;
    ActionReader().read(table_.store->read_all(path), path, visitor);
    return visitor.found && visitor.found->txn_id == txn_id_;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::NotFound) return false;      // nobody's, so far
    if (error.code() == ErrorCode::CorruptTable) return false;  // we write whole commits
    return std::nullopt;
  }
}

std::variant<Version, Conflict> LogCommit::rebase(Version from) {
  Version newest = from - 1;
  for (const LogFile& commit : list_log(table_, from).commits) {
    if (commit.version != newest + 1) break;  // a gap: the next attempt to put meets the truth
    if (creates_) throw_exists(table_);
    const WinningCommit winner{commit.version, read_actions(table_.store->read_all(commit.path), commit.path),
                               commit.modified_us / 1000};
    for (const Action& action : winner.actions) {
      if (const auto* info = std::get_if<CommitInfoAction>(&action)) authors_[commit.version] = describe_author(*info);
    }
    if (auto conflict = callbacks_.check(winner)) return *std::move(conflict);
    newest = commit.version;
  }
  return newest;
}

std::string LogCommit::winner(Version version) {
  const auto found = authors_.find(version);
  return found != authors_.end() ? found->second : CommitSteps::winner(version);
}

void require_no_table(const Location& table) {
  const LogListing listing = list_log(table, 0);
  if (!listing.commits.empty() || !listing.checkpoints.empty()) throw_exists(table);
}

}  // namespace lakelet::delta
