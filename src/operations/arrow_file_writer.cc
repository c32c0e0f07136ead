#include "operations/arrow_file_writer.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow_ipc.h>

#include <cerrno>
#include <exception>
#include <memory>

#include "engine/arrow_batches.h"
#include "lakelet/error.h"
#include "operations/arrow_cell.h"
#include "operations/rows_stream.h"

namespace lakelet::operations {
namespace {

struct Output {
  std::unique_ptr<ObjectWriter> object;
  std::exception_ptr failure;  // carried over nanoarrow's C frames
};

ArrowErrorCode write_output(ArrowIpcOutputStream* stream, const void* bytes, std::int64_t size, std::int64_t* written,
                            ArrowError*) {
  auto& output = *static_cast<Output*>(stream->private_data);
  try {
    output.object->append({static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size)});
    *written = size;
    return NANOARROW_OK;
  } catch (...) {
    output.failure = std::current_exception();
    return EIO;
  }
}

class FileWriter {
 public:
  explicit FileWriter(Output& output) : output_(output) {
    ArrowIpcOutputStream stream;
    stream.private_data = &output;
    stream.write = &write_output;
    stream.release = [](ArrowIpcOutputStream* self) { self->release = nullptr; };
    check(ArrowIpcWriterInit(&writer_, &stream));
  }
  ~FileWriter() { ArrowIpcWriterReset(&writer_); }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void start(const ArrowSchema& schema) {
    check(ArrowIpcWriterStartFile(&writer_, &error_));
    check(ArrowIpcWriterWriteSchema(&writer_, &schema, &error_));
  }
  void write(const ArrowArrayView& batch) { check(ArrowIpcWriterWriteArrayView(&writer_, &batch, &error_)); }
  void finish() {
    check(ArrowIpcWriterWriteArrayView(&writer_, nullptr, &error_));  // the end of the stream
    check(ArrowIpcWriterFinalizeFile(&writer_, &error_));
  }

 private:
  void check(ArrowErrorCode code) {
    if (code == NANOARROW_OK) return;
    if (output_.failure) std::rethrow_exception(output_.failure);
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("these rows can't be written as Arrow IPC: {}", error_.message));
  }

  Output& output_;
  ArrowIpcWriter writer_{};
  ArrowError error_{};
};

}  // namespace

std::uint64_t write_arrow_file(Rows rows, const Location& location) {
  OwnedArrowStream stream = std::move(rows).into_stream();
  const OwnedArrowSchema schema = engine::stream_schema(*stream.get());
  BatchView view(*schema.get());
  Output output{location.store->create(location.path), nullptr};
  FileWriter writer(output);
  writer.start(*schema.get());
  while (const OwnedArrowArray batch = next_batch(*stream.get())) {
    view.set(*batch.get());
    writer.write(view.whole());
  }
  writer.finish();
  const std::uint64_t bytes = output.object->written();
  output.object->finish();
  return bytes;
}

}  // namespace lakelet::operations
