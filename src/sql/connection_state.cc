#include "sql/connection_state.h"

namespace lakelet::sql {

ConnectionState::ConnectionState(std::shared_ptr<engine::Engine> engine, std::shared_ptr<const FormatRegistry> formats,
                                 FormatContext context)
    : engine_(std::move(engine)), formats_(std::move(formats)), context_(std::move(context)) {}

duckdb::shared_ptr<ConnectionState> ConnectionState::find(duckdb::ClientContext& context) {
  return context.registered_state->Get<ConnectionState>(kName);
}

ConnectionState& ConnectionState::of(duckdb::ClientContext& context) {
  auto state = find(context);
  if (!state) throw Error(ErrorCode::Internal, "a lake table was used on a connection without a session");
  return *state;
}

OpenTable ConnectionState::open(const std::string& uri) {
  const Location location = context_.stores->resolve(uri);
  if (const auto found = open_.find(location.uri); found != open_.end()) return found->second;
  OpenTable opened;
  opened.format = &formats_->detect(location);
  opened.table = opened.format->open(context_, location);
  open_[location.uri] = opened;
  return opened;
}

std::optional<OpenTable> ConnectionState::try_open(const std::string& uri) {
  Location location;
  try {
    location = context_.stores->resolve(uri);
  } catch (const Error&) {
    return std::nullopt;  // a scheme that we don't serve may be DuckDB's own
  }
  if (const auto found = open_.find(location.uri); found != open_.end()) return found->second;
  if (!formats_->try_detect(location)) return std::nullopt;
  return open(uri);
}

void ConnectionState::forget(const std::string& uri) {
  open_.erase(context_.stores->resolve(uri).uri);
}

std::shared_ptr<const Snapshot> ConnectionState::snapshot(const std::string& uri, const VersionSelector& selector) {
  const bool cached = open_.count(context_.stores->resolve(uri).uri) > 0;
  try {
    return open(uri).table->snapshot(selector);
  } catch (const Error& error) {
    if (!cached || error.code() != ErrorCode::NotFound) throw;
  }
  forget(uri);
  return open(uri).table->snapshot(selector);
}

}  // namespace lakelet::sql
