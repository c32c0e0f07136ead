#include "formats/delta/statistics/statistics_writer.h"

#include <cmath>
#include <functional>

#include "base/json_writer.h"
#include "base/time.h"

namespace lakelet::delta {
namespace {

constexpr std::size_t kLongestText = 32;                      // characters, as Spark cuts them
constexpr std::string_view kTieBreaker = "\xF4\x8F\xBF\xBF";  // U+10FFFF sorts after every other character

// The bytes of the UTF-8 character at `at`; 0 if it isn't one.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// The bytes of the first `characters` characters; nullopt if they aren't UTF-8.
std::optional<std::size_t> prefix_length(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < characters && at < text.size(); ++i) {
    const std::size_t length = character_length(text, at);
    if (length == 0) return std::nullopt;
    at += length;
  }
  return at;
}

constexpr std::int64_t kMicrosPerMilli = 1000;
constexpr std::int64_t kFirstYear = -62'135'596'800'000'000;  // 0001-01-01
constexpr std::int64_t kLastYear = 253'402'300'799'999'000;   // 9999-12-31 23:59:59.999

std::optional<std::string> timestamp_text(std::int64_t us, bool upper, bool zoned) {
  if (us < kFirstYear || us > kLastYear) return std::nullopt;
  std::int64_t floor = us - (us % kMicrosPerMilli + kMicrosPerMilli) % kMicrosPerMilli;
  if (upper && floor != us) floor += kMicrosPerMilli;
  std::string text = format_iso8601(floor, 3);
  if (!zoned) text.pop_back();
  return text;
}

std::optional<std::string> json_of_text(const std::string& text, bool upper) {
  if (upper) {
    const auto bound = upper_bound_of_text(text, kLongestText);
    return bound ? std::optional(json_quote(*bound)) : std::nullopt;
  }
  const auto length = prefix_length(text, kLongestText);
  return length ? std::optional(json_quote(std::string_view(text).substr(0, *length))) : std::nullopt;
}

// A bound as JSON; nullopt where it can't be told to a reader.
std::optional<std::string> json_of_bound(const Value& value, const Type& type, bool upper) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return value.boolean() ? "true" : "false";
    case TypeKind::Int8:
    case TypeKind::Int16:
    case TypeKind::Int32:
    case TypeKind::Int64:
      return std::to_string(value.integer());
    case TypeKind::Float:
    case TypeKind::Double: {
      if (!std::isfinite(value.number())) return std::nullopt;
      return JsonWriter().number(value.number()).take();  // a float as the double that it is: exact either way
    }
    case TypeKind::Decimal:
      return to_text(value, type);
    case TypeKind::String:
      return json_of_text(value.bytes(), upper);
    case TypeKind::Date:
      if (value.integer() < kFirstYear / kMicrosPerDay || value.integer() > kLastYear / kMicrosPerDay)
        return std::nullopt;
      return json_quote(format_date(value.integer()));
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz: {
      const auto text = timestamp_text(value.integer(), upper, type.kind() == TypeKind::TimestampTz);
      return text ? std::optional(json_quote(*text)) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

// The JSON of a column, or nullopt if there is nothing to say.
using Leaf = std::function<std::optional<std::string>(const Type&, const ColumnStatistics&)>;

struct Columns {
  const DataFile& file;
  const std::set<ColumnPath>& wanted;

  const ColumnStatistics* find(const ColumnPath& path) const {
    const auto found = file.statistics.find(path);
    if (found == file.statistics.end()) return nullptr;
    return wanted.contains(path) ? &found->second : nullptr;
  }
};

// An object that mirrors the schema; empty text if no column has anything.
std::string mirror(const std::vector<Field>& fields, ColumnPath& path, const Columns& columns, const Leaf& leaf) {
  JsonWriter json;
  bool any = false;
  json.begin_object();
  for (const Field& field : fields) {
    path.push_back(field.name);
    std::optional<std::string> text;
    if (field.type.kind() == TypeKind::Struct) {
      if (std::string nested = mirror(field.type.children(), path, columns, leaf); !nested.empty()) text = nested;
    } else if (const ColumnStatistics* statistics = columns.find(path)) {
      text = leaf(field.type, *statistics);
    }
    path.pop_back();
    if (!text) continue;
    json.key(field.file_name()).raw(*text);
    any = true;
  }
  json.end_object();
  return any ? json.take() : "";
}

}  // namespace

std::optional<std::string> upper_bound_of_text(const std::string& text, std::size_t characters) {
  auto length = prefix_length(text, characters);
  if (!length) return std::nullopt;
  // What follows the cut must sort below the tie-breaker.
  while (*length < text.size() && std::string_view(text).substr(*length).starts_with(kTieBreaker)) {
    *length += kTieBreaker.size();
  }
  if (*length < text.size() && character_length(text, *length) == 0) return std::nullopt;
  std::string bound = text.substr(0, *length);
  if (*length < text.size()) bound += kTieBreaker;
  return bound;
}

std::optional<std::string> write_statistics(const DataFile& file, const Schema& schema,
                                            const std::set<ColumnPath>& columns) {
  if (!file.rows) return std::nullopt;
  const Columns known{file, columns};
  const auto bound_of = [&](bool upper) -> Leaf {
    return [&file, upper](const Type& type, const ColumnStatistics& statistics) -> std::optional<std::string> {
      const auto& bound = upper ? statistics.max : statistics.min;
      if (!bound || bound->is_null() || statistics.has_nan || statistics.null_count == file.rows) return std::nullopt;
      return json_of_bound(*bound, type, upper);
    };
  };
  const auto nulls = [](const Type&, const ColumnStatistics& statistics) -> std::optional<std::string> {
    if (!statistics.null_count) return std::nullopt;
    return std::to_string(*statistics.null_count);
  };

  JsonWriter json;
  json.begin_object().key("numRecords").integer(*file.rows);
  const auto put = [&](std::string_view key, const Leaf& leaf) {
    ColumnPath path;
    const std::string text = mirror(schema.fields(), path, known, leaf);
    json.key(key).raw(text.empty() ? "{}" : text);
  };
  put("minValues", bound_of(false));
  put("maxValues", bound_of(true));
  put("nullCount", nulls);
  json.end_object();
  return json.take();
}

}  // namespace lakelet::delta
