// The tokens of a type's or schema's text.
#pragma once

#include <string>
#include <string_view>

namespace lakelet {

enum class TokenKind { Word, QuotedName, Text, Number, Symbol, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;    // a name without its quotes; a word as it was written
  std::size_t at = 0;  // where it begins
};

// Reads one token ahead. The text must outlive it.
class TypeTokens {
 public:
  explicit TypeTokens(std::string_view source);

  const Token& current() const { return current_; }
  Token take();
  bool is_symbol(char symbol) const;
  bool take_symbol(char symbol);
  bool take_word(std::string_view word);  // without regard to case
  // Throw if the next token isn't the one that has to be there.
  void require_symbol(char symbol);
  void require_word(std::string_view word);

  // Error(InvalidArgument): what was expected, what was found instead, and at which position (from 1).
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] static void fail_at(const std::string& what, const Token& token, const char* hint = "");

 private:
  void advance();
  void take_quoted(TokenKind kind, char quote);

  std::string_view source_;
  std::size_t next_ = 0;
  Token current_;
};

}  // namespace lakelet
