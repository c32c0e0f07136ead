#include "formats/delta/checkpoint/arrow_rows.h"

#include <fmt/format.h>

#include <cerrno>

#include "lakelet/error.h"

namespace lakelet::delta {

ArrowRows::ArrowRows(OwnedArrowStream stream, std::string file) : stream_(std::move(stream)), file_(std::move(file)) {
  ArrowArrayViewInitFromType(&view_, NANOARROW_TYPE_UNINITIALIZED);
  if (const int code = stream_->get_schema(stream_.get(), schema_.get())) {
    const char* why = stream_->get_last_error(stream_.get());
    fail(why ? why : "no schema", code);
  }
  ArrowError error;
  if (ArrowArrayViewInitFromSchema(&view_, schema_.get(), &error) != NANOARROW_OK) fail(error.message);
}

ArrowRows::~ArrowRows() {
  ArrowArrayViewReset(&view_);
}

void ArrowRows::fail(std::string_view what, int code) const {
  const ErrorCode kind = code == ENOMEM      ? ErrorCode::Exhausted
                         : code == ECANCELED ? ErrorCode::Cancelled
                         : code == ENOENT    ? ErrorCode::NotFound
                         : code == EACCES    ? ErrorCode::Permission
                         : code == EAGAIN    ? ErrorCode::Unavailable
                                             : ErrorCode::CorruptTable;
  throw Error(kind, fmt::format("{} can't be read: {}", file_, what));
}

bool ArrowRows::next() {
  batch_.reset();
  if (const int code = stream_->get_next(stream_.get(), batch_.get())) {
    const char* why = stream_->get_last_error(stream_.get());
    fail(why ? why : "reading failed", code);
  }
  if (!batch_) return false;
  ArrowError error;
  if (ArrowArrayViewSetArray(&view_, batch_.get(), &error) != NANOARROW_OK) fail(error.message);
  size_ = batch_->length;
  return true;
}

namespace {

// As ArrowArrayViewIsNull, for types that have a validity bitmap or none.
bool null_at(const ArrowArrayView& view, std::int64_t row) {
  const std::uint8_t* valid = view.buffer_views[0].data.as_uint8;
  const std::int64_t at = view.offset + row;
  return valid && !((valid[at / 8] >> (at % 8)) & 1);
}

}  // namespace

bool ArrowRows::is_null(std::size_t index, std::int64_t row) const {
  return ArrowArrayViewIsNull(&column(index), row);
}

std::optional<std::string_view> ArrowRows::text_of(const ArrowArrayView& view, std::int64_t row) {
  if (view.storage_type == NANOARROW_TYPE_STRING) {
    if (null_at(view, row)) return std::nullopt;
    const std::int32_t* ends = view.buffer_views[1].data.as_int32 + view.offset + row;
    return std::string_view(view.buffer_views[2].data.as_char + ends[0], static_cast<std::size_t>(ends[1] - ends[0]));
  }
  if (ArrowArrayViewIsNull(&view, row)) return std::nullopt;
  switch (view.storage_type) {
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW:
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY: {
      const ArrowStringView text = ArrowArrayViewGetStringUnsafe(&view, row);
      return std::string_view(text.data, text.size_bytes);
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::string_view> ArrowRows::text(std::size_t index, std::int64_t row) const {
  return text_of(column(index), row);
}

std::optional<std::int64_t> ArrowRows::integer(std::size_t index, std::int64_t row) const {
  const ArrowArrayView& view = column(index);
  if (view.storage_type == NANOARROW_TYPE_INT64) {
    if (null_at(view, row)) return std::nullopt;
    return view.buffer_views[1].data.as_int64[view.offset + row];
  }
  if (is_null(index, row)) return std::nullopt;
  return ArrowArrayViewGetIntUnsafe(&column(index), row);
}

std::optional<bool> ArrowRows::boolean(std::size_t index, std::int64_t row) const {
  if (is_null(index, row)) return std::nullopt;
  return ArrowArrayViewGetIntUnsafe(&column(index), row) != 0;
}

}  // namespace lakelet::delta
