// The verbs that keep a table healthy, as the pages ask for them.
#pragma once

#include <string>
#include <vector>

#include "lakelet/session.h"
#include "server/request_body.h"

namespace lakelet::server {

// What a verb would do or did: a sentence, and perhaps a list.
struct MaintenanceResult {
  std::string summary;
  bool nothing = false;  // there is nothing to be done
  Version version = -1;  // that was committed
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // at most kMostListed
  std::size_t rows_total = 0;
};

struct MaintenanceRequest {
  std::string verb, table;
  bool dry_run = true;
  std::string where, retention, version;
  std::vector<std::string> z_order;
  bool full = false, force = false, purge = false, ignore_missing = false;

  // "verb": optimize ("where", "z_order", "purge"), vacuum ("retention", "full", "force"), restore ("version",
  // "ignore_missing"), checkpoint, compact_log, clean_log, analyze ("full"), doctor ("full"; what isn't a dry run
  // repairs). "table"; "dry_run" is true unless it is false. Throws Error(InvalidArgument).
  explicit MaintenanceRequest(const RequestBody& body);
};

constexpr std::size_t kMostListed = 1'000;

MaintenanceResult maintain(Session& session, const MaintenanceRequest& request);

}  // namespace lakelet::server
