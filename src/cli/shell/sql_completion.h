// What may stand where the cursor is in a SQL statement: tables, columns, keywords, functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/shell/line_editor.h"
#include "lakelet/lakelet.h"

namespace lakelet::cli {

class SqlCompletion {
 public:
  // `folder`: whose tables are named by their paths.
  SqlCompletion(Session session, std::vector<std::string> names, std::string folder);

  // `before`: the statement up to the cursor, of which the last line is `line`; start counts in that line. Asks the
  // engine, and opens the tables that the statement names, once each.
  Completions complete(const std::string& before, const std::string& line);

 private:
  std::vector<std::string> table_names();
  std::vector<std::string> columns_of(const std::string& statement);
  void add_engine_words(const std::string& before, const std::string& word, std::vector<std::string>& words);

  Session session_;
  std::vector<std::string> names_;
  std::string folder_;
  std::map<std::string, std::vector<std::string>> columns_;  // by table
};

// Names that stand behind FROM, JOIN, INTO, UPDATE or TABLE, quotes taken off, in order.
std::vector<std::string> tables_named_in(const std::string& statement);

}  // namespace lakelet::cli
