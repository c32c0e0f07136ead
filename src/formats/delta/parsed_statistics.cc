#include "formats/delta/parsed_statistics.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/time.h"
#include "formats/delta/arrow_rows.h"

namespace lakelet::delta {

namespace {

// Microseconds of a timestamp of any unit, cut towards the past.
std::int64_t to_micros(std::int64_t value, ArrowTimeUnit unit) {
  switch (unit) {
    case NANOARROW_TIME_UNIT_SECOND:
      return value * 1'000'000;
    case NANOARROW_TIME_UNIT_MILLI:
      return value * 1'000;
    case NANOARROW_TIME_UNIT_NANO:
      return value / 1'000 - (value % 1'000 < 0);
    default:
      return value;
  }
}

// A struct or a leaf with how to write it, resolved once.
struct Column {
  std::string name;
  ArrowSchemaView type;
  const ArrowArrayView* view = nullptr;
  std::vector<Column> children;
};

Column resolve(const ArrowSchema& schema, const ArrowArrayView& view) {
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

std::string decimal_text(const Column& column, std::int64_t row) {
  ArrowDecimal decimal;
  ArrowDecimalInit(&decimal, column.type.decimal_bitwidth, column.type.decimal_precision, column.type.decimal_scale);
  ArrowArrayViewGetDecimalUnsafe(column.view, row, &decimal);
  ArrowBuffer buffer;
  ArrowBufferInit(&buffer);
  std::string text;
  if (ArrowDecimalAppendStringToBuffer(&decimal, &buffer) == NANOARROW_OK) {
    text.assign(reinterpret_cast<const char*>(buffer.data), buffer.size_bytes);
  }
  ArrowBufferReset(&buffer);
  return text;
}

// Whether anything below the cell isn't null: what is, is left out, as in `stats`.
bool has_value(const Column& column, std::int64_t row) {
  if (ArrowArrayViewIsNull(column.view, row)) return false;
  if (column.type.type != NANOARROW_TYPE_STRUCT) return true;
  for (const Column& child : column.children) {
    if (has_value(child, row)) return true;
  }
  return false;
}

void write(const Column& column, std::int64_t row, JsonWriter& json) {
  switch (column.type.type) {
    case NANOARROW_TYPE_STRUCT:
      json.begin_object();
      for (const Column& child : column.children) {
        if (!has_value(child, row)) continue;
        json.key(child.name);
        write(child, row, json);
      }
      json.end_object();
      return;
    case NANOARROW_TYPE_BOOL:
      json.boolean(ArrowArrayViewGetIntUnsafe(column.view, row) != 0);
      return;
    case NANOARROW_TYPE_INT8:
    case NANOARROW_TYPE_INT16:
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_INT64:
      json.integer(ArrowArrayViewGetIntUnsafe(column.view, row));
      return;
    case NANOARROW_TYPE_FLOAT:
      json.number(static_cast<float>(ArrowArrayViewGetDoubleUnsafe(column.view, row)));
      return;
    case NANOARROW_TYPE_DOUBLE:
      json.number(ArrowArrayViewGetDoubleUnsafe(column.view, row));
      return;
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW: {
      const ArrowStringView text = ArrowArrayViewGetStringUnsafe(column.view, row);
      json.string(std::string_view(text.data, text.size_bytes));
      return;
    }
    case NANOARROW_TYPE_DATE32:
      json.string(format_date(ArrowArrayViewGetIntUnsafe(column.view, row)));
      return;
    case NANOARROW_TYPE_TIMESTAMP: {
      const std::int64_t us = to_micros(ArrowArrayViewGetIntUnsafe(column.view, row), column.type.time_unit);
      std::string text = format_iso8601(us, 6);
      const bool zoned = column.type.timezone && *column.type.timezone;
      if (!zoned && text.ends_with('Z')) text.pop_back();
      json.string(text);
      return;
    }
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128:
      json.raw(decimal_text(column, row));
      return;
    default:
      json.null();
  }
}

}  // namespace

std::vector<std::string> read_parsed_statistics(TabularIo& tabular, const std::string& uri) {
  TabularRead request;
  request.uris = {uri};
  request.columns = {"add.path", "add.stats_parsed"};
  request.any_not_null = {"add.path"};
  ArrowRows rows(tabular.read_parquet(request), uri);
  std::vector<std::string> result;
  while (rows.next()) {
    const Column column = resolve(rows.column_schema(1), rows.column(1));
    if (column.type.type != NANOARROW_TYPE_STRUCT) return {};
    for (std::int64_t row = 0; row < rows.size(); ++row) {
      JsonWriter json;
      if (has_value(column, row)) write(column, row, json);
      result.push_back(json.take());
    }
  }
  return result;
}

}  // namespace lakelet::delta
