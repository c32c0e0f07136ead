// Rows one by one, from an Arrow stream.
#include "lakelet/rows.h"

#include "engine/arrow_batches.h"
#include "lakelet/error.h"
#include "operations/arrow_cell.h"
#include "operations/rows_stream.h"

namespace lakelet {

using operations::BatchView;
using operations::CellReader;

namespace {

// A stream with what has to live as long as it does.
struct KeptStream {
  std::shared_ptr<void> kept;  // destroyed after the stream
  OwnedArrowStream stream;
};

KeptStream& kept(ArrowArrayStream* stream) {
  return *static_cast<KeptStream*>(stream->private_data);
}

void release_kept(ArrowArrayStream* self) {
  delete &kept(self);
  self->release = nullptr;
}

OwnedArrowStream keep_with(OwnedArrowStream stream, std::shared_ptr<void> keep_alive) {
  if (!keep_alive) return stream;
  ArrowArrayStream outer;
  outer.private_data = new KeptStream{std::move(keep_alive), std::move(stream)};
  outer.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
    ArrowArrayStream* inner = kept(self).stream.get();
    return inner->get_schema(inner, out);
  };
  outer.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
    ArrowArrayStream* inner = kept(self).stream.get();
    return inner->get_next(inner, out);
  };
  outer.get_last_error = [](ArrowArrayStream* self) {
    ArrowArrayStream* inner = kept(self).stream.get();
    return inner->get_last_error(inner);
  };
  outer.release = &release_kept;
  return OwnedArrowStream(&outer);
}

}  // namespace

OwnedArrowArray operations::next_batch(ArrowArrayStream& stream) {
  return engine::next_batch(stream.release == &release_kept ? *kept(&stream).stream.get() : stream);
}

struct Rows::Impl {
  std::shared_ptr<void> keep_alive;  // outlives the stream
  Schema schema;
  OwnedArrowStream stream;
  // Made with the first row that is asked for.
  std::unique_ptr<BatchView> view;
  std::vector<CellReader> cells;
  OwnedArrowArray batch;
  std::int64_t row = -1;

  void start() {
    const OwnedArrowSchema arrow = engine::stream_schema(*stream.get());
    view = std::make_unique<BatchView>(*arrow.get());
    for (std::size_t i = 0; i < schema.size(); ++i) cells.emplace_back(schema[i].type, *arrow->children[i]);
  }
  std::int64_t at() const { return view->row_in_column(row); }
};

Rows::Rows(Schema schema, OwnedArrowStream stream, std::shared_ptr<void> keep_alive) : impl_(std::make_unique<Impl>()) {
  impl_->schema = std::move(schema);
  impl_->stream = std::move(stream);
  impl_->keep_alive = std::move(keep_alive);
}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

const Schema& Rows::schema() const {
  return impl_->schema;
}

OwnedArrowStream Rows::into_stream() && {
  return keep_with(std::move(impl_->stream), std::move(impl_->keep_alive));
}

OwnedArrowArray Rows::next_batch() {
  if (!impl_->stream) return {};
  OwnedArrowArray batch = operations::next_batch(*impl_->stream.get());
  if (!batch) {
    impl_->stream.reset();
    impl_->keep_alive.reset();
  }
  return batch;
}

bool Rows::next() {
  if (!impl_->stream) return false;
  if (!impl_->view) impl_->start();
  if (impl_->batch && ++impl_->row < impl_->batch->length) return true;
  do {
    impl_->batch = engine::next_batch(*impl_->stream.get());
    if (!impl_->batch) {
      impl_->stream.reset();
      impl_->keep_alive.reset();
      return false;
    }
  } while (impl_->batch->length == 0);
  impl_->view->set(*impl_->batch.get());
  impl_->row = 0;
  return true;
}

Value Rows::value(std::size_t column) const {
  return impl_->cells.at(column).value(impl_->view->column(column), impl_->at());
}

bool Rows::is_null(std::size_t column) const {
  return ArrowArrayViewIsNull(&impl_->view->column(column), impl_->at()) != 0;
}

std::string Rows::text(std::size_t column) const {
  const Value cell = value(column);
  const Type& type = impl_->schema[column].type;
  if (cell.is_null()) return "NULL";
  const bool json = type.nested() || type.kind() == TypeKind::Variant;
  return json ? cell.bytes() : to_text(cell, type);
}

std::string Rows::json(std::size_t column) const {
  JsonWriter json;
  impl_->cells.at(column).write_json(json, impl_->view->column(column), impl_->at());
  return json.take();
}

}  // namespace lakelet
