#include "sql/ddl/alter_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <duckdb.hpp>
#include <limits>
#include <optional>
#include <tuple>

#include "engine/engine_error.h"
#include "engine/type_mapping.h"
#include "sql/ddl/cluster_by.h"
#include "sql/ddl/tokens.h"
#include "sql/sql_session.h"
#include "table/clustering.h"

namespace lakelet::sql {
namespace {

// Reads tokens one after the other. The text's own slices are taken by position.
class Reader {
 public:
  Reader(const std::string& text, std::vector<Token> tokens, std::size_t at = 0)
      : text_(text), tokens_(std::move(tokens)), at_(at) {}

  bool done() const { return at_ >= tokens_.size(); }
  const Token& peek(std::size_t ahead = 0) const {
    static const Token kNone{};
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : kNone;
  }
  Token take() {
    if (done()) fail();
    return tokens_[at_++];
  }
  bool accept(std::string_view word) {
    if (!peek().is(word)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail();
  }
  std::string name() { return unquoted(take().text); }
  ColumnPath path() {
    ColumnPath out{name()};
    while (accept(".")) out.push_back(name());
    return out;
  }
  // Up to the matching ")", which is taken too; the "(" was.
  std::string rest_of_parentheses() {
    const std::size_t begin = peek().start;
    for (int depth = 1; !done();) {
      const Token token = take();
      depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
      if (depth == 0) return text_.substr(begin, token.start - begin);
    }
    fail();
  }
  // Up to the next of these words that isn't in parentheses, or the end.
  std::string until(std::initializer_list<std::string_view> words) {
    const std::size_t begin = peek().start;
    std::size_t end = begin;
    for (int depth = 0; !done();) {
      const bool stops = std::any_of(words.begin(), words.end(), [&](auto word) { return peek().is(word); });
      if (depth == 0 && stops) break;
      const Token token = take();
      depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
      end = token.end();
    }
    return text_.substr(begin, end - begin);
  }
  void finish() const {
    if (!done()) fail();
  }
  [[noreturn]] void fail() const {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("ALTER TABLE {}: syntax error at {}", text_,
                            done() ? std::string("its end") : fmt::format("'{}'", peek().text)));
  }

 private:
  const std::string& text_;
  std::vector<Token> tokens_;
  std::size_t at_;
};

Type parse_engine_type(const std::string& text) {
  return engine::on_engine([&] {
    const auto type = duckdb::UnboundType::TryParseAndDefaultBind(text);
    if (type.id() == duckdb::LogicalTypeId::INVALID || type.IsUnbound()) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("there is no type '{}'", text));
    }
    return engine::from_engine_type(type);
  });
}

std::optional<ColumnPosition> position(Reader& in) {
  if (in.accept("FIRST")) return ColumnPosition{};
  if (in.accept("AFTER")) return ColumnPosition{in.name()};
  return std::nullopt;
}

Alteration parse_add(Reader& in) {
  if (in.accept("CONSTRAINT")) {
    AddConstraint out{in.name(), {}};
    in.expect("CHECK");
    in.expect("(");
    out.condition = in.rest_of_parentheses();
    return out;
  }
  in.accept("COLUMN");
  AddColumn out;
  if (in.accept("IF")) {
    in.expect("NOT");
    in.expect("EXISTS");
    out.if_not_exists = true;
  }
  out.parent = in.path();
  out.field.name = out.parent.back();
  out.parent.pop_back();
  out.field.type = parse_engine_type(in.until({"NOT", "COMMENT", "FIRST", "AFTER", "DEFAULT"}));
  while (!in.done()) {
    if (in.accept("NOT")) {
      in.expect("NULL");
      out.field.nullable = false;
    } else if (in.accept("COMMENT")) {
      out.field.doc = in.name();
    } else if (in.accept("DEFAULT")) {
      out.rule = DefaultValue{in.until({"NOT", "COMMENT", "FIRST", "AFTER"})};
    } else if (auto found = position(in)) {
      out.position = std::move(found);
    } else {
      in.fail();
    }
  }
  return out;
}

Alteration parse_change(Reader& in) {
  in.accept("COLUMN");
  ColumnPath column = in.path();
  if (in.accept("COMMENT")) return SetColumnComment{std::move(column), in.name()};
  if (auto found = position(in)) return MoveColumn{std::move(column), *std::move(found)};
  if (in.accept("DROP")) {
    if (in.accept("DEFAULT")) return DropDefault{std::move(column)};
    in.expect("NOT");
    in.expect("NULL");
    return SetNotNull{std::move(column), false};
  }
  if (in.accept("SET")) {
    if (in.accept("DEFAULT")) return SetDefault{std::move(column), in.until({})};
    if (in.accept("NOT")) {
      in.expect("NULL");
      return SetNotNull{std::move(column), true};
    }
    in.expect("DATA");
  }
  in.expect("TYPE");
  return SetColumnType{std::move(column), parse_engine_type(in.until({}))};
}

std::string property_name(Reader& in) {
  const ColumnPath parts = in.path();
  return fmt::format("{}", fmt::join(parts, "."));
}

Alteration parse_set(Reader& in) {
  in.accept("TBLPROPERTIES");
  in.expect("(");
  SetProperties out;
  do {
    const std::string name = property_name(in);
    in.expect("=");
    const bool negative = in.accept("-");
    out.properties[name] = fmt::format("{}{}", negative ? "-" : "", in.name());
  } while (in.accept(","));
  in.expect(")");
  return out;
}

Alteration parse_unset(Reader& in) {
  UnsetProperties out;
  in.accept("TBLPROPERTIES");
  if (in.accept("IF")) {
    in.expect("EXISTS");
    out.if_exists = true;
  }
  in.expect("(");
  do out.names.push_back(property_name(in));
  while (in.accept(","));
  in.expect(")");
  return out;
}

Alteration parse_clustering(Reader& in) {
  in.expect("BY");
  if (in.accept("NONE")) return SetProperties{{{kClusterBy, ""}}};
  in.expect("(");
  std::vector<ColumnPath> columns;
  do columns.push_back(in.path());
  while (in.accept(","));
  in.expect(")");
  return SetProperties{{{kClusterBy, clustering_list(columns)}}};
}

std::int64_t parse_number(Reader& in) {
  const Token token = in.take();
  std::int64_t value = 0;
  const char* const end = token.text.data() + token.text.size();
  if (std::from_chars(token.text.data(), end, value).ptr != end) in.fail();
  return value;
}

// "7 DAYS" in milliseconds.
std::int64_t parse_age(Reader& in) {
  const std::int64_t number = parse_number(in);
  constexpr std::int64_t kMinute = 60'000;
  static constexpr std::tuple<const char*, const char*, std::int64_t> kUnits[] = {
      {"DAYS", "DAY", 24 * 60 * kMinute}, {"HOURS", "HOUR", 60 * kMinute}, {"MINUTES", "MINUTE", kMinute}};
  for (const auto& [plural, singular, unit] : kUnits) {
    if (in.accept(plural) || in.accept(singular)) {
      if (number > std::numeric_limits<std::int64_t>::max() / unit) in.fail();
      return number * unit;
    }
  }
  in.fail();
}

// [RETAIN n DAYS] [WITH SNAPSHOT RETENTION { n SNAPSHOTS [n DAYS] | n DAYS }]
ReferenceRetention parse_retention(Reader& in) {
  ReferenceRetention out;
  if (in.accept("RETAIN")) out.reference_age_ms = parse_age(in);
  if (!in.accept("WITH")) return out;
  in.expect("SNAPSHOT");
  in.expect("RETENTION");
  if (in.peek(1).is("SNAPSHOTS") || in.peek(1).is("SNAPSHOT")) {
    const std::int64_t number = parse_number(in);
    if (number > std::numeric_limits<int>::max()) in.fail();
    out.versions = static_cast<int>(number);
    in.take();
  }
  if (!in.done()) out.version_age_ms = parse_age(in);
  return out;
}

// After the word BRANCH or TAG: [IF NOT EXISTS] name [AS OF VERSION n] and how long it is kept.
LayoutChange parse_reference(Reader& in, SetReference out) {
  if (in.accept("IF")) {
    in.expect("NOT");
    in.expect("EXISTS");
    out.keep = true;
  }
  out.name = in.name();
  if (in.accept("AS")) {
    in.expect("OF");
    in.expect("VERSION");
    if (in.peek().is_string()) {
      out.version = AtReference{in.name()};
    } else {
      out.version = Version{parse_number(in)};
    }
  }
  out.retention = parse_retention(in);
  return out;
}

// "bucket(16, id)" up to one of the words, or the end.
std::string parse_transform(Reader& in, std::initializer_list<std::string_view> words) {
  std::string text = in.until(words);
  if (text.empty()) in.fail();
  return text;
}

PartitionField parse_new_field(Reader& in) {
  PartitionField field = parse_partition_field(parse_transform(in, {"AS"}));
  if (in.accept("AS")) field.name = in.name();
  return field;
}

// In parentheses or without.
SetSortOrder parse_order(Reader& in) {
  SetSortOrder out;
  const bool enclosed = in.accept("(");
  do out.fields.push_back(parse_sort_field(parse_transform(in, {",", ")"})));
  while (in.accept(","));
  if (enclosed) in.expect(")");
  return out;
}

bool is_reference(const Token& token) {
  return token.is("BRANCH") || token.is("TAG");
}

// Of branches, tags, partition fields and sort orders; nullopt: of something else.
std::optional<LayoutChange> parse_layout(Reader& in) {
  const Token verb = in.peek(), what = in.peek(1);
  const auto take = [&](int words) {
    for (; words > 0; --words) in.take();
  };
  if (verb.is("CREATE")) {
    SetReference change;
    take(1);
    if (in.accept("OR")) {
      in.expect("REPLACE");
      change.replace = true;
    }
    if (!is_reference(in.peek())) in.fail();
    change.branch = in.take().is("BRANCH");
    return parse_reference(in, std::move(change));
  }
  if (verb.is("REPLACE") && is_reference(what)) {
    take(2);
    SetReference change;
    change.branch = what.is("BRANCH");
    change.create = false;
    change.replace = true;
    return parse_reference(in, std::move(change));
  }
  if (verb.is("ALTER") && is_reference(what) && (in.peek(3).is("RETAIN") || in.peek(3).is("WITH"))) {
    take(2);
    SetReferenceRetention change{in.name(), {}};
    change.retention = parse_retention(in);
    return change;
  }
  if (verb.is("FAST")) {
    take(1);
    in.expect("FORWARD");
    in.expect("BRANCH");
    FastForward change{in.name(), {}};
    in.expect("TO");
    change.to = in.name();
    return change;
  }
  if (verb.is("DROP") && is_reference(what)) {
    take(2);
    DropReference change;
    change.branch = what.is("BRANCH");
    if (in.accept("IF")) {
      in.expect("EXISTS");
      change.if_exists = true;
    }
    change.name = in.name();
    return change;
  }
  if (what.is("PARTITION") && in.peek(2).is("FIELD")) {
    take(3);
    if (verb.is("ADD")) return AddPartitionField{parse_new_field(in)};
    if (verb.is("DROP")) return DropPartitionField{unquoted(parse_transform(in, {}))};
    ReplacePartitionField change{unquoted(parse_transform(in, {"WITH", "BY"})), {}};
    if (!in.accept("WITH")) in.expect("BY");
    change.with = parse_new_field(in);
    return change;
  }
  if (verb.is("WRITE")) {
    take(1);
    if (in.accept("UNORDERED")) return SetSortOrder{};
    in.accept("LOCALLY");
    in.expect("ORDERED");
    in.expect("BY");
    return parse_order(in);
  }
  if (verb.is("SET") && what.is("SORTED")) {
    take(2);
    in.expect("BY");
    return parse_order(in);
  }
  if (verb.is("RESET") && what.is("SORTED")) {
    take(2);
    in.expect("BY");
    return SetSortOrder{};
  }
  return std::nullopt;
}

Alteration parse_rest(Reader& in) {
  if (in.accept("CLUSTER")) return parse_clustering(in);
  if (in.accept("ADD")) return parse_add(in);
  if (in.accept("ALTER")) return parse_change(in);
  if (in.accept("SET")) return parse_set(in);
  if (in.accept("UNSET") || in.accept("RESET")) return parse_unset(in);
  in.expect("DROP");
  in.expect("CONSTRAINT");
  DropConstraint out;
  if (in.accept("IF")) {
    in.expect("EXISTS");
    out.if_exists = true;
  }
  out.name = in.name();
  return out;
}

// Whether what follows the table's name is a form of ours.
bool is_ours(Reader in) {
  const Token verb = in.done() ? Token{} : in.take();
  if (verb.is("CLUSTER")) return in.peek().is("BY");
  if (verb.is("UNSET") || verb.is("WRITE") || verb.is("FAST") || verb.is("CREATE") || verb.is("REPLACE")) return true;
  const bool named = in.peek(2).is("RETAIN") || in.peek(2).is("WITH");
  if (verb.is("ALTER") && is_reference(in.peek()) && named) return true;
  // A column may be called branch: then nothing comes after it.
  const bool more = !in.peek(1).text.empty() && !in.peek(1).is("CASCADE") && !in.peek(1).is("RESTRICT");
  if (verb.is("DROP") && is_reference(in.peek()) && more) return true;
  if ((verb.is("ADD") || verb.is("DROP")) && in.peek().is("PARTITION") && in.peek(1).is("FIELD")) {
    return !in.peek(2).text.empty();
  }
  if ((verb.is("SET") || verb.is("RESET")) && in.peek().is("SORTED")) return true;
  if (verb.is("SET")) return in.peek().is("(") || in.peek().is("TBLPROPERTIES");
  if (verb.is("RESET")) return in.peek().is("(");
  if (verb.is("DROP")) return in.peek().is("CONSTRAINT");
  if (!verb.is("ADD") && !verb.is("ALTER")) return false;
  if (verb.is("ADD") && in.accept("CONSTRAINT")) {
    in.take();
    return in.peek().is("CHECK");
  }
  in.accept("COLUMN");
  if (in.accept("IF")) {
    in.accept("NOT");
    in.accept("EXISTS");
  }
  const bool part = in.path().size() > 1;
  if (verb.is("ALTER")) return part || in.peek().is("COMMENT") || in.peek().is("FIRST") || in.peek().is("AFTER");
  in.until({"NOT", "COMMENT", "FIRST", "AFTER", "USING", "CHECK", "REFERENCES"});
  return in.peek().is("NOT") || in.peek().is("COMMENT") || in.peek().is("FIRST") || in.peek().is("AFTER");
}

// Where a path stands in single quotes that DuckDB's parser takes in double ones only.
std::optional<std::size_t> path_in_quotes(const std::vector<Token>& tokens) {
  if (tokens.size() < 3) return std::nullopt;
  std::size_t at = 0;
  if (tokens[0].is("COMMENT") && tokens[1].is("ON") && tokens[2].is("COLUMN")) at = 3;
  if (tokens[0].is("DROP") && tokens[1].is("TABLE")) at = tokens[2].is("IF") ? 4 : 2;
  return at != 0 && at < tokens.size() && tokens[at].is_string() ? std::optional(at) : std::nullopt;
}

// The statement of these tokens, if it has to be put otherwise.
std::optional<std::string> rewritten(const std::string& text, const std::vector<Token>& tokens) {
  const std::size_t begin = tokens.front().start, end = tokens.back().end();
  if (const auto path = path_in_quotes(tokens)) {
    const Token& quoted = tokens[*path];
    return fmt::format("{}{}{}", text.substr(begin, quoted.start - begin), quote_identifier(unquoted(quoted.text)),
                       text.substr(quoted.end(), end - quoted.end()));
  }
  if (tokens.size() < 4 || !tokens[0].is("ALTER") || !tokens[1].is("TABLE")) return std::nullopt;
  std::size_t at = 2;
  if (tokens[at].is("IF")) at += 2;
  while (at + 2 < tokens.size() && tokens[at + 1].text == ".") at += 2;
  if (++at >= tokens.size()) return std::nullopt;
  try {
    if (!is_ours(Reader(text, tokens, at))) return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // DuckDB's parser says where it stops
  }
  const std::size_t rest = tokens[at].start;
  return fmt::format("{}SET ({} = {})", text.substr(begin, rest - begin), quote_identifier(kAlterOption),
                     quote_literal(text.substr(rest, end - rest)));
}

}  // namespace

std::string rewrite_alter(const std::string& text) {
  const std::string lower = duckdb::StringUtil::Lower(text);
  const auto has = [&](const char* word) { return lower.find(word) != std::string::npos; };
  if (!has("alter") && !has("comment") && !has("drop")) return text;
  std::string result;
  std::size_t copied = 0;
  std::vector<Token> statement;
  const auto finish = [&] {
    if (!statement.empty()) {
      if (const auto other = rewritten(text, statement)) {
        result.append(text, copied, statement.front().start - copied).append(*other);
        copied = statement.back().end();
      }
    }
    statement.clear();
  };
  for (Token& token : tokens_of(text)) {
    if (token.text == ";") {
      finish();
    } else {
      statement.push_back(std::move(token));
    }
  }
  finish();
  return result.append(text, copied);
}

std::optional<LayoutChange> parse_layout_change(const std::string& rest) {
  Reader in(rest, tokens_of(rest));
  auto out = parse_layout(in);
  if (out) in.finish();
  return out;
}

Alteration parse_alter(const std::string& rest) {
  Reader in(rest, tokens_of(rest));
  Alteration out = parse_rest(in);
  in.finish();
  return out;
}

}  // namespace lakelet::sql
