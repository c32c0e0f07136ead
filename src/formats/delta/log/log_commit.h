// The steps of putting one commit into _delta_log; commit_on_top() drives them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "formats/delta/write/conflict.h"
#include "storage/location.h"
#include "table/commit.h"

namespace lakelet::delta {

// A commit is one object, put only if there is none of its name: all or nothing, on every store. It is known again by
// the txnId in its commitInfo. Costs one request per attempt; a lost race costs one listing and one read per winner.
class LogCommit final : public CommitSteps {
 public:
  struct Callbacks {
    // The whole text of the commit as `version`; `retries` counts the attempts that lost.
    std::function<std::string(Version version, int retries)> render;
    std::function<std::optional<Conflict>(const WinningCommit&)> check;
  };
  // `creates`: the commit makes the table; that anybody else made one is Error(AlreadyExists).
  LogCommit(Location table, std::string txn_id, bool creates, Callbacks callbacks);

  Put put(Version version) override;
  std::optional<bool> is_own(Version version) override;
  std::variant<Version, Conflict> rebase(Version from) override;
  std::string winner(Version version) override;

 private:
  Location table_;
  std::string txn_id_;
  bool creates_;
  Callbacks callbacks_;
  int attempts_ = 0;
  std::map<Version, std::string> authors_;
};

// Throws Error(AlreadyExists) if there is a Delta table at the location, also one whose first commits were cleaned up.
void require_no_table(const Location& table);

}  // namespace lakelet::delta
