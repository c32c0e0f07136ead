#include "operations/arrow_file.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow_ipc.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

// Arrow format, "IPC File Format": the magic, padded to 8 bytes, then a stream, then a footer that we don't need.
constexpr std::string_view kFileMagic = "ARROW1";
constexpr std::size_t kPaddedMagic = 8;

struct FileInput {
  std::FILE* file;
  std::string head;  // bytes that were read to find out which kind it is and that belong to the stream
};

ArrowErrorCode read_input(ArrowIpcInputStream* stream, std::uint8_t* out, std::int64_t wanted, std::int64_t* got,
                          ArrowError*) {
  auto& input = *static_cast<FileInput*>(stream->private_data);
  const std::size_t from_head = std::min<std::size_t>(input.head.size(), static_cast<std::size_t>(wanted));
  std::memcpy(out, input.head.data(), from_head);
  input.head.erase(0, from_head);
  const std::size_t rest = static_cast<std::size_t>(wanted) - from_head;
  const std::size_t read = rest == 0 ? 0 : std::fread(out + from_head, 1, rest, input.file);
  *got = static_cast<std::int64_t>(from_head + read);
  return std::ferror(input.file) != 0 ? EIO : NANOARROW_OK;
}

void release_input(ArrowIpcInputStream* stream) {
  auto* input = static_cast<FileInput*>(stream->private_data);
  std::fclose(input->file);
  delete input;
  stream->release = nullptr;
}

}  // namespace

OwnedArrowStream open_arrow_file(const std::string& path, const std::string& shown) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (!file) {
    const ErrorCode code = errno == EACCES ? ErrorCode::Permission : ErrorCode::NotFound;
    throw Error(code, fmt::format("{}: {}", shown, std::strerror(errno)));
  }
  auto input = std::make_unique<FileInput>(FileInput{file, std::string(kPaddedMagic, '\0')});
  input->head.resize(std::fread(input->head.data(), 1, kPaddedMagic, file));
  if (input->head.starts_with(kFileMagic)) input->head.clear();

  ArrowIpcInputStream bytes;
  bytes.read = &read_input;
  bytes.release = &release_input;
  bytes.private_data = input.release();
  OwnedArrowStream stream;
  OwnedArrowSchema schema;
  if (ArrowIpcArrayStreamReaderInit(stream.get(), &bytes, nullptr) != NANOARROW_OK) {
    bytes.release(&bytes);
    throw Error(ErrorCode::Exhausted, fmt::format("{}: no memory for reading", shown));
  }
  if (stream->get_schema(stream.get(), schema.get()) != NANOARROW_OK) {
    const char* why = stream->get_last_error(stream.get());
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is not an Arrow IPC file: {}", shown, why ? why : "?"));
  }
  return stream;
}

}  // namespace lakelet::operations
