// What the log says at a version, after "Action Reconciliation" (PROTOCOL.md).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "formats/delta/files/file_list.h"
#include "formats/delta/log/log_segment.h"
#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

struct TableState {
  Version version = -1;
  std::optional<std::int64_t> in_commit_timestamp_ms;  // of this version's commit, where it gives one
  Protocol protocol;
  Metadata metadata;
  FileList files;
  std::map<std::string, Txn> transactions;        // by application id
  std::map<std::string, DomainMetadata> domains;  // removed ones left out
  LogSegment segment;                             // the files that it was read from; empty for a table to come
};

}  // namespace lakelet::delta
