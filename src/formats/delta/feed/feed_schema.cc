#include "formats/delta/feed/feed_schema.h"

#include <fmt/format.h>

#include "formats/delta/schema/readable_schema.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

struct Difference {
  std::string column, what;
};

std::optional<Difference> compare_types(const std::string& column, const Type& older, const Type& newer);

std::optional<Difference> compare_nulls(const std::string& column, const Field& older, const Field& newer) {
  if (!older.nullable || newer.nullable) return std::nullopt;
  return Difference{column, "could be null and can't any more"};
}

const Field* same_in_files(const Field& field, const std::vector<Field>& others) {
  for (const Field& other : others) {
    if (other.file_name() == field.file_name()) return &other;
  }
  return nullptr;
}

std::optional<Difference> compare_fields(const std::string& parent, const std::vector<Field>& older,
                                         const std::vector<Field>& newer) {
  for (const Field& field : older) {
    const std::string column = parent.empty() ? field.name : fmt::format("{}.{}", parent, field.name);
    if (field.type.kind() == TypeKind::Null) continue;
    const Field* now = same_in_files(field, newer);
    if (!now) return Difference{column, "was dropped"};
    if (now->name != field.name) return Difference{column, fmt::format("was renamed to {}", now->name)};
    if (auto found = compare_nulls(column, field, *now)) return found;
    if (auto found = compare_types(column, field.type, now->type)) return found;
  }
  return std::nullopt;
}

std::optional<Difference> compare_types(const std::string& column, const Type& older, const Type& newer) {
  const auto& from = older.children();
  const auto& to = newer.children();
  if (older.nested() && older.kind() == newer.kind()) {
    if (older.kind() == TypeKind::Struct) return compare_fields(column, from, to);
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::string part = fmt::format("{}.{}", column, from[i].name);
      if (auto found = compare_nulls(part, from[i], to[i])) return found;
      if (auto found = compare_types(part, from[i].type, to[i].type)) return found;
    }
    return std::nullopt;
  }
  if (older == newer || is_widening(older, newer)) return std::nullopt;
  return Difference{column, fmt::format("was {} and became {}", to_string(older), to_string(newer))};
}

}  // namespace

void require_same_columns(const FeedSchema& older, const FeedSchema& newer, const std::string& table_uri) {
  std::optional<Difference> found;
  if (older.mode != newer.mode && older.mode != ColumnMappingMode::None) {
    found = Difference{"", "column mapping was switched off or changed its mode"};
  } else {
    found = compare_fields("", older.schema.fields(), newer.schema.fields());
  }
  if (!found) return;
  const std::string what =
      found->column.empty() ? found->what : fmt::format("column {} {}", found->column, found->what);
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the changes of {} can't be read with the columns of version {}: since version {}, {}",
                          table_uri, newer.version, older.version, what),
              "read the changes up to there from the table as it was then: TABLE@v5, or version => 5");
}

}  // namespace lakelet::delta
