#include "table/transaction.h"

#include "lakelet/error.h"
#include "table/prepared_commit.h"

namespace lakelet {

void Transaction::adopt(const FileTask& file, const std::string&) {
  throw Error(ErrorCode::UnsupportedFeature,
              base().location().uri + " can't take over a file of another table: " + file.file.path);
}

void Transaction::set_statistics(const DataFile& file) {
  throw Error(ErrorCode::UnsupportedFeature,
              "what is known of the files of " + base().location().uri + " can't be changed: " + file.path,
              "`lakelet optimize` writes files anew, with all that can be known of them");
}

void Transaction::set_constraint(const std::string&, const std::optional<std::string>&) {
  throw Error(ErrorCode::UnsupportedFeature, "tables of this format keep no conditions on their rows");
}

void Transaction::set_value_rule(const std::string& column, const std::optional<ValueRule>&) {
  throw Error(ErrorCode::UnsupportedFeature,
              "tables of this format keep no defaults, generated columns or identity columns: " + column);
}

void Transaction::set_domain(const std::string& name, const std::optional<std::string>&) {
  throw Error(ErrorCode::UnsupportedFeature, "tables of this format keep no metadata of applications: " + name);
}

void Transaction::set_identity_mark(const std::string& column, std::int64_t) {
  throw Error(ErrorCode::UnsupportedFeature,
              "the format of " + base().location().uri + " hands out no values: " + column + " can't be given any");
}

std::variant<CommitOutcome, std::unique_ptr<PreparedCommit>> Transaction::prepare(const CommitInfo&,
                                                                                  const CommitOptions&) {
  throw Error(ErrorCode::UnsupportedFeature,
              base().location().uri + " is committed by itself, not together with others");
}

}  // namespace lakelet
