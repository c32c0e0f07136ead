// Writes compact JSON (RFC 8259) into one growing string. Commas and colons are put by the writer; the caller keeps
// objects and arrays balanced and gives every member a key. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakelet {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  // UTF-8; throws Error(InvalidArgument) for anything else, and the writer is then of no more use.
  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  // The shortest text that reads back as the same number, always with a '.' or an exponent. JSON has no NaN and no
  // infinity: these become the strings "NaN", "Infinity" and "-Infinity", as Java's and Python's readers take them.
  JsonWriter& number(double value);
  JsonWriter& number(float value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  // A value that is JSON already.
  JsonWriter& raw(std::string_view json);
  // Ends a line of JSON Lines: the next value starts a new one.
  JsonWriter& end_line();

  const std::string& text() const { return out_; }
  std::string take();  // the text; the writer is as new

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void append_quoted(std::string_view text);

  std::string out_;
  bool comma_ = false;  // a value was written at this level, the next one needs a comma
};

// One quoted and escaped string.
std::string json_quote(std::string_view text);

}  // namespace lakelet
