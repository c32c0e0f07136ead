// DuckDB's errors as lakelet's, and ours through DuckDB and out again unchanged.
#pragma once

#include <duckdb.hpp>
#include <exception>

#include "lakelet/error.h"

namespace lakelet::engine {

// The lakelet::Error of what DuckDB reports. An Error that passed through DuckDB (see pass_through) comes out as it
// was.
Error to_error(const duckdb::ErrorData& error);
// Of the exception that is being handled.
Error to_error(const std::exception_ptr& exception);

// Throws `error` as a DuckDB exception that carries it: for code that DuckDB calls. to_error() gives it back.
[[noreturn]] void pass_through(const Error& error);

// Runs `work` for DuckDB: a lakelet::Error that it throws is passed through.
template <typename Work>
auto inside_engine(Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Error& error) {
    pass_through(error);
  }
}

// Runs `work` on DuckDB: what it throws comes out as lakelet::Error.
template <typename Work>
auto on_engine(Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (...) {
    throw to_error(std::current_exception());
  }
}

}  // namespace lakelet::engine
