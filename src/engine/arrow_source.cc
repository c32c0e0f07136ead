#include <atomic>
#include <duckdb/common/arrow/arrow_wrapper.hpp>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/main/relation.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

#include "engine/arrow_stream.h"
#include "engine/engine_error.h"

namespace lakelet::engine {

struct ArrowSource::Impl {
  OwnedArrowStream stream;
  std::function<OwnedArrowStream()> open;  // empty: `stream` is all there is
  std::atomic<bool> consumed = false;
};

namespace {

// DuckDB pulls from this stream, which pulls from the caller's: so that a failure keeps its Error.
int pull_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  auto& source = *static_cast<ArrowSource::Impl*>(stream->private_data);
  inside_engine([&] { stream_schema(*source.stream.get()).export_to(out); });
  return 0;
}

int pull_batch(ArrowArrayStream* stream, ArrowArray* out) {
  auto& source = *static_cast<ArrowSource::Impl*>(stream->private_data);
  inside_engine([&] { next_batch(*source.stream.get()).export_to(out); });
  return 0;
}

const char* no_error(ArrowArrayStream*) {
  return "";
}

void let_go(ArrowArrayStream* stream) {
  stream->release = nullptr;
}

void source_schema(ArrowArrayStream* factory, ArrowSchema& schema) {
  auto& source = *reinterpret_cast<ArrowSource::Impl*>(factory);
  inside_engine([&] {
    OwnedArrowStream opened = source.open ? source.open() : OwnedArrowStream();
    stream_schema(source.open ? *opened.get() : *source.stream.get()).export_to(&schema);
  });
}

// A reading of a source that opens its rows anew: it owns them.
struct Reading {
  OwnedArrowStream stream;
};

int read_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  inside_engine([&] { stream_schema(*static_cast<Reading*>(stream->private_data)->stream.get()).export_to(out); });
  return 0;
}

int read_batch(ArrowArrayStream* stream, ArrowArray* out) {
  inside_engine([&] { next_batch(*static_cast<Reading*>(stream->private_data)->stream.get()).export_to(out); });
  return 0;
}

void end_reading(ArrowArrayStream* stream) {
  delete static_cast<Reading*>(stream->private_data);
  stream->release = nullptr;
}

duckdb::unique_ptr<duckdb::ArrowArrayStreamWrapper> produce(uintptr_t factory, duckdb::ArrowStreamParameters&) {
  auto& source = *reinterpret_cast<ArrowSource::Impl*>(factory);
  if (source.open) {
    auto wrapper = duckdb::make_uniq<duckdb::ArrowArrayStreamWrapper>();
    inside_engine([&] {
      auto reading = std::make_unique<Reading>(Reading{source.open()});
      wrapper->arrow_array_stream = {read_schema, read_batch, no_error, end_reading, reading.release()};
    });
    return wrapper;
  }
  if (source.consumed.exchange(true)) {
    pass_through(Error(ErrorCode::InvalidArgument, "a stream of rows can be read only once",
                       "read it into a temporary table first"));
  }
  auto wrapper = duckdb::make_uniq<duckdb::ArrowArrayStreamWrapper>();
  wrapper->arrow_array_stream = {pull_schema, pull_batch, no_error, let_go, &source};
  return wrapper;
}

constexpr const char* kScanFunction = "arrow_scan_dumb";  // without projections, which a stream can't do

duckdb::vector<duckdb::Value> arguments(const ArrowSource::Impl& impl) {
  const auto pointer = [](auto* address) { return duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(address)); };
  return {pointer(&impl), pointer(&produce), pointer(&source_schema)};
}

}  // namespace

ArrowSource::ArrowSource(OwnedArrowStream stream) : impl_(std::make_unique<Impl>()) {
  impl_->stream = std::move(stream);
}

ArrowSource::ArrowSource(std::function<OwnedArrowStream()> open) : impl_(std::make_unique<Impl>()) {
  impl_->open = std::move(open);
}

ArrowSource::~ArrowSource() = default;

bool ArrowSource::consumed() const {
  return impl_->consumed;
}

duckdb::unique_ptr<duckdb::TableRef> ArrowSource::table_ref() const {
  duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> children;
  for (auto& value : arguments(*impl_)) children.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(value));
  auto ref = duckdb::make_uniq<duckdb::TableFunctionRef>();
  ref->function = duckdb::make_uniq<duckdb::FunctionExpression>(kScanFunction, std::move(children));
  return ref;
}

void ArrowSource::create_view(duckdb::Connection& connection, const std::string& name) const {
  on_engine([&] { connection.TableFunction(kScanFunction, arguments(*impl_))->CreateView(name, true, true); });
}

}  // namespace lakelet::engine
