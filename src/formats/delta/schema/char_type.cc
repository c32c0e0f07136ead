#include "formats/delta/schema/char_type.h"

#include <charconv>
#include <optional>

namespace lakelet::delta {

namespace {

// Walks the text and the type side by side; each step gives the field anew, or nothing where they don't go together.
class CharTypeReader {
 public:
  explicit CharTypeReader(std::string_view text) : text_(text) {}

  std::optional<Field> read(Field field) {
    if (take("char(")) return read_width(std::move(field), true);
    if (take("varchar(")) return read_width(std::move(field), false);
    const std::vector<Field> parts = field.type.children();
    if (take("array<")) {
      if (field.type.kind() != TypeKind::List) return std::nullopt;
      auto element = read(parts[0]);
      if (!element || !take(">")) return std::nullopt;
      field.type = Type::list(*std::move(element));
      return field;
    }
    if (take("map<")) {
      if (field.type.kind() != TypeKind::Map) return std::nullopt;
      auto key = read(parts[0]);
      if (!key || !take(",")) return std::nullopt;
      auto value = read(parts[1]);
      if (!value || !take(">")) return std::nullopt;
      field.type = Type::map(*std::move(key), *std::move(value));
      return field;
    }
    if (take("struct<")) return read_struct(std::move(field), parts);
    pass_over();
    return field;
  }

  bool done() const { return text_.empty(); }

 private:
  std::optional<Field> read_width(Field field, bool padded) {
    std::int32_t width = 0;
    const auto result = std::from_chars(text_.data(), text_.data() + text_.size(), width);
    if (result.ec != std::errc() || width < 0 || field.type.kind() != TypeKind::String) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(result.ptr - text_.data()));
    if (!take(")")) return std::nullopt;
    if (padded) field.padded_to = width;
    field.longest = width;
    return field;
  }

  std::optional<Field> read_struct(Field field, const std::vector<Field>& parts) {
    if (field.type.kind() != TypeKind::Struct) return std::nullopt;
    std::vector<Field> fields;
    for (const Field& part : parts) {
      if (!fields.empty() && !take(",")) return std::nullopt;
      if (!take(part.name) && !take("`" + part.name + "`")) return std::nullopt;
      if (!take(":")) return std::nullopt;
      auto read_part = read(part);
      if (!read_part) return std::nullopt;
      fields.push_back(*std::move(read_part));
    }
    if (!take(">")) return std::nullopt;
    field.type = Type::structure(std::move(fields));
    return field;
  }

  bool take(std::string_view prefix) {
    if (!text_.starts_with(prefix)) return false;
    text_.remove_prefix(prefix.size());
    return true;
  }

  // Another type: up to what ends it, past the comma of a decimal.
  void pass_over() {
    int depth = 0;
    while (!text_.empty()) {
      const char c = text_.front();
      if (depth == 0 && (c == ',' || c == '>')) return;
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      text_.remove_prefix(1);
    }
  }

  std::string_view text_;
};

}  // namespace

void apply_char_type(std::string_view sql_type, Field& field) {
  if (sql_type.find("char(") == std::string_view::npos) return;
  CharTypeReader reader(sql_type);
  if (auto read = reader.read(field); read && reader.done()) field = *std::move(read);
}

}  // namespace lakelet::delta
