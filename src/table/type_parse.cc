// Types and schemas from text. The other direction is type_text.cc.
#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "lakelet/error.h"
#include "lakelet/schema.h"
#include "table/column_path.h"
#include "table/type_tokens.h"

namespace lakelet {
namespace {

constexpr int kMaxDepth = 100;  // of nested types, so that no text can exhaust the stack
constexpr const char* kTypeHint =
    "types: boolean tinyint smallint int bigint float double decimal(p,s) string binary date time timestamp "
    "timestamp_ntz uuid variant struct<a: int> list<int> map<string, int>";

const std::unordered_map<std::string, TypeKind>& plain_types() {
  static const std::unordered_map<std::string, TypeKind> kTypes = {
      {"null", TypeKind::Null},
      {"boolean", TypeKind::Boolean},
      {"bool", TypeKind::Boolean},
      {"tinyint", TypeKind::Int8},
      {"byte", TypeKind::Int8},
      {"smallint", TypeKind::Int16},
      {"short", TypeKind::Int16},
      {"int16", TypeKind::Int16},
      {"int", TypeKind::Int32},
      {"integer", TypeKind::Int32},
      {"int32", TypeKind::Int32},
      {"bigint", TypeKind::Int64},
      {"long", TypeKind::Int64},
      {"int64", TypeKind::Int64},
      {"utinyint", TypeKind::UInt8},
      {"uint8", TypeKind::UInt8},
      {"usmallint", TypeKind::UInt16},
      {"uint16", TypeKind::UInt16},
      {"uint", TypeKind::UInt32},
      {"uinteger", TypeKind::UInt32},
      {"uint32", TypeKind::UInt32},
      {"ubigint", TypeKind::UInt64},
      {"uint64", TypeKind::UInt64},
      {"float", TypeKind::Float},
      {"real", TypeKind::Float},
      {"float32", TypeKind::Float},
      {"double", TypeKind::Double},
      {"float64", TypeKind::Double},
      {"string", TypeKind::String},
      {"text", TypeKind::String},
      {"varchar", TypeKind::String},
      {"binary", TypeKind::Binary},
      {"blob", TypeKind::Binary},
      {"bytea", TypeKind::Binary},
      {"varbinary", TypeKind::Binary},
      {"uuid", TypeKind::Uuid},
      {"date", TypeKind::Date},
      {"time", TypeKind::Time},
      {"timestamp", TypeKind::TimestampTz},
      {"timestamptz", TypeKind::TimestampTz},
      {"timestamp_ltz", TypeKind::TimestampTz},
      {"timestamp_ntz", TypeKind::Timestamp},
      {"timestamp_ns", TypeKind::TimestampNs},
      {"timestamptz_ns", TypeKind::TimestampNsTz},
      {"variant", TypeKind::Variant},
      {"geometry", TypeKind::Geometry},
  };
  return kTypes;
}

std::string lower(const std::string& text) {
  std::string result = text;
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : tokens_(text) {}

  Type whole_type() {
    Type type = parse_type(0);
    require_end();
    return type;
  }

  Schema whole_schema() {
    std::vector<Field> fields = parse_fields(TokenKind::End, '\0', 0);
    require_end();
    return Schema(std::move(fields));
  }

 private:
  void require_end() {
    if (tokens_.current().kind != TokenKind::End) tokens_.fail("expected ',' or the end");
  }

  // name type, name type ... up to (not including) the closing symbol or the end.
  std::vector<Field> parse_fields(TokenKind end, char closing, int depth) {
    std::vector<Field> fields;
    do {
      const Token name = tokens_.current();
      Field field = parse_named_field(depth);
      for (const Field& other : fields) {
        if (same_name(other.name, field.name)) TypeTokens::fail_at("a column twice", name, "column names ignore case");
      }
      fields.push_back(std::move(field));
    } while (tokens_.take_symbol(','));
    if (end == TokenKind::Symbol) tokens_.require_symbol(closing);
    return fields;
  }

  Field parse_named_field(int depth) {
    const TokenKind kind = tokens_.current().kind;
    if (kind != TokenKind::Word && kind != TokenKind::QuotedName) tokens_.fail("expected a column name");
    if (tokens_.current().text.empty()) tokens_.fail("expected a column name that isn't empty");
    std::string name = tokens_.take().text;
    tokens_.take_symbol(':');
    return parse_unnamed_field(std::move(name), depth);
  }

  // type [not null | null] [comment 'text'], in either order
  Field parse_unnamed_field(std::string name, int depth) {
    Field field;
    field.name = std::move(name);
    field.type = parse_type(depth);
    while (true) {
      if (tokens_.take_word("not")) {
        tokens_.require_word("null");
        field.nullable = false;
      } else if (tokens_.take_word("comment")) {
        if (tokens_.current().kind != TokenKind::Text) tokens_.fail("expected the comment's text in single quotes");
        field.doc = tokens_.take().text;
      } else if (!tokens_.take_word("null")) {
        return field;
      }
    }
  }

  Type parse_type(int depth) {
    if (depth > kMaxDepth) tokens_.fail("types nested too deeply");
    Type type = parse_type_without_suffix(depth);
    while (tokens_.take_symbol('[')) {  // DuckDB's int[]
      tokens_.require_symbol(']');
      type = Type::list(std::move(type));
    }
    return type;
  }

  Type parse_type_without_suffix(int depth) {
    if (tokens_.current().kind != TokenKind::Word) {
      TypeTokens::fail_at("expected a type", tokens_.current(), kTypeHint);
    }
    const Token token = tokens_.take();
    const std::string word = lower(token.text);
    if (word == "decimal" || word == "numeric" || word == "dec") return parse_decimal(token);
    if (word == "fixed") return parse_fixed(token);
    if (word == "struct" || word == "row") return parse_struct(depth);
    if (word == "list" || word == "array") return parse_list(depth);
    if (word == "map") return parse_map(depth);
    const auto found = plain_types().find(word);
    if (found == plain_types().end()) TypeTokens::fail_at("unknown type", token, kTypeHint);
    if (word == "timestamp" && tokens_.take_word("without")) return parse_time_zone(TypeKind::Timestamp);
    if (word == "timestamp" && tokens_.take_word("with")) return parse_time_zone(TypeKind::TimestampTz);
    if (word == "double") tokens_.take_word("precision");
    if (tokens_.is_symbol('(')) {
      tokens_.fail("the type " + word + " takes no length: expected ',' or the end");
    }
    return found->second;
  }

  Type parse_time_zone(TypeKind kind) {
    tokens_.require_word("time");
    tokens_.require_word("zone");
    return kind;
  }

  int parse_count() {
    constexpr std::size_t kMostDigits = 9;
    const Token& token = tokens_.current();
    if (token.kind != TokenKind::Number || token.text.size() > kMostDigits) tokens_.fail("expected a number");
    return std::stoi(tokens_.take().text);
  }

  Type parse_decimal(const Token& token) {
    if (!tokens_.take_symbol('(')) tokens_.fail("decimal needs its precision: expected '('");
    const int precision = parse_count();
    const int scale = tokens_.take_symbol(',') ? parse_count() : 0;
    tokens_.require_symbol(')');
    return checked(token, [&] { return Type::decimal(precision, scale); });
  }

  Type parse_fixed(const Token& token) {
    tokens_.require_symbol('(');
    const int length = parse_count();
    tokens_.require_symbol(')');
    return checked(token, [&] { return Type::fixed(length); });
  }

  template <typename Make>
  static Type checked(const Token& token, Make make) {
    try {
      return make();
    } catch (Error& error) {
      throw error.add_context("schema, position " + std::to_string(token.at + 1));
    }
  }

  char open_bracket() {
    if (tokens_.take_symbol('<')) return '>';
    if (tokens_.take_symbol('(')) return ')';
    tokens_.fail("expected '<'");
  }

  Type parse_struct(int depth) {
    const char closing = open_bracket();
    if (tokens_.take_symbol(closing)) return Type::structure({});
    return Type::structure(parse_fields(TokenKind::Symbol, closing, depth + 1));
  }

  Type parse_list(int depth) {
    const char closing = open_bracket();
    Field element = parse_unnamed_field("element", depth + 1);
    tokens_.require_symbol(closing);
    return Type::list(std::move(element));
  }

  Type parse_map(int depth) {
    const char closing = open_bracket();
    Field key = parse_unnamed_field("key", depth + 1);
    key.nullable = false;
    tokens_.require_symbol(',');
    Field value = parse_unnamed_field("value", depth + 1);
    tokens_.require_symbol(closing);
    return Type::map(std::move(key), std::move(value));
  }

  TypeTokens tokens_;
};

}  // namespace

Type parse_type(std::string_view text) {
  return TypeParser(text).whole_type();
}

Schema parse_schema(std::string_view text) {
  return TypeParser(text).whole_schema();
}

}  // namespace lakelet
