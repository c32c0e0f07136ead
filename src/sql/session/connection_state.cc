#include "sql/session/connection_state.h"

namespace lakelet::sql {

ConnectionState::ConnectionState(std::shared_ptr<engine::Engine> engine, std::shared_ptr<const FormatRegistry> formats,
                                 FormatContext context, std::shared_ptr<OpenTables> tables)
    : engine_(std::move(engine)),
      formats_(std::move(formats)),
      context_(std::move(context)),
      tables_(tables ? std::move(tables) : std::make_shared<OpenTables>(formats_, context_)) {}

duckdb::shared_ptr<ConnectionState> ConnectionState::find(duckdb::ClientContext& context) {
  return context.registered_state->Get<ConnectionState>(kName);
}

ConnectionState& ConnectionState::of(duckdb::ClientContext& context) {
  auto state = find(context);
  if (!state) throw Error(ErrorCode::Internal, "a lake table was used on a connection without a session");
  return *state;
}

OpenTable ConnectionState::open(const std::string& uri) {
  return tables_->open(context_.stores->resolve(uri));
}

void ConnectionState::forget(const std::string& uri) {
  tables_->forget(context_.stores->resolve(uri).uri);
}

std::shared_ptr<const Snapshot> ConnectionState::snapshot(const std::string& uri, const VersionSelector& selector) {
  return tables_->open_at(context_.stores->resolve(uri), selector).snapshot;
}

std::shared_ptr<const Snapshot> ConnectionState::try_snapshot(const std::string& uri, const VersionSelector& selector) {
  const auto found = tables_->try_open_at(context_.stores->resolve(uri), selector);
  return found ? found->snapshot : nullptr;
}

}  // namespace lakelet::sql
