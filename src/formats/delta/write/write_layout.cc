#include "formats/delta/write/write_layout.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {

namespace {

Type file_type(const Type& type);
std::vector<Field> with_nested_ids(std::vector<Field> fields);

// A field as it stands in data files: under its physical name, without columns that are never there.
std::vector<Field> file_fields(const std::vector<Field>& fields) {
  std::vector<Field> result;
  for (const Field& field : fields) {
    if (field.type.kind() == TypeKind::Null) continue;  // PROTOCOL.md, "Void Type"
    Field copy;
    copy.name = field.file_name();
    copy.type = file_type(field.type);
    copy.nullable = field.nullable;
    copy.id = field.id;
    result.push_back(std::move(copy));
  }
  return result;
}

Field file_field(const Field& field) {
  Field copy = field;
  copy.type = file_type(field.type);
  return copy;
}

Type file_type(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Struct:
      return Type::structure(file_fields(type.children()));
    case TypeKind::List:
      return Type::list(file_field(type.children()[0]));
    case TypeKind::Map:
      return Type::map(file_field(type.children()[0]), file_field(type.children()[1]));
    default:
      return type;
  }
}

// The ids of what is in lists and maps: in the metadata of the field that is nearest above, by names that begin with
// that field's ("col-1.element", "col-1.value.key").
Type with_ids(const Type& type, const std::string& name, const simdjson::dom::element& ids) {
  const auto child = [&](std::size_t index, const char* part) {
    Field out = type.children()[index];
    const std::string path = name + "." + part;
    std::int64_t id = 0;
    if (ids[path].get(id)) {
      throw Error(ErrorCode::CorruptTable, "the column mapping has no id of " + path);
    }
    out.id = static_cast<std::int32_t>(id);
    out.type = with_ids(out.type, path, ids);
    return out;
  };
  if (type.kind() == TypeKind::List) return Type::list(child(0, "element"));
  if (type.kind() == TypeKind::Map) return Type::map(child(0, "key"), child(1, "value"));
  if (type.kind() == TypeKind::Struct) return Type::structure(with_nested_ids(type.children()));
  return type;
}

std::vector<Field> with_nested_ids(std::vector<Field> fields) {
  for (Field& field : fields) {
    if (!field.type.nested()) continue;
    const auto ids = field.metadata.find("delta.columnMapping.nested.ids");
    simdjson::dom::parser parser;
    simdjson::dom::element parsed;
    if (parser.parse(ids == field.metadata.end() ? std::string("{}") : ids->second).get(parsed)) {
      throw Error(ErrorCode::CorruptTable, "the ids of what is in the column " + field.name + " can't be read");
    }
    field.type = with_ids(field.type, field.file_name(), parsed);
  }
  return fields;
}

std::optional<ColumnPath> logical_path(const std::vector<Field>& fields, const ColumnPath& physical) {
  ColumnPath out;
  const std::vector<Field>* level = &fields;
  for (const std::string& name : physical) {
    const auto at = std::find_if(level->begin(), level->end(), [&](const Field& f) { return f.file_name() == name; });
    if (at == level->end()) return std::nullopt;
    out.push_back(at->name);
    level = &at->type.children();
  }
  return out;
}

bool keeps_bounds(TypeKind kind) {
  return kind != TypeKind::Variant && kind != TypeKind::Null;
}

void collect_leaves(const Field& field, const ColumnPath& parent, std::size_t limit, std::vector<ColumnPath>& out) {
  if (out.size() >= limit) return;
  ColumnPath path = parent;
  path.push_back(field.name);
  if (field.type.kind() == TypeKind::Struct) {
    for (const Field& child : field.type.children()) collect_leaves(child, path, limit, out);
  } else if (keeps_bounds(field.type.kind())) {
    out.push_back(std::move(path));
  }
}

// "a, b.c, `odd,name`" -> paths; a struct stands for all that is in it.
std::vector<ColumnPath> named_columns(const Schema& schema, const std::string& list) {
  std::vector<ColumnPath> result;
  std::string name;
  bool quoted = false;
  auto finish = [&] {
    const std::size_t begin = name.find_first_not_of(' ');
    if (begin == std::string::npos) return;
    name = name.substr(begin, name.find_last_not_of(' ') - begin + 1);
    if (const auto path = resolve_dotted(schema, name)) {
      const Field* field = find_field(schema, *path);
      collect_leaves(*field, ColumnPath(path->begin(), path->end() - 1), std::numeric_limits<std::size_t>::max(),
                     result);
    }
    name.clear();
  };
  for (const char c : list) {
    if (c == '`') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      finish();
    } else {
      name += c;
    }
  }
  finish();
  return result;
}

template <typename Number>
Number number_property(const Properties& properties, const char* name, Number absent) {
  const auto at = properties.find(name);
  if (at == properties.end()) return absent;
  Number value = absent;
  const auto [end, error] = std::from_chars(at->second.data(), at->second.data() + at->second.size(), value);
  return error == std::errc() && end == at->second.data() + at->second.size() ? value : absent;
}

// "134217728", "128mb", "1g", "1 GiB"
std::uint64_t size_property(const Properties& properties, const char* name, std::uint64_t absent) {
  const auto at = properties.find(name);
  if (at == properties.end()) return absent;
  std::uint64_t value = 0;
  const char* end = at->second.data() + at->second.size();
  auto [unit, error] = std::from_chars(at->second.data(), end, value);
  if (error != std::errc() || value == 0) return absent;
  while (unit != end && *unit == ' ') ++unit;
  const char letter = unit == end ? 'b' : static_cast<char>(*unit | 0x20);
  const int shift = letter == 'k' ? 10 : letter == 'm' ? 20 : letter == 'g' ? 30 : letter == 't' ? 40 : 0;
  return value << shift;
}

// The names of DuckDB's Parquet writer for those of delta.parquet.compression.codec.
std::string compression(const Properties& properties) {
  const auto at = properties.find("delta.parquet.compression.codec");
  if (at == properties.end()) return "snappy";
  std::string codec = at->second;
  std::transform(codec.begin(), codec.end(), codec.begin(), [](unsigned char c) { return std::tolower(c); });
  if (codec == "none") return "uncompressed";
  if (codec == "lz4") return "lz4_raw";  // Hadoop's framing is deprecated and read by few
  for (const char* known : {"uncompressed", "snappy", "gzip", "lz4_raw", "zstd", "brotli"}) {
    if (codec == known) return codec;
  }
  return "snappy";
}

}  // namespace

WriteLayout make_write_layout(const Schema& schema, const Partitioning& partitioning, const Properties& properties,
                              ColumnMappingMode mode, const LayoutRules& rules) {
  WriteLayout layout;
  std::vector<Field> data_fields, partition_fields;
  for (const Field& field : schema.fields()) {
    const bool partition =
        std::any_of(partitioning.fields.begin(), partitioning.fields.end(),
                    [&field](const PartitionField& each) { return same_name(each.column, field.name); });
    (partition ? partition_fields : data_fields).push_back(field);
  }
  std::vector<Field> stored = data_fields;
  if (rules.partition_columns_in_files) stored.insert(stored.end(), partition_fields.begin(), partition_fields.end());
  if (rules.nested_ids) stored = with_nested_ids(stored);
  layout.file_schema = Schema(file_fields(stored));
  layout.matching = mode == ColumnMappingMode::Id ? ColumnMatching::ById : ColumnMatching::ByName;
  layout.field_ids = mode != ColumnMappingMode::None;
  layout.target_file_bytes = size_property(properties, "delta.targetFileSize", layout.target_file_bytes);
  layout.compression = compression(properties);

  const auto named = properties.find("delta.dataSkippingStatsColumns");
  if (named != properties.end()) {
    layout.statistics_columns = named_columns(Schema(data_fields), named->second);
  } else {
    const auto limit = number_property<std::int64_t>(properties, "delta.dataSkippingNumIndexedCols", 32);
    const auto count = limit < 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(limit);
    for (const Field& field : data_fields) collect_leaves(field, {}, count, layout.statistics_columns);
  }
  for (const ColumnPath& physical : rules.always_indexed) {
    const auto path = logical_path(data_fields, physical);
    auto& indexed = layout.statistics_columns;
    if (path && std::find(indexed.begin(), indexed.end(), *path) == indexed.end()) indexed.push_back(*path);
  }
  return layout;
}

}  // namespace lakelet::delta
