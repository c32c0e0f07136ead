#include "formats/delta/statistics/parsed_statistics.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/json_writer.h"
#include "base/time.h"
#include "formats/delta/statistics/statistics_bound.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// Microseconds of a timestamp of any unit, cut towards the past.
std::int64_t to_micros(std::int64_t value, ArrowTimeUnit unit) {
  switch (unit) {
    case NANOARROW_TIME_UNIT_SECOND:
      return micros_of_seconds(value);
    case NANOARROW_TIME_UNIT_MILLI:
      return micros_of_millis(value);
    case NANOARROW_TIME_UNIT_NANO:
      return value / 1'000 - (value % 1'000 < 0);
    default:
      return value;
  }
}

std::string decimal_text(const ArrowSchemaView& type, const ArrowArrayView& view, std::int64_t row) {
  ArrowDecimal decimal;
  ArrowDecimalInit(&decimal, type.decimal_bitwidth, type.decimal_precision, type.decimal_scale);
  ArrowArrayViewGetDecimalUnsafe(&view, row, &decimal);
  ArrowBuffer buffer;
  ArrowBufferInit(&buffer);
  std::string text;
  if (ArrowDecimalAppendStringToBuffer(&decimal, &buffer) == NANOARROW_OK) {
    text.assign(reinterpret_cast<const char*>(buffer.data), buffer.size_bytes);
  }
  ArrowBufferReset(&buffer);
  return text;
}

std::string timestamp_text(std::int64_t value, const ArrowSchemaView& type) {
  std::string text = format_iso8601(to_micros(value, type.time_unit), 6);
  const bool zoned = type.timezone && *type.timezone;
  if (!zoned && text.ends_with('Z')) text.pop_back();
  return text;
}

}  // namespace

// A struct or a leaf with how to write it, resolved once.
struct ParsedStatisticsText::Column {
  std::string name;
  ArrowSchemaView type;
  const ArrowArrayView* view = nullptr;
  std::vector<Column> children;

  static Column resolve(const ArrowSchema& schema, const ArrowArrayView& view);
  bool has_value(std::int64_t row) const;
  void write(std::int64_t row, JsonWriter& json) const;
};

ParsedStatisticsText::Column ParsedStatisticsText::Column::resolve(const ArrowSchema& schema,
                                                                   const ArrowArrayView& view) {
  Column column;
  column.name = schema.name ? schema.name : "";
  column.view = &view;
  if (ArrowSchemaViewInit(&column.type, &schema, nullptr) != NANOARROW_OK) column.type.type = NANOARROW_TYPE_NA;
  if (column.type.type == NANOARROW_TYPE_STRUCT) {
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
      column.children.push_back(resolve(*schema.children[i], *view.children[i]));
    }
  }
  return column;
}

// Whether anything below the cell isn't null: what is, is left out, as in
// `stats`.
bool ParsedStatisticsText::Column::has_value(std::int64_t row) const {
  if (ArrowArrayViewIsNull(view, row)) return false;
  if (type.type != NANOARROW_TYPE_STRUCT) return true;
  for (const Column& child : children) {
    if (child.has_value(row)) return true;
  }
  return false;
}

void ParsedStatisticsText::Column::write(std::int64_t row, JsonWriter& json) const {
  switch (type.type) {
    case NANOARROW_TYPE_STRUCT:
      json.begin_object();
      for (const Column& child : children) {
        if (!child.has_value(row)) continue;
        json.key(child.name);
        child.write(row, json);
      }
      json.end_object();
      return;
    case NANOARROW_TYPE_BOOL:
      json.boolean(ArrowArrayViewGetIntUnsafe(view, row) != 0);
      return;
    case NANOARROW_TYPE_INT8:
    case NANOARROW_TYPE_INT16:
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_INT64:
      json.integer(ArrowArrayViewGetIntUnsafe(view, row));
      return;
    case NANOARROW_TYPE_FLOAT:
      json.number(static_cast<float>(ArrowArrayViewGetDoubleUnsafe(view, row)));
      return;
    case NANOARROW_TYPE_DOUBLE:
      json.number(ArrowArrayViewGetDoubleUnsafe(view, row));
      return;
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW: {
      const ArrowStringView text = ArrowArrayViewGetStringUnsafe(view, row);
      json.string(std::string_view(text.data, text.size_bytes));
      return;
    }
    case NANOARROW_TYPE_DATE32:
      json.string(format_date(ArrowArrayViewGetIntUnsafe(view, row)));
      return;
    case NANOARROW_TYPE_TIMESTAMP:
      json.string(timestamp_text(ArrowArrayViewGetIntUnsafe(view, row), type));
      return;
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128:
      json.raw(decimal_text(type, *view, row));
      return;
    default:
      json.null();
  }
}

ParsedStatisticsText::ParsedStatisticsText() : column_(std::make_unique<Column>()) {}
ParsedStatisticsText::~ParsedStatisticsText() = default;

void ParsedStatisticsText::bind(const ArrowSchema& schema, const ArrowArrayView& view) {
  *column_ = Column::resolve(schema, view);
}

std::string ParsedStatisticsText::text(std::int64_t row) const {
  if (column_->type.type != NANOARROW_TYPE_STRUCT || !column_->has_value(row)) return {};
  try {
    JsonWriter json;
    column_->write(row, json);
    return json.take();
  } catch (const Error& error) {
    // A name or a bound that isn't UTF-8: statistics only decorate.
    if (error.code() != ErrorCode::InvalidArgument) throw;
    return {};
  }
}

namespace {

// A name in a dotted path: quoted where it has a dot itself.
std::string quoted(const std::string& name) {
  if (name.find_first_of(".`") == std::string::npos) return name;
  std::string out = "`";
  for (const char c : name) {
    out += c;
    if (c == '`') out += c;
  }
  return out + '`';
}

std::string name_below(const char* group, const ColumnPath& path) {
  std::string name = fmt::format("add.stats_parsed.{}", group);
  for (const std::string& part : path) name += '.' + quoted(part);
  return name;
}

// Each value as JSON has it and read_bound() takes it, but for the common
// types, which need no detour.
std::optional<Value> read_cell(const ArrowArrayView& view, const ArrowSchemaView& arrow, std::int64_t row,
                               const StatisticsReader::Column& column, Bound bound) {
  if (ArrowArrayViewIsNull(&view, row)) return std::nullopt;
  const Type& type = column.type;
  const auto from_text = [&](std::string_view text, bool quoted_text) {
    return read_bound(text, quoted_text, type, bound, column.widened);
  };
  switch (arrow.type) {
    case NANOARROW_TYPE_BOOL:
      if (type.kind() != TypeKind::Boolean) return std::nullopt;
      return Value(ArrowArrayViewGetIntUnsafe(&view, row) != 0);
    case NANOARROW_TYPE_INT8:
    case NANOARROW_TYPE_INT16:
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_INT64: {
      const std::int64_t value = ArrowArrayViewGetIntUnsafe(&view, row);
      if (type.integral()) return Value(value);
      return from_text(std::to_string(value), false);
    }
    case NANOARROW_TYPE_FLOAT:
      return from_text(fmt::format("{}", static_cast<float>(ArrowArrayViewGetDoubleUnsafe(&view, row))), false);
    case NANOARROW_TYPE_DOUBLE: {
      const double value = ArrowArrayViewGetDoubleUnsafe(&view, row);
      if (std::isnan(value)) return std::nullopt;  // the order of NaN differs between writers
      if (type.kind() == TypeKind::Double && !column.widened) return Value(value);
      return from_text(fmt::format("{}", value), false);
    }
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW: {
      const ArrowStringView text = ArrowArrayViewGetStringUnsafe(&view, row);
      return from_text(std::string_view(text.data, text.size_bytes), true);
    }
    case NANOARROW_TYPE_DATE32: {
      const std::int64_t days = ArrowArrayViewGetIntUnsafe(&view, row);
      if (type.kind() == TypeKind::Date) return Value(days);
      return from_text(format_date(days), true);
    }
    case NANOARROW_TYPE_TIMESTAMP: {
      const std::int64_t value = ArrowArrayViewGetIntUnsafe(&view, row);
      const bool zoned = arrow.timezone && *arrow.timezone;
      if (type.kind() == TypeKind::Timestamp || (type.kind() == TypeKind::TimestampTz && zoned)) {
        return widened_timestamp(to_micros(value, arrow.time_unit), bound);
      }
      return from_text(timestamp_text(value, arrow), true);
    }
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128:
      return from_text(decimal_text(arrow, view, row), false);
    default:
      return std::nullopt;
  }
}

constexpr std::size_t kRows = 0, kTight = 1, kFirstColumn = 2, kCellsOfColumn = 3;

}  // namespace

ParsedStatistics::ParsedStatistics(std::vector<StatisticsReader::Column> columns) : columns_(std::move(columns)) {}

std::vector<std::string> ParsedStatistics::names() const {
  std::vector<std::string> names = {"add.stats_parsed.numRecords", "add.stats_parsed.tightBounds"};
  for (const StatisticsReader::Column& column : columns_) {
    names.push_back(name_below("minValues", column.physical));
    names.push_back(name_below("maxValues", column.physical));
    names.push_back(name_below("nullCount", column.physical));
  }
  return names;
}

void ParsedStatistics::bind(const ArrowRows& rows, std::size_t first) {
  cells_.resize(kFirstColumn + columns_.size() * kCellsOfColumn);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    Cell& cell = cells_[i];
    const bool known = ArrowSchemaViewInit(&cell.type, &rows.column_schema(first + i), nullptr) == NANOARROW_OK;
    cell.view = known && cell.type.type != NANOARROW_TYPE_NA ? &rows.column(first + i) : nullptr;
  }
}

bool ParsedStatistics::any(std::int64_t rows) const {
  for (const Cell& cell : cells_) {
    for (std::int64_t row = 0; cell.view && row < rows; ++row) {
      if (!ArrowArrayViewIsNull(cell.view, row)) return true;
    }
  }
  return false;
}

FileStatistics ParsedStatistics::read(std::int64_t row) const {
  const auto integer = [&](const Cell& cell) -> std::optional<std::int64_t> {
    if (!cell.view || cell.type.type == NANOARROW_TYPE_STRUCT || ArrowArrayViewIsNull(cell.view, row))
      return std::nullopt;
    const std::int64_t value = ArrowArrayViewGetIntUnsafe(cell.view, row);
    return value < 0 ? std::nullopt : std::optional(value);
  };
  FileStatistics result;
  result.rows = integer(cells_[kRows]);
  result.columns.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Cell* cells = &cells_[kFirstColumn + i * kCellsOfColumn];
    ColumnStatistics& known = result.columns[i];
    if (cells[0].view && has_bounds(columns_[i].type))
      known.min = read_cell(*cells[0].view, cells[0].type, row, columns_[i], Bound::Min);
    if (cells[1].view && has_bounds(columns_[i].type))
      known.max = read_cell(*cells[1].view, cells[1].type, row, columns_[i], Bound::Max);
    known.null_count = integer(cells[2]);
  }
  finish_statistics(columns_, integer(cells_[kTight]).value_or(1) != 0, result);
  return result;
}

}  // namespace lakelet::delta
