#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"
#include "cli/merge_source.h"

namespace lakelet::cli {
namespace {

std::string read_text(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Sql {
  std::string query, file;
  std::vector<std::string> parameters, attached;

  std::string text() const {
    if (!query.empty() && !file.empty()) {
      throw Error(ErrorCode::InvalidArgument, "a query and --file exclude each other", "keep one of them");
    }
    if (!query.empty() && query != "-") return query;
    if (!file.empty() && file != "-") {
      std::ifstream in(file, std::ios::binary);
      if (!in) throw Error(ErrorCode::NotFound, fmt::format("{}: {}", file, std::strerror(errno)));
      return read_text(in);
    }
    if (query.empty() && file.empty() && ::isatty(STDIN_FILENO) != 0) {
      throw Error(ErrorCode::InvalidArgument, "no query", "lakelet sql \"select * from 'path/to/table'\"");
    }
    std::string all;
    char bytes[4096];
    for (ssize_t got; (got = ::read(STDIN_FILENO, bytes, sizeof bytes)) != 0;) {
      if (got < 0 && errno != EINTR) throw Error(ErrorCode::Unavailable, "can't read the standard input");
      if (got > 0) all.append(bytes, static_cast<std::size_t>(got));
    }
    return all;
  }

  // What the engine answers to a statement that changes rows, or that gives none at all.
  static bool is_change_count(const Schema& schema) {
    if (schema.size() != 1) return schema.empty();
    const Field& only = schema[0];
    return (only.name == "Count" && only.type == Type(TypeKind::Int64)) ||
           (only.name == "Success" && only.type == Type(TypeKind::Boolean));
  }

  static void show_change(Invocation& invocation, Rows rows) {
    std::string line = "done";
    while (rows.next()) {
      const std::string count = rows.text(0);
      line = fmt::format("{} row{} changed", count, count == "1" ? "" : "s");
    }
    invocation.messages().summary(line);
  }

  // "PATH AS NAME" each; they are attached before the query runs.
  void attach(Session& session) const {
    for (std::size_t i = 0; i + 2 < attached.size(); i += 3) {
      std::string as = attached[i + 1];
      for (char& c : as) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (as != "as") {
        throw Error(ErrorCode::InvalidArgument, fmt::format("--attach {} {}", attached[i], attached[i + 1]),
                    "--attach PATH AS NAME");
      }
      session.sql(fmt::format("ATTACH IF NOT EXISTS {} AS {} (TYPE lakelet)", quoted(attached[i], '\''),
                              quoted(attached[i + 2], '"')));
    }
  }
  static std::string quoted(const std::string& text, char quote) {
    std::string out(1, quote);
    for (const char c : text) out.append(c == quote ? 2 : 1, c);
    return out + quote;
  }

  void run(Invocation& invocation) const {
    const std::string statements = text();
    attach(invocation.session());
    Rows rows = invocation.session().sql(statements, split_pairs(parameters, "--param"));
    if (invocation.for_reading() && !looks_like_query(statements) && is_change_count(rows.schema())) {
      return show_change(invocation, std::move(rows));
    }
    const std::int64_t count = invocation.show(std::move(rows));
    if (invocation.for_reading() && count >= 0) {
      invocation.messages().summary(fmt::format("{} row{}", count, count == 1 ? "" : "s"));
    }
  }
};

}  // namespace

void declare_sql(Command command) {
  const auto sql = std::make_shared<Sql>();
  command.positional("QUERY", sql->query, "SQL; a quoted path is a table. Without it: the standard input", false)
      .option("-f,--file", sql->file, "FILE", "Read the SQL from a file")
      .option("-p,--param", sql->parameters, "NAME=VALUE", "The value of $NAME in the query; may be repeated")
      .words("--attach", sql->attached, 3, "PATH AS NAME",
             "A folder of tables as a catalog: NAME.table; may be repeated")
      .example("lakelet sql \"select city, max(temperature) from 'lake/weather' group by city\"")
      .example("lakelet sql \"from 'lake/weather' where city = $city\" -p city=Paris --output paris.parquet")
      .example("lakelet sql --attach lake AS lake \"select * from lake.weather\"")
      .action([sql](Invocation& invocation) { sql->run(invocation); });
}

}  // namespace lakelet::cli
