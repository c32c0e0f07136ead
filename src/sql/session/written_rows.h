// How many rows the statement of a connection has written so far, for whoever watches it.
#pragma once

#include <atomic>
#include <cstdint>
#include <duckdb/main/client_context.hpp>
#include <duckdb/main/client_context_state.hpp>

namespace lakelet::sql {

// Counted from any thread that works for the statement.
class WrittenRows : public duckdb::ClientContextState {
 public:
  static std::atomic<std::int64_t>& of(duckdb::ClientContext& context) {
    return context.registered_state->GetOrCreate<WrittenRows>("lakelet_written_rows")->count_;
  }

 private:
  std::atomic<std::int64_t> count_{0};
};

}  // namespace lakelet::sql
