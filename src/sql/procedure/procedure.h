// CALL name('table', argument => value): verbs of the rooms above as SQL. Whoever opens sessions fills a registry; a
// procedure is a name, its arguments, the columns of its rows, and what it does. No DuckDB type shows here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/cancellation.h"
#include "lakelet/schema.h"

namespace lakelet::sql {

// An argument that a procedure takes. `type` is primitive, or a list of a primitive type.
struct ProcedureParameter {
  std::string name;
  Type type = TypeKind::String;
  // The argument names a table: a path, a URI, or the name of one in an attached lake. The call has its URI.
  bool table = false;
  // Likewise a namespace: the URI of its catalog, '#' and its name, or the name of one in an attached catalog.
  bool name_space = false;
};

// The arguments of one call, by name. One that wasn't given, or is NULL, is absent.
class ProcedureCall {
 public:
  ProcedureCall(std::string procedure, std::map<std::string, std::vector<Value>> arguments, Cancellation cancellation)
      : procedure_(std::move(procedure)), arguments_(std::move(arguments)), cancellation_(std::move(cancellation)) {}

  bool has(const std::string& name) const { return arguments_.contains(name); }
  // Throws Error(InvalidArgument) naming it if it is absent.
  const Value& value(const std::string& name) const;
  std::string text(const std::string& name) const { return value(name).bytes(); }
  std::string text(const std::string& name, std::string absent) const;
  bool flag(const std::string& name) const { return has(name) && value(name).boolean(); }  // absent: false
  std::optional<std::int64_t> integer(const std::string& name) const;
  // The items of a list, without its nulls; none if it is absent.
  std::vector<Value> items(const std::string& name) const;
  // Raised when the statement is cancelled.
  const Cancellation& cancellation() const { return cancellation_; }

 private:
  std::string procedure_;
  std::map<std::string, std::vector<Value>> arguments_;
  Cancellation cancellation_;
};

// One row after the other, a Value of each column's type; false at the end.
using ProcedureRows = std::function<bool(std::vector<Value>& row)>;
ProcedureRows all_rows(std::vector<std::vector<Value>> rows);

struct Procedure {
  std::string name;                            // "lake_vacuum"
  std::vector<ProcedureParameter> positional;  // all of them have to be given
  std::vector<ProcedureParameter> named;       // may be left out
  Schema columns;                              // of primitive types
  // Instead of `columns` where they depend on the call, which is known as far as its text tells.
  std::function<Schema(const ProcedureCall&)> columns_of{};
  // Whether it changes anything: then it is run by CALL alone, not by a SELECT that somebody only meant to look with,
  // and not in a transaction that changed one of its tables and hasn't committed yet.
  bool changes = true;
  // Runs on a thread of the engine, once for each execution. Opens tables itself; its commits are its own, whatever
  // becomes of the transaction around the CALL.
  std::function<ProcedureRows(const ProcedureCall&)> run;
};

// Filled before the first session is opened with it; read only from then on.
class ProcedureRegistry {
 public:
  void add(Procedure procedure);
  const Procedure* find(std::string_view name) const;  // null if unknown
  const std::vector<Procedure>& procedures() const { return procedures_; }

 private:
  std::vector<Procedure> procedures_;
};

}  // namespace lakelet::sql
