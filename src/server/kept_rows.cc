#include "server/kept_rows.h"

#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <cerrno>

#include "lakelet/error.h"

namespace lakelet::server {
namespace {

std::uint64_t view_bytes(const ArrowArrayView& view) {
  std::uint64_t bytes = 0;
  for (int i = 0; i < NANOARROW_MAX_FIXED_BUFFERS; ++i) {
    bytes += static_cast<std::uint64_t>(std::max<std::int64_t>(view.buffer_views[i].size_bytes, 0));
  }
  for (std::int64_t i = 0; i < view.n_children; ++i) bytes += view_bytes(*view.children[i]);
  return bytes;
}

// What a batch holds in memory. One that can't be measured counts by its rows.
std::uint64_t batch_bytes(const ArrowSchema& schema, const ArrowArray& batch) {
  ArrowArrayView view;
  std::uint64_t bytes = static_cast<std::uint64_t>(batch.length) * 64;
  if (ArrowArrayViewInitFromSchema(&view, &schema, nullptr) == NANOARROW_OK &&
      ArrowArrayViewSetArray(&view, &batch, nullptr) == NANOARROW_OK) {
    bytes = view_bytes(view);
  }
  ArrowArrayViewReset(&view);
  return bytes;
}

}  // namespace

// A reader's way through the batches.
struct KeptRows::Stream {
  std::shared_ptr<const OwnedArrowSchema> schema;
  std::vector<Batch> batches;
  std::size_t next = 0;

  static Stream& of(ArrowArrayStream* stream) { return *static_cast<Stream*>(stream->private_data); }

  static int get_schema(ArrowArrayStream* self, ArrowSchema* out) {
    return ArrowSchemaDeepCopy(of(self).schema->get(), out);
  }

  // The caller's struct shares the children and buffers of ours, and its release gives the share back.
  static int get_next(ArrowArrayStream* self, ArrowArray* out) {
    Stream& stream = of(self);
    out->release = nullptr;
    if (stream.next == stream.batches.size()) return 0;
    const Batch& batch = stream.batches[stream.next++];
    *out = *batch->get();
    out->private_data = new Batch(batch);
    out->release = [](ArrowArray* array) {
      delete static_cast<Batch*>(array->private_data);
      array->release = nullptr;
    };
    return 0;
  }

  static OwnedArrowStream open(std::unique_ptr<Stream> stream) {
    ArrowArrayStream out;
    out.get_schema = &get_schema;
    out.get_next = &get_next;
    out.get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; };
    out.release = [](ArrowArrayStream* self) {
      delete &of(self);
      self->release = nullptr;
    };
    out.private_data = stream.release();
    return OwnedArrowStream(&out);
  }
};

KeptRows::KeptRows(Rows& rows) : schema_(rows.schema()) {
  OwnedArrowStream stream = std::move(rows).into_stream();
  auto arrow = std::make_shared<OwnedArrowSchema>();
  if (stream->get_schema(stream.get(), arrow->get()) != 0) {
    const char* why = stream->get_last_error(stream.get());
    throw Error(ErrorCode::Internal, why ? why : "the result has no schema");
  }
  arrow_ = std::move(arrow);
  rows = Rows(schema_, std::move(stream));
}

void KeptRows::add(OwnedArrowArray batch) {
  const std::int64_t rows = batch->length;
  const std::uint64_t bytes = batch_bytes(*arrow_->get(), *batch.get());
  auto shared = std::make_shared<const OwnedArrowArray>(std::move(batch));
  const std::lock_guard lock(mutex_);
  batches_.push_back(std::move(shared));
  starts_.push_back(size_);
  size_ += rows;
  bytes_ += bytes;
}

std::int64_t KeptRows::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

std::uint64_t KeptRows::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

Rows KeptRows::from(std::int64_t first) const {
  auto stream = std::make_unique<Stream>();
  stream->schema = arrow_;
  std::int64_t skip = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), first);
    if (after != starts_.begin() && first < size_) {
      const auto at = static_cast<std::size_t>(after - starts_.begin()) - 1;
      stream->batches.assign(batches_.begin() + static_cast<std::ptrdiff_t>(at), batches_.end());
      skip = first - starts_[at];
    }
  }
  Rows rows(schema_, Stream::open(std::move(stream)));
  while (skip-- > 0 && rows.next()) continue;
  return rows;
}

}  // namespace lakelet::server
