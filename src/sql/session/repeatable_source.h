// Whether a plan reads nothing but what can be read again: a pipe or a stream is empty the second time.
#pragma once

#include <duckdb.hpp>
#include <duckdb/execution/physical_operator.hpp>
#include <duckdb/main/client_context_state.hpp>

namespace lakelet::sql {

// Tables of a lake and of DuckDB, files that aren't pipes, numbers and given values can; of anything else nobody knows.
bool is_repeatable(const duckdb::PhysicalOperator& plan);

// What was found of the statement that a connection runs. Used by the thread that plans it and runs it.
class RepeatableSource : public duckdb::ClientContextState {
 public:
  static bool& of(duckdb::ClientContext& context) {
    return context.registered_state->GetOrCreate<RepeatableSource>("lakelet_repeatable_source")->found_;
  }

 private:
  bool found_ = false;
};

}  // namespace lakelet::sql
