// Partition and sort fields as text: "bucket(16, id)", "day(ts) desc nulls last".
#include <algorithm>
#include <charconv>
#include <string_view>

#include "lakelet/error.h"
#include "table/column_path.h"
#include "table/partition_fields.h"

namespace lakelet {
namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorCode::InvalidArgument, "'" + text + "' is no field to partition or sort by: " + why,
              "a column, or bucket(16, c), truncate(10, c), year(c), month(c), day(c), hour(c)");
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// Quotes around the whole of a name go.
std::string column_name(std::string_view text) {
  text = trimmed(text);
  const bool quoted = text.size() > 2 && (text.front() == '"' || text.front() == '`') && text.back() == text.front();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

std::optional<Transform> transform_of(const std::string& name) {
  static constexpr std::pair<std::string_view, Transform> kNames[] = {
      {"identity", Transform::Identity}, {"bucket", Transform::Bucket}, {"truncate", Transform::Truncate},
      {"year", Transform::Year},         {"years", Transform::Year},    {"month", Transform::Month},
      {"months", Transform::Month},      {"day", Transform::Day},       {"days", Transform::Day},
      {"date", Transform::Day},          {"hour", Transform::Hour},     {"hours", Transform::Hour},
      {"date_hour", Transform::Hour},    {"void", Transform::Void},
  };
  for (const auto& [known, transform] : kNames) {
    if (known == name) return transform;
  }
  return std::nullopt;
}

std::optional<int> number(std::string_view text) {
  text = trimmed(text);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The last word, if it is one of these; `text` loses it.
bool take_last(std::string_view& text, std::string_view word) {
  const std::string all = lower(text);
  if (!all.ends_with(word) || all.size() == word.size()) return false;
  const char before = all[all.size() - word.size() - 1];
  if (before != ' ' && before != ')' && before != '\t' && before != '"') return false;
  text = trimmed(text.substr(0, text.size() - word.size()));
  return true;
}

}  // namespace

PartitionField parse_partition_field(const std::string& text) {
  PartitionField field;
  const std::string_view whole = trimmed(text);
  const auto open = whole.find('(');
  if (open == std::string_view::npos || whole.front() == '"' || whole.front() == '`') {
    field.column = column_name(whole);
    if (field.column.empty()) refuse(text, "no column is named");
    return field;
  }
  if (!whole.ends_with(')')) refuse(text, "a parenthesis is missing");
  const auto transform = transform_of(lower(column_name(whole.substr(0, open))));
  if (!transform) refuse(text, "there is no such transform");
  field.transform = *transform;
  std::string_view inner = whole.substr(open + 1, whole.size() - open - 2);
  const bool counts = *transform == Transform::Bucket || *transform == Transform::Truncate;
  if (counts) {
    // Both orders are in use.
    const auto comma = inner.find(',');
    if (comma == std::string_view::npos) refuse(text, "it needs a number and a column");
    auto argument = number(inner.substr(0, comma));
    std::string_view column = inner.substr(comma + 1);
    if (!argument) {
      column = inner.substr(0, comma);
      argument = number(inner.substr(comma + 1));
    }
    if (!argument || *argument < 1) refuse(text, "it needs a number above 0");
    field.argument = *argument;
    inner = column;
  }
  field.column = column_name(inner);
  if (field.column.empty() || field.column.find_first_of("(),") != std::string::npos) {
    refuse(text, "it needs one column");
  }
  return field;
}

SortField parse_sort_field(const std::string& text) {
  SortField field;
  std::string_view rest = trimmed(text);
  std::optional<bool> nulls_first;
  for (const bool first : {true, false}) {
    std::string_view without = rest;
    if (take_last(without, first ? "first" : "last") && take_last(without, "nulls")) {
      nulls_first = first;
      rest = without;
      break;
    }
  }
  field.descending = take_last(rest, "desc");
  if (!field.descending) take_last(rest, "asc");
  field.nulls_first = nulls_first.value_or(!field.descending);
  const PartitionField what = parse_partition_field(std::string(rest));
  field.column = what.column;
  field.transform = what.transform;
  field.argument = what.argument;
  return field;
}

std::string to_string(const PartitionField& field) {
  switch (field.transform) {
    case Transform::Identity:
      return field.column;
    case Transform::Year:
      return "year(" + field.column + ")";
    case Transform::Month:
      return "month(" + field.column + ")";
    case Transform::Day:
      return "day(" + field.column + ")";
    case Transform::Hour:
      return "hour(" + field.column + ")";
    case Transform::Bucket:
      return "bucket(" + std::to_string(field.argument) + ", " + field.column + ")";
    case Transform::Truncate:
      return "truncate(" + std::to_string(field.argument) + ", " + field.column + ")";
    case Transform::Void:
      return "void(" + field.column + ")";
    case Transform::Unknown:
      break;
  }
  return field.name;
}

Partitioning parse_partitioning(const Schema& schema, const std::vector<std::string>& fields) {
  Partitioning result;
  for (const std::string& text : fields) {
    PartitionField field;
    if (const Field* column = schema.find(text)) {
      field.column = column->name;
    } else {
      field = parse_partition_field(text);
    }
    const auto path = resolve_dotted(schema, field.column);
    if (!path) {
      throw Error(ErrorCode::InvalidArgument, "the partition column '" + field.column + "' isn't in the schema",
                  "the columns: " + to_string(schema));
    }
    if (path->size() == 1) field.column = path->front();
    for (const PartitionField& other : result.fields) {
      if (to_string(other) != to_string(field)) continue;
      throw Error(ErrorCode::InvalidArgument, "the partition field '" + to_string(field) + "' is given twice");
    }
    result.fields.push_back(std::move(field));
  }
  if (result.identity_only()) return identity_partitioning(schema, result.columns());
  return result;
}

std::size_t find_partition_field(const Partitioning& partitioning, const std::string& text) {
  const auto& fields = partitioning.fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].transform != Transform::Void && fields[i].name == text) return i;
  }
  std::string wanted = text;
  try {
    wanted = to_string(parse_partition_field(text));
  } catch (const Error&) {  // a name, then
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].transform != Transform::Void && same_name(to_string(fields[i]), wanted)) return i;
  }
  std::string known;
  for (const PartitionField& field : fields) known += (known.empty() ? "" : ", ") + to_string(field);
  throw Error(ErrorCode::NotFound, "the table isn't partitioned by '" + text + "'",
              known.empty() ? "it isn't partitioned at all" : "it is partitioned by " + known);
}

}  // namespace lakelet
