#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/statement.h"
#include "cli/invocation.h"
#include "cli/shell/sql_shell.h"

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

  // Nothing was given, and there is somebody to ask.
  bool wants_shell() const {
    return query.empty() && file.empty() && ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
  }

  void run(Invocation& invocation) const {
    const auto values = split_pairs(parameters, "--param");
    if (wants_shell()) {
      attach(invocation.session());
      return run_sql_shell(invocation, values);
    }
    const std::string statements = text();
    attach(invocation.session());
    run_statement(invocation, statements, values);
  }
};

}  // namespace

void declare_sql(Command command) {
  const auto sql = std::make_shared<Sql>();
  command
      .positional("QUERY", sql->query,
                  "SQL; a quoted path is a table. Without it: the standard input, or on a terminal a shell", false)
      .option("-f,--file", sql->file, "FILE", "Read the SQL from a file")
      .option("-p,--param", sql->parameters, "NAME=VALUE", "The value of $NAME in the query; may be repeated")
      .words("--attach", sql->attached, 3, "PATH AS NAME",
             "A folder of tables as a catalog: NAME.table; may be repeated")
      .example("lakelet sql \"select city, max(temperature) from 'lake/weather' group by city\"")
      .example("lakelet sql \"from 'lake/weather' where city = $city\" -p city=Paris --output paris.parquet")
      .example("lakelet sql --attach lake AS lake \"select * from lake.weather\"")
      .example("lakelet sql")
      .action([sql](Invocation& invocation) { sql->run(invocation); });
}

}  // namespace lakelet::cli
