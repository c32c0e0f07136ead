#include "table/type_tokens.h"

#include <algorithm>
#include <cctype>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet {
namespace {

bool in_word(unsigned char c) {
  return std::isalnum(c) || c == '_' || c >= 0x80;
}

}  // namespace

TypeTokens::TypeTokens(std::string_view source) : source_(source) {
  advance();
}

Token TypeTokens::take() {
  Token taken = std::move(current_);
  advance();
  return taken;
}

bool TypeTokens::is_symbol(char symbol) const {
  return current_.kind == TokenKind::Symbol && current_.text.size() == 1 && current_.text[0] == symbol;
}

bool TypeTokens::take_symbol(char symbol) {
  if (!is_symbol(symbol)) return false;
  advance();
  return true;
}

bool TypeTokens::take_word(std::string_view word) {
  if (current_.kind != TokenKind::Word || !same_name(current_.text, word)) return false;
  advance();
  return true;
}

void TypeTokens::require_symbol(char symbol) {
  if (!take_symbol(symbol)) fail(std::string("expected '") + symbol + "'");
}

void TypeTokens::require_word(std::string_view word) {
  if (!take_word(word)) fail("expected '" + std::string(word) + "'");
}

void TypeTokens::fail(const std::string& what) const {
  fail_at(what, current_);
}

void TypeTokens::fail_at(const std::string& what, const Token& token, const char* hint) {
  const std::string found = token.kind == TokenKind::End ? "the end" : "'" + token.text + "'";
  throw Error(ErrorCode::InvalidArgument,
              "schema: " + what + ", found " + found + " at position " + std::to_string(token.at + 1), hint);
}

void TypeTokens::advance() {
  while (next_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[next_]))) ++next_;
  current_ = Token{TokenKind::End, "", next_};
  if (next_ == source_.size()) return;
  const char c = source_[next_];
  if (c == '"' || c == '`') return take_quoted(TokenKind::QuotedName, c);
  if (c == '\'') return take_quoted(TokenKind::Text, c);
  if (!in_word(static_cast<unsigned char>(c))) {
    current_ = Token{TokenKind::Symbol, std::string(1, c), next_++};
    return;
  }
  std::size_t end = next_;
  while (end < source_.size() && in_word(static_cast<unsigned char>(source_[end]))) ++end;
  const std::string word(source_.substr(next_, end - next_));
  const bool number = std::all_of(word.begin(), word.end(), [](unsigned char d) { return std::isdigit(d) != 0; });
  current_ = Token{number ? TokenKind::Number : TokenKind::Word, word, next_};
  next_ = end;
}

// A doubled quote stands for itself.
void TypeTokens::take_quoted(TokenKind kind, char quote) {
  const std::size_t start = next_++;
  std::string text;
  while (true) {
    if (next_ == source_.size()) {
      fail_at(std::string("expected a closing ") + quote, Token{TokenKind::End, "", next_});
    }
    const char c = source_[next_++];
    if (c == quote && (next_ == source_.size() || source_[next_] != quote)) break;
    if (c == quote) ++next_;
    text += c;
  }
  current_ = Token{kind, std::move(text), start};
}

}  // namespace lakelet
