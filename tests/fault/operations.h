// The operations that are stopped and failed at every step, each with the plain model of what it does.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fault/lake.h"

namespace lakelet::fault {

struct LakeOperation {
  std::string name;
  // The newest version of the table before it; -1: there is no table. Version 0 has no rows, versions 1 to 3 add a file
  // of `rows_per_file` rows each (ids from 0 on), later ones a row each.
  Version base = 3;
  std::function<Report(Session&, const std::string& table)> run;
  std::function<RowSet(const RowSet&)> model;
  bool only_creates = false;         // on a table that is there it is AlreadyExists
  bool nothing_to_do_twice = false;  // the second time it commits nothing
  Properties properties = {};        // of the table
  std::int64_t rows_per_file = 10;
  bool on_disk_only = false;  // the format in memory can't do it
};

const std::vector<LakeOperation>& operations();
const LakeOperation& operation(const std::string& name);

// Makes the table that `operation` starts from.
void prepare(const LakeOperation& operation, Session& session, const std::string& table);
RowSet rows_before(const LakeOperation& operation);

}  // namespace lakelet::fault
