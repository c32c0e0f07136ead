// What a Session's copies, its tables and its rows share.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "lake/bucket_stores.h"
#include "lake/running_work.h"
#include "lake/table_reference.h"
#include "lakelet/configuration.h"
#include "lakelet/session.h"
#include "operations/relation.h"
#include "sql/catalog/lake_names.h"
#include "sql/catalog/open_tables.h"
#include "sql/sql_session.h"
#include "table/table_format.h"

namespace lakelet {

struct SessionState;

// One connection of the session's pool, for one verb or one result. Given back when it is destroyed.
class Lease {
 public:
  Lease(std::shared_ptr<SessionState> state, std::unique_ptr<sql::SqlSession> session);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  sql::SqlSession& sql() { return *session_; }
  const Cancellation& cancellation() const { return cancellation_; }
  void cancel();
  // After a failure of which it isn't known what it left behind: the connection isn't used again.
  void discard() { discarded_ = true; }
  // The query has run: its rows are left to be read, for which no catalog is asked.
  void answered() { running_.reset(); }

 private:
  std::shared_ptr<SessionState> state_;
  std::unique_ptr<sql::SqlSession> session_;
  Cancellation cancellation_;
  std::optional<RunningWork::Entry> running_;
  bool discarded_ = false;
};

// A verb that needs no connection, for as long as it runs: Session::cancel() reaches it, and its events have its name.
class RunningVerb {
 public:
  RunningVerb(SessionState& state, const std::string& verb);
  ~RunningVerb();
  RunningVerb(const RunningVerb&) = delete;
  RunningVerb& operator=(const RunningVerb&) = delete;

  const CommitOptions& options() const { return options_; }

 private:
  friend struct SessionState;
  SessionState& state_;
  CommitOptions options_;
  RunningWork::Entry running_;
};

// For what asks a catalog and is no verb of its own; null where no catalog is asked.
std::unique_ptr<RunningVerb> running_in_catalog(SessionState& state, const Location& location, const std::string& verb);

// The session's events, as those of the verb.
EventSink events_of(const SessionState& state, const std::string& verb);

// A table's place and, if the reference names one, the version.
struct ResolvedReference {
  Location location;
  VersionSelector selector;
  std::string text;  // as it was written

  bool latest() const { return std::holds_alternative<LatestVersion>(selector); }
};

struct SessionState : std::enable_shared_from_this<SessionState> {
  explicit SessionState(Configuration given);

  // Starts with the first call. Thread-safe.
  std::shared_ptr<engine::Engine> engine();
  std::shared_ptr<Lease> borrow();
  bool cancel_all();
  // One more copy of the session.
  Session session() { return Session(shared_from_this()); }

  ResolvedReference resolve(const std::string& reference);
  // For a table that is to be written to: Error(InvalidArgument) if the reference names a version.
  ResolvedReference resolve_latest(const std::string& reference, const std::string& verb);
  operations::Input input(Source source);
  void require_writable(const std::string& verb) const;  // else Error(Permission)

  const std::shared_ptr<RunningWork> work = std::make_shared<RunningWork>();
  Configuration configuration;
  std::shared_ptr<StoreRegistry> stores;
  std::shared_ptr<BucketStores> buckets;
  std::shared_ptr<const FormatRegistry> formats;
  FormatContext context;
  std::shared_ptr<const sql::LakeNames> names;  // of the configuration file; null: none was given
  std::shared_ptr<sql::OpenTables> tables;      // of its handles and its connections
  std::shared_ptr<const sql::ProcedureRegistry> procedures;

 private:
  friend class Lease;
  friend class RunningVerb;
  std::mutex mutex_;
  std::shared_ptr<engine::Engine> engine_;
  std::vector<std::unique_ptr<sql::SqlSession>> idle_;
  std::set<Lease*> active_;
  std::set<RunningVerb*> running_;
};

}  // namespace lakelet
