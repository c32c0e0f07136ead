#include "engine/arrow_stream.h"

#include <cerrno>
#include <duckdb/common/arrow/arrow_appender.hpp>
#include <duckdb/common/arrow/arrow_converter.hpp>
#include <duckdb/function/table/arrow/arrow_duck_schema.hpp>
#include <optional>
#include <utility>

#include "engine/engine_error.h"
#include "engine/result_cast.h"
#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

int errno_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::Exhausted:
      return ENOMEM;
    case ErrorCode::Cancelled:
      return ECANCELED;
    case ErrorCode::NotFound:
      return ENOENT;
    case ErrorCode::Permission:
      return EACCES;
    case ErrorCode::Unavailable:
      return EAGAIN;
    default:
      return EIO;
  }
}

// The private data of a stream over a query's result.
class ResultStream {
 public:
  ResultStream(duckdb::unique_ptr<duckdb::QueryResult> result, std::shared_ptr<void> keep_alive,
               std::function<void()> finished, std::uint64_t batch_rows, std::function<void(std::int64_t)> given)
      : batch_rows_(batch_rows),
        given_(std::move(given)),
        keep_alive_(std::move(keep_alive)),
        result_(std::move(result)),
        finished_(std::move(finished)) {
    for (const auto& type : result_->types) {
      types_.push_back(result_type(type));
      casts_ = casts_ || types_.back() != type;
    }
    extensions_ = duckdb::ArrowTypeExtensionData::GetExtensionTypes(*result_->client_properties.client_context, types_);
  }
  ~ResultStream() { end(); }

  static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    return self(stream).guarded([&](ResultStream& me) {
      auto properties = me.properties();
      duckdb::ArrowConverter::ToArrowSchema(out, me.types_, me.result_->names, properties);
    });
  }
  static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    out->release = nullptr;
    return self(stream).guarded([&](ResultStream& me) { me.next(out); });
  }
  static const char* last_error(ArrowArrayStream* stream) {
    const auto& error = self(stream).error_;
    return error ? error->what() : nullptr;
  }
  static void release(ArrowArrayStream* stream) {
    delete &self(stream);
    stream->release = nullptr;
  }
  static ResultStream& self(const ArrowArrayStream* stream) {
    return *static_cast<ResultStream*>(stream->private_data);
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  template <typename Work>
  int guarded(Work&& work) {
    if (error_) return errno_of(error_->code());
    try {
      work(*this);
      return 0;
    } catch (...) {
      error_ = to_error(std::current_exception());
      end();
      return errno_of(error_->code());
    }
  }

  duckdb::ClientProperties properties() const {
    auto properties = result_->client_properties;
    properties.time_zone = "UTC";
    return properties;
  }

  void next(ArrowArray* out) {
    if (ended_) return;
    duckdb::ArrowAppender appender(types_, batch_rows_, properties(), extensions_);
    while (appender.RowCount() + STANDARD_VECTOR_SIZE <= batch_rows_) {
      auto chunk = fetch();
      if (!chunk) {
        end();
        break;
      }
      appender.Append(*chunk, 0, chunk->size(), chunk->size());
    }
    rows_ += static_cast<std::int64_t>(appender.RowCount());
    if (appender.RowCount() > 0) *out = appender.Finalize();
    if (given_ && !ended_) given_(rows_);
  }

  // The next chunk with rows, in the types of the stream; null at the end.
  duckdb::unique_ptr<duckdb::DataChunk> fetch() {
    duckdb::unique_ptr<duckdb::DataChunk> chunk;
    duckdb::ErrorData error;
    if (!result_->TryFetch(chunk, error)) throw to_error(error.HasError() ? error : result_->GetErrorObject());
    if (!chunk || chunk->size() == 0) return nullptr;
    if (!casts_) return chunk;
    auto cast = duckdb::make_uniq<duckdb::DataChunk>();
    auto& context = *result_->client_properties.client_context;
    cast->Initialize(context, types_, chunk->size());
    for (duckdb::idx_t i = 0; i < types_.size(); ++i) {
      cast_to_result(context, chunk->data[i], cast->data[i], chunk->size());
    }
    cast->SetCardinality(chunk->size());
    return cast;
  }

  void end() {
    ended_ = true;
    if (finished_) std::exchange(finished_, nullptr)();
  }

  const duckdb::idx_t batch_rows_;
  const std::function<void(std::int64_t)> given_;
  std::int64_t rows_ = 0;
  std::shared_ptr<void> keep_alive_;
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  std::function<void()> finished_;
  duckdb::vector<duckdb::LogicalType> types_;
  duckdb::unordered_map<duckdb::idx_t, const duckdb::shared_ptr<duckdb::ArrowTypeExtensionData>> extensions_;
  bool casts_ = false;
  bool ended_ = false;
  std::optional<Error> error_;
};

[[noreturn]] void throw_stream_error(ArrowArrayStream& stream, int code) {
  if (const Error* error = stream_error(stream)) throw *error;
  const char* text = stream.get_last_error ? stream.get_last_error(&stream) : nullptr;
  const ErrorCode kind = code == ENOMEM      ? ErrorCode::Exhausted
                         : code == ECANCELED ? ErrorCode::Cancelled
                                             : ErrorCode::InvalidArgument;
  throw Error(kind, text ? std::string("the rows' source failed: ") + text : "the rows' source failed");
}

}  // namespace

OwnedArrowStream to_arrow_stream(duckdb::unique_ptr<duckdb::QueryResult> result, std::shared_ptr<void> keep_alive,
                                 std::function<void()> finished, std::uint64_t batch_rows,
                                 std::function<void(std::int64_t)> given) {
  if (result->HasError()) {
    const Error error = to_error(result->GetErrorObject());
    if (finished) finished();
    throw error;
  }
  ArrowArrayStream stream;
  stream.get_schema = ResultStream::get_schema;
  stream.get_next = ResultStream::get_next;
  stream.get_last_error = ResultStream::last_error;
  stream.release = ResultStream::release;
  stream.private_data =
      new ResultStream(std::move(result), std::move(keep_alive), std::move(finished), batch_rows, std::move(given));
  return OwnedArrowStream(&stream);
}

const Error* stream_error(const ArrowArrayStream& stream) {
  if (stream.release != ResultStream::release) return nullptr;
  const auto& error = ResultStream::self(&stream).error();
  return error ? &*error : nullptr;
}

OwnedArrowArray next_batch(ArrowArrayStream& stream) {
  OwnedArrowArray batch;
  if (const int code = stream.get_next(&stream, batch.get())) throw_stream_error(stream, code);
  return batch;
}

OwnedArrowSchema stream_schema(ArrowArrayStream& stream) {
  OwnedArrowSchema schema;
  if (const int code = stream.get_schema(&stream, schema.get())) throw_stream_error(stream, code);
  return schema;
}

}  // namespace lakelet::engine
