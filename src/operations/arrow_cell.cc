#include "operations/arrow_cell.h"

#include <fmt/format.h>

#include "base/time.h"
#include "base/uuid.h"
#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

constexpr std::int64_t kNanosPerMicro = 1000;

std::int64_t per_second(ArrowTimeUnit unit) {
  switch (unit) {
    case NANOARROW_TIME_UNIT_SECOND:
      return 1;
    case NANOARROW_TIME_UNIT_MILLI:
      return 1'000;
    case NANOARROW_TIME_UNIT_MICRO:
      return 1'000'000;
    case NANOARROW_TIME_UNIT_NANO:
      return 1'000'000'000;
  }
  return 1;
}

bool timelike(TypeKind kind) {
  return kind == TypeKind::Time || kind == TypeKind::Timestamp || kind == TypeKind::TimestampTz ||
         kind == TypeKind::TimestampNs || kind == TypeKind::TimestampNsTz;
}

bool textlike(ArrowType type) {
  return type == NANOARROW_TYPE_STRING || type == NANOARROW_TYPE_LARGE_STRING || type == NANOARROW_TYPE_STRING_VIEW;
}

std::string bytes_of(const ArrowArrayView& array, std::int64_t row) {
  const ArrowBufferView bytes = ArrowArrayViewGetBytesUnsafe(&array, row);
  return {bytes.data.as_char, static_cast<std::size_t>(bytes.size_bytes)};
}

// The elements of a list or map cell: [first, last) in the child.
std::pair<std::int64_t, std::int64_t> list_range(const ArrowArrayView& array, std::int64_t row) {
  const std::int64_t at = row + array.offset;
  if (array.storage_type == NANOARROW_TYPE_FIXED_SIZE_LIST) {
    const std::int64_t length = array.layout.child_size_elements;
    return {at * length, (at + 1) * length};
  }
  return {ArrowArrayViewListChildOffset(&array, at), ArrowArrayViewListChildOffset(&array, at + 1)};
}

std::string iso_text(std::int64_t us, bool zoned) {
  std::string text = format_iso8601(us, us % kMicrosPerSecond == 0 ? 0 : 6);
  if (!zoned && !text.empty() && text.back() == 'Z') text.pop_back();
  return text;
}

}  // namespace

CellReader::CellReader(const Type& type, const ArrowSchema& storage) : type_(type) {
  ArrowSchemaView view;
  ArrowError error;
  if (ArrowSchemaViewInit(&view, &storage, &error) != NANOARROW_OK) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("Arrow type {}: {}", storage.format, error.message));
  }
  storage_ = view.type;
  precision_ = view.decimal_precision;
  scale_ = view.decimal_scale;
  bits_ = view.decimal_bitwidth;
  if (timelike(type.kind()) && !textlike(storage_)) {
    const bool nanos = type.kind() == TypeKind::TimestampNs || type.kind() == TypeKind::TimestampNsTz;
    const std::int64_t wanted = per_second(NANOARROW_TIME_UNIT_MICRO) * (nanos ? kNanosPerMicro : 1);
    const std::int64_t stored = per_second(view.time_unit);
    multiply_ = stored < wanted ? wanted / stored : 1;
    divide_ = stored > wanted ? stored / wanted : 1;
  }
  if (!type.nested() || textlike(storage_)) return;
  // A map is stored as a list of one struct "entries" with its two fields.
  const bool map = type.kind() == TypeKind::Map;
  const ArrowSchema& parent = map ? *storage.children[0] : storage;
  if (static_cast<std::size_t>(parent.n_children) != type.children().size()) {
    throw Error(ErrorCode::Internal, fmt::format("{} parts of type {} in Arrow", parent.n_children, to_string(type)));
  }
  for (std::size_t i = 0; i < type.children().size(); ++i) {
    children_.emplace_back(type.children()[i].type, *parent.children[i]);
  }
}

Value CellReader::decimal(const ArrowArrayView& array, std::int64_t row) const {
  ArrowDecimal stored;
  ArrowDecimalInit(&stored, bits_, precision_, scale_);
  ArrowArrayViewGetDecimalUnsafe(&array, row, &stored);
  if (bits_ <= 64) return Decimal{static_cast<__int128>(ArrowDecimalGetIntUnsafe(&stored))};
  const auto high = static_cast<unsigned __int128>(stored.words[stored.high_word_index]);
  return Decimal{static_cast<__int128>((high << 64) | stored.words[stored.low_word_index])};
}

Value CellReader::scalar(const ArrowArrayView& array, std::int64_t row) const {
  switch (type_.kind()) {
    case TypeKind::Null:
      return {};
    case TypeKind::Boolean:
      return ArrowArrayViewGetIntUnsafe(&array, row) != 0;
    case TypeKind::Float:
    case TypeKind::Double:
      return ArrowArrayViewGetDoubleUnsafe(&array, row);
    case TypeKind::Decimal:
      return decimal(array, row);
    case TypeKind::Uuid: {
      if (!textlike(storage_)) return bytes_of(array, row);
      const auto uuid = parse_uuid(bytes_of(array, row));
      return uuid ? Value(std::string(uuid->begin(), uuid->end())) : Value();
    }
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return ArrowArrayViewGetIntUnsafe(&array, row) * multiply_ / divide_;
    default:
      if (type_.integral()) return ArrowArrayViewGetIntUnsafe(&array, row);
      return bytes_of(array, row);
  }
}

Value CellReader::value(const ArrowArrayView& array, std::int64_t row) const {
  if (ArrowArrayViewIsNull(&array, row)) return {};
  if (array.dictionary != nullptr) return value(*array.dictionary, ArrowArrayViewGetIntUnsafe(&array, row));
  if (!type_.nested() || textlike(storage_)) return scalar(array, row);
  JsonWriter json;
  write_json(json, array, row);
  return json.take();
}

void CellReader::write_scalar(JsonWriter& json, const Value& value) const {
  switch (type_.kind()) {
    case TypeKind::Boolean:
      json.boolean(value.boolean());
      return;
    case TypeKind::Float:
      json.number(static_cast<float>(value.number()));
      return;
    case TypeKind::Double:
      json.number(value.number());
      return;
    case TypeKind::Decimal:
      json.raw(to_text(value, type_));
      return;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      json.string(iso_text(value.integer(), type_.kind() == TypeKind::TimestampTz));
      return;
    case TypeKind::UInt64:
      json.unsigned_integer(static_cast<std::uint64_t>(value.integer()));
      return;
    case TypeKind::Variant:
      json.raw(value.bytes());  // JSON text already
      return;
    default:
      if (type_.integral()) {
        json.integer(value.integer());
      } else if (type_.nested()) {
        json.raw(value.bytes());
      } else {
        json.string(to_text(value, type_));
      }
  }
}

void CellReader::write_map(JsonWriter& json, const ArrowArrayView& array, std::int64_t row) const {
  const ArrowArrayView& entries = *array.children[0];
  json.begin_object();
  const auto [first, last] = list_range(array, row);
  for (std::int64_t i = first; i < last; ++i) {
    const std::int64_t at = i + entries.offset;
    const Value key = children_[0].value(*entries.children[0], at);
    json.key(type_.children()[0].type.nested() ? key.bytes() : to_text(key, type_.children()[0].type));
    children_[1].write_json(json, *entries.children[1], at);
  }
  json.end_object();
}

void CellReader::write_json(JsonWriter& json, const ArrowArrayView& array, std::int64_t row) const {
  if (ArrowArrayViewIsNull(&array, row)) {
    json.null();
  } else if (array.dictionary != nullptr) {
    write_json(json, *array.dictionary, ArrowArrayViewGetIntUnsafe(&array, row));
  } else if (!type_.nested() || textlike(storage_)) {
    write_scalar(json, scalar(array, row));
  } else if (type_.kind() == TypeKind::Map) {
    write_map(json, array, row);
  } else if (type_.kind() == TypeKind::Struct) {
    json.begin_object();
    for (std::size_t i = 0; i < children_.size(); ++i) {
      json.key(type_.children()[i].name);
      children_[i].write_json(json, *array.children[i], row + array.offset);
    }
    json.end_object();
  } else {
    json.begin_array();
    const auto [first, last] = list_range(array, row);
    for (std::int64_t i = first; i < last; ++i) children_[0].write_json(json, *array.children[0], i);
    json.end_array();
  }
}

BatchView::BatchView(const ArrowSchema& schema) {
  ArrowError error;
  if (ArrowArrayViewInitFromSchema(&view_, &schema, &error) != NANOARROW_OK) {
    ArrowArrayViewReset(&view_);
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("rows of an Arrow layout that isn't known: {}", error.message));
  }
}

BatchView::~BatchView() {
  ArrowArrayViewReset(&view_);
}

void BatchView::set(const ArrowArray& batch) {
  ArrowError error;
  if (ArrowArrayViewSetArray(&view_, &batch, &error) != NANOARROW_OK) {
    throw Error(ErrorCode::Internal, fmt::format("a batch of rows contradicts its schema: {}", error.message));
  }
}

}  // namespace lakelet::operations
