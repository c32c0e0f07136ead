#include "formats/delta/statistics/statistics_reader.h"

#include <simdjson.h>

#include "formats/delta/statistics/statistics_bound.h"
#include "table/column_path.h"

namespace lakelet::delta {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;
namespace ondemand = simdjson::ondemand;

// The columns asked for as a tree of names, to walk along with the JSON.
struct Node {
  std::string name;
  int column = -1;  // of a leaf
  std::vector<Node> children;

  Node* child(std::string_view wanted) {
    for (Node& each : children) {
      if (each.name == wanted) return &each;
    }
    return nullptr;
  }
};

StatisticsReader::Column as_column(const Field& field, ColumnPath physical) {
  return {std::move(physical), field.type, field.metadata.contains("delta.typeChanges")};
}

// The bounds of text that is padded when it is read are of other text.
bool has_bounds(const Field& field) {
  return !field.type.nested() && field.type.kind() != TypeKind::Null && field.padded_to == 0;
}

void collect(const std::vector<Field>& fields, const ColumnPath& logical, const ColumnPath& physical,
             std::vector<std::pair<ColumnPath, StatisticsReader::Column>>& out) {
  for (const Field& field : fields) {
    ColumnPath name = logical, file_name = physical;
    name.push_back(field.name);
    file_name.push_back(field.file_name());
    if (field.type.kind() == TypeKind::Struct) {
      collect(field.type.children(), name, file_name, out);
    } else if (has_bounds(field)) {
      out.emplace_back(std::move(name), as_column(field, std::move(file_name)));
    }
  }
}

}  // namespace

struct StatisticsReader::Impl {
  std::vector<Column> columns;
  Node root;
  ondemand::parser parser;
  std::string text;
  FileStatistics result;
  Bounds bounds = Bounds::Believable;

  void add(std::size_t column) {
    Node* node = &root;
    for (const std::string& name : columns[column].physical) {
      Node* next = node->child(name);
      if (!next) {
        node->children.push_back({name, -1, {}});
        next = &node->children.back();
      }
      node = next;
    }
    node->column = static_cast<int>(column);
  }

  // Visits the leaves that were asked for: visit(column, value).
  template <typename Visit>
  void walk(Node& node, ondemand::object json, const Visit& visit) {
    for (auto member : json) {
      const std::string_view name = member.unescaped_key();
      Node* child = node.child(name);
      if (!child) continue;
      ondemand::value value = member.value();
      if (child->column >= 0) {
        visit(static_cast<std::size_t>(child->column), value);
      } else if (value.type() == ondemand::json_type::object) {
        walk(*child, value.get_object(), visit);
      }
    }
  }

  void read_bounds(ondemand::value json, Bound bound) {
    walk(root, json.get_object(), [this, bound](std::size_t index, ondemand::value value) {
      const Column& column = columns[index];
      if (!has_bounds(column.type)) return;
      std::optional<Value> read;
      switch (value.type()) {
        case ondemand::json_type::string:
          read = bound_of(value.get_string(), true, column, bound);
          break;
        case ondemand::json_type::number:
        case ondemand::json_type::boolean: {
          std::string_view token = value.raw_json_token();
          while (!token.empty() &&
                 (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) {
            token.remove_suffix(1);
          }
          read = bound_of(token, false, column, bound);
          break;
        }
        default:
          break;
      }
      (bound == Bound::Min ? result.columns[index].min : result.columns[index].max) = std::move(read);
    });
  }

  std::optional<Value> bound_of(std::string_view token, bool quoted, const Column& column, Bound bound) const {
    if (bounds == Bounds::AsWritten) return read_bound_as_written(token, quoted, column.type);
    return read_bound(token, quoted, column.type, bound, column.widened);
  }

  static std::optional<std::int64_t> count_of(ondemand::value value) {
    const std::int64_t count = value.get_int64();
    return count < 0 ? std::nullopt : std::optional(count);
  }

  void read_document() {
    ondemand::document document = parser.iterate(text.data(), text.size(), text.capacity());
    for (auto member : document.get_object()) {
      const std::string_view name = member.unescaped_key();
      ondemand::value value = member.value();
      if (value.is_null()) continue;
      if (name == "numRecords") {
        result.rows = count_of(value);
      } else if (name == "tightBounds") {
        result.tight = value.get_bool();
      } else if (columns.empty()) {
        continue;
      } else if (name == "minValues") {
        read_bounds(value, Bound::Min);
      } else if (name == "maxValues") {
        read_bounds(value, Bound::Max);
      } else if (name == "nullCount") {
        walk(root, value.get_object(), [this](std::size_t index, ondemand::value count) {
          if (count.type() == ondemand::json_type::number) result.columns[index].null_count = count_of(count);
        });
      }
    }
  }
};

namespace {

// Whether writers take the bounds of such a column as they are. Others round
// them, cut them or go through a double.
bool taken_as_they_are(const StatisticsReader::Column& column, const ColumnStatistics& bounds) {
  constexpr int kExactDigits = 15;
  constexpr std::int64_t kFirstGregorianDay = -141427;  // 1582-10-15: older days may have been moved between calendars
  switch (column.type.kind()) {
    case TypeKind::Boolean:
    case TypeKind::Int8:
    case TypeKind::Int16:
    case TypeKind::Int32:
    case TypeKind::Int64:
      return true;
    case TypeKind::Decimal:
      return column.type.precision() <= kExactDigits;
    case TypeKind::Date:
      return !bounds.min || bounds.min->integer() >= kFirstGregorianDay;
    default:
      return false;
  }
}

}  // namespace

void finish_statistics(const std::vector<StatisticsReader::Column>& columns, bool tight, FileStatistics& statistics) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnStatistics& known = statistics.columns[i];
    const TypeKind kind = columns[i].type.kind();
    known.has_nan = kind == TypeKind::Float || kind == TypeKind::Double;  // no writer says
    known.exact = tight && taken_as_they_are(columns[i], known);
    // With wide bounds "the value carries no information" unless it is 0 or
    // all.
    if (!tight && known.null_count && *known.null_count != 0 && known.null_count != statistics.rows)
      known.null_count.reset();
  }
}

StatisticsReader::StatisticsReader(std::vector<Column> columns, Bounds bounds) : impl_(std::make_unique<Impl>()) {
  impl_->bounds = bounds;
  impl_->columns = std::move(columns);
  for (std::size_t i = 0; i < impl_->columns.size(); ++i) impl_->add(i);
}
StatisticsReader::~StatisticsReader() = default;

FileStatistics StatisticsReader::read(std::string_view json) {
  Impl& state = *impl_;
  state.result = FileStatistics{};
  state.result.columns.resize(state.columns.size());
  if (!json.empty()) {
    state.text.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    state.text.assign(json);
    try {
      state.read_document();
    } catch (const simdjson::simdjson_error&) {
      // What was read before the damage may be half of the truth: a maximum
      // without its minimum is fine, a file's statistics that end in the middle
      // are not to be trusted.
      state.result = FileStatistics{};
      state.result.columns.resize(state.columns.size());
    }
  }
  if (state.bounds == Bounds::Believable) {
    finish_statistics(state.columns, state.result.tight.value_or(true), state.result);
  }
  return std::move(state.result);
}

std::optional<StatisticsReader::Column> statistics_column(const Schema& schema, const ColumnPath& path) {
  ColumnPath physical;
  const std::vector<Field>* fields = &schema.fields();
  const Field* found = nullptr;
  for (const std::string& name : path) {
    if (found && found->type.kind() != TypeKind::Struct) return std::nullopt;
    found = nullptr;
    for (const Field& field : *fields) {
      if (same_name(field.name, name)) found = &field;
    }
    if (!found) return std::nullopt;
    physical.push_back(found->file_name());
    fields = &found->type.children();
  }
  if (!found || !has_bounds(*found)) return std::nullopt;
  return as_column(*found, std::move(physical));
}

std::vector<std::pair<ColumnPath, StatisticsReader::Column>> statistics_columns(const Schema& schema) {
  std::vector<std::pair<ColumnPath, StatisticsReader::Column>> result;
  collect(schema.fields(), {}, {}, result);
  return result;
}

}  // namespace lakelet::delta
