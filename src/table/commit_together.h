// Several tables of one catalog committed as one: all of them or none.
#pragma once

#include <string>
#include <vector>

#include "table/prepared_commit.h"
#include "table/transaction.h"

namespace lakelet {

// Throws Error(UnsupportedFeature), naming what stands in the way, unless the two can be committed together: they are
// on different tables of one catalog, which moves several at once. Asks the catalog what it offers.
void require_together(const Transaction& first, const std::string& first_uri, const Transaction& second,
                      const std::string& second_uri);

struct OwnCommit {
  Transaction* transaction;
  CommitInfo info;
  std::string uri;  // for messages
};

struct TogetherOutcome {
  CommitOutcome outcome;            // Committed: all were
  std::size_t table = 0;            // of a Conflict: whose it is
  std::vector<Version> versions{};  // of each, once all were committed
};

// Those of several tables, whose URIs are given for messages, by one loop. `table` is one of them.
TogetherOutcome commit_prepared(const std::vector<PreparedCommit*>& commits, const std::vector<std::string>& uris,
                                const CommitOptions& options);

// Puts all on top of the newest versions of their tables, and after a lost race rebases those that others have changed
// and tries again. One that can't be rebased is a Conflict for all. An answer that was lost is resolved by reading
// back: either all tables have their commit, or none has; where they don't agree, it is Unknown. A single one is
// Transaction::commit(). Throws as that does, Error(UnsupportedFeature) for several with CommitOptions::if_version.
TogetherOutcome commit_together(const std::vector<OwnCommit>& commits, const CommitOptions& options);

}  // namespace lakelet
