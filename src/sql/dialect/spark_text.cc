#include "sql/dialect/spark_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "engine/type_mapping.h"
#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::UnsupportedFeature, what + " isn't known to mean the same here as in Spark");
}

bool starts_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) {
  return starts_name(c) || std::isdigit(static_cast<unsigned char>(c));
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

constexpr std::array<std::string_view, 14> kKeywords = {"and", "or",    "not",  "in",       "is",   "null", "like",
                                                        "as",  "false", "true", "distinct", "from", "case", "between"};
constexpr std::array<std::string_view, 4> kCaseKeywords = {"when", "then", "else", "end"};
constexpr std::array<std::string_view, 5> kBareFunctions = {"current_date", "current_timestamp", "localtimestamp",
                                                            "current_user", "current_timezone"};

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class SparkText {
 public:
  explicit SparkText(std::string_view text) : text_(text) {}

  std::string take() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  char next_visible() const {
    const auto found = text_.find_first_not_of(" \t\r\n", at_);
    return found == std::string_view::npos ? '\0' : text_[found];
  }

  void step() {
    const char c = peek();
    if (std::isspace(static_cast<unsigned char>(c))) {
      out_ += c;
      ++at_;
    } else if (c == '\'' || c == '"') {
      out_ += quoted(read_string(), '\'');
    } else if (c == '`') {
      out_ += quoted(read_quoted_name(), '"');
      after_dot_ = false;
    } else if (std::isdigit(static_cast<unsigned char>(c)) ||
               (c == '.' && std::isdigit(static_cast<unsigned char>(peek(1))) && !after_name())) {
      read_number();
    } else if (starts_name(c)) {
      read_word();
    } else {
      read_sign();
    }
  }

  // Whether the last thing was a name, so that a point goes on with it.
  bool after_name() const { return !out_.empty() && out_.back() == '"'; }

  char read_octal_or(char c) {
    const auto octal = [](char d) { return d >= '0' && d <= '7'; };
    if (octal(c) && octal(peek()) && octal(peek(1)) && c <= '1') {
      const int code = (c - '0') * 64 + (peek() - '0') * 8 + (peek(1) - '0');
      at_ += 2;
      return static_cast<char>(code);
    }
    switch (c) {
      case '0':
        return '\0';
      case 'b':
        return '\b';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'Z':
        return '\x1a';
      default:
        return c;
    }
  }

  std::string read_string() {
    const char quote = text_[at_++];
    std::string value;
    while (peek() != quote) {
      if (at_ >= text_.size()) refuse("a text without its end");
      const char c = text_[at_++];
      if (c != '\\') {
        value += c;
        continue;
      }
      const char escaped = peek();
      ++at_;
      if (escaped == 'u' || escaped == 'U') refuse("\\u in a text");
      if (escaped == '%' || escaped == '_') value += '\\';
      value += read_octal_or(escaped);
    }
    ++at_;
    if (peek() == quote) refuse("a doubled quote in a text");  // Spark's versions differ
    return value;
  }

  std::string read_quoted_name() {
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (peek() != '`') {
        name += peek();
      } else if (peek(1) == '`') {
        name += '`';
        ++at_;
      } else {
        ++at_;
        return name;
      }
    }
    refuse("a name without its end");
  }

  void read_number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (std::isdigit(static_cast<unsigned char>(peek()))) ++at_;
    };
    digits();
    if (peek() == '.') {
      ++at_;
      digits();
    }
    const char after = peek(1) == '+' || peek(1) == '-' ? peek(2) : peek(1);
    if ((peek() == 'e' || peek() == 'E') && std::isdigit(static_cast<unsigned char>(after))) {
      at_ += 2;
      digits();
    }
    const std::string number(text_.substr(begin, at_ - begin));
    const std::size_t suffix_begin = at_;
    while (continues_name(peek())) ++at_;
    out_ += with_suffix(number, lower(text_.substr(suffix_begin, at_ - suffix_begin)));
  }

  static std::string with_suffix(const std::string& number, const std::string& suffix) {
    if (suffix.empty() || suffix == "bd") return number;
    for (const auto& [known, type] : std::initializer_list<std::pair<const char*, const char*>>{
             {"l", "BIGINT"}, {"s", "SMALLINT"}, {"y", "TINYINT"}, {"d", "DOUBLE"}, {"f", "FLOAT"}}) {
      if (suffix == known) return fmt::format("CAST({} AS {})", number, type);
    }
    refuse(number + suffix);
  }

  void read_word() {
    const std::size_t begin = at_;
    while (continues_name(peek())) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const std::string known = lower(word);
    const char next = next_visible();
    if (std::exchange(after_dot_, false)) {
      out_ += quoted(word, '"');
    } else if (next == '\'' &&
               (known == "date" || known == "timestamp" || known == "timestamp_ntz" || known == "timestamp_ltz")) {
      out_ += fmt::format("CAST({} AS {})", typed_text(), engine_type(known));
    } else if (next == '\'' && (known == "x" || known == "r")) {
      refuse(known + "'...'");
    } else if (known == "interval" && (next == '\'' || std::isdigit(static_cast<unsigned char>(next)))) {
      refuse("INTERVAL");
    } else if (known == "cast" && next == '(') {
      casts_.push_back(depth_ + 1);
      out_ += "CAST";
    } else if (known == "as" && !casts_.empty() && casts_.back() == depth_) {
      out_ += "AS " + read_type();
    } else if (contains(kKeywords, known) || (case_depth_ > 0 && contains(kCaseKeywords, known))) {
      if (known == "case") ++case_depth_;
      if (known == "end") --case_depth_;
      out_ += known;
    } else if (known == "div") {
      out_ += "//";
    } else if (next == '(') {
      out_ += quoted(known, '"');
    } else if (contains(kBareFunctions, known)) {
      out_ += quoted(known, '"') + "()";
    } else {
      out_ += quoted(word, '"');
    }
  }

  std::string typed_text() {
    at_ = text_.find('\'', at_);
    return quoted(read_string(), '\'');
  }

  static std::string engine_type(const std::string& spark) {
    const Type type = parse_type(spark == "timestamp_ltz" ? "timestamp" : spark);
    return engine::to_engine_type(type).ToString();
  }

  // Up to the parenthesis that ends the cast.
  std::string read_type() {
    const std::size_t begin = at_;
    int depth = 0;
    while (at_ < text_.size() && (depth > 0 || peek() != ')')) {
      depth += peek() == '(' ? 1 : peek() == ')' ? -1 : 0;
      ++at_;
    }
    std::string type = lower(text_.substr(begin, at_ - begin));
    type.erase(0, type.find_first_not_of(" \t\r\n"));
    type.erase(type.find_last_not_of(" \t\r\n") + 1);
    if (type == "byte") type = "tinyint";
    if (type == "short") type = "smallint";
    try {
      return engine_type(type);
    } catch (const Error&) {
      refuse("the type " + type);
    }
  }

  void read_sign() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kSigns = {
        {{"<=>", " IS NOT DISTINCT FROM "},
         {"==", "="},
         {"!=", "<>"},
         {"<>", "<>"},
         {"<=", "<="},
         {">=", ">="},
         {"||", "||"},
         {"!", " NOT "},
         {"=", "="},
         {"<", "<"},
         {">", ">"},
         {"+", "+"},
         {"*", "*"},
         {"/", "/"},
         {"%", "%"},
         {"(", "("},
         {")", ")"},
         {",", ","},
         {".", "."},
         {"-", "-"}}};
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("--") || rest.starts_with("/*")) refuse("a comment");
    for (const auto& [sign, engine] : kSigns) {
      if (!rest.starts_with(sign)) continue;
      at_ += sign.size();
      out_ += engine;
      if (sign == "(") ++depth_;
      if (sign == ")") {
        if (!casts_.empty() && casts_.back() == depth_) casts_.pop_back();
        --depth_;
      }
      after_dot_ = sign == ".";
      return;
    }
    refuse(fmt::format("the sign '{}'", rest.front()));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  int depth_ = 0, case_depth_ = 0;
  std::vector<int> casts_;  // the depths inside of CAST( ... )
  bool after_dot_ = false;
};

}  // namespace

std::string spark_to_engine_text(std::string_view text) {
  return SparkText(text).take();
}

}  // namespace lakelet::sql
