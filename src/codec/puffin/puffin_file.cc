#include "codec/puffin/puffin_file.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstring>

#include "base/json_writer.h"
#include "lakelet/error.h"

namespace lakelet::codec {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kMagic = "PFA1";
constexpr std::size_t kTailBytes = 12;  // the payload's size, flags, the magic number
constexpr std::uint32_t kLargestFooter = std::uint32_t{256} << 20;

[[noreturn]] void corrupt(std::string_view what, std::uint64_t at) {
  throw Error(ErrorCode::CorruptTable, fmt::format("a Puffin file {} at byte {}", what, at));
}

std::string read_text(const ReadBytes& read, std::uint64_t offset, std::size_t size) {
  std::string text(size, '\0');
  if (read(offset, std::as_writable_bytes(std::span(text))) != size) corrupt("is cut short", offset);
  return text;
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::map<std::string, std::string> read_properties(const object& from) {
  std::map<std::string, std::string> result;
  object members;
  if (from["properties"].get(members)) return result;
  for (const auto member : members) {
    std::string_view text;
    if (!member.value.get(text)) result.emplace(member.key, text);
  }
  return result;
}

std::int64_t number(const object& from, const char* key, std::uint64_t at) {
  std::int64_t value = 0;
  if (from[key].get(value)) corrupt(fmt::format("has a blob without '{}'", key), at);
  return value;
}

PuffinBlob read_blob(const object& from, std::uint64_t footer_at) {
  PuffinBlob blob;
  std::string_view text;
  if (from["type"].get(text)) corrupt("has a blob without 'type'", footer_at);
  blob.type = text;
  array fields;
  if (!from["fields"].get(fields)) {
    for (const element each : fields) {
      std::int64_t id = 0;
      if (each.get(id)) corrupt("has a blob of no field", footer_at);
      blob.fields.push_back(static_cast<std::int32_t>(id));
    }
  }
  blob.snapshot_id = number(from, "snapshot-id", footer_at);
  blob.sequence_number = number(from, "sequence-number", footer_at);
  const std::int64_t offset = number(from, "offset", footer_at), length = number(from, "length", footer_at);
  if (offset < 0 || length < 0 || static_cast<std::uint64_t>(offset) > footer_at ||
      static_cast<std::uint64_t>(length) > footer_at - static_cast<std::uint64_t>(offset)) {
    corrupt("has a blob outside of it", footer_at);
  }
  blob.offset = static_cast<std::uint64_t>(offset);
  blob.length = static_cast<std::uint64_t>(length);
  if (!from["compression-codec"].get(text)) blob.compression = text;
  blob.properties = read_properties(from);
  return blob;
}

}  // namespace

PuffinFooter read_puffin_footer(std::uint64_t file_size, const ReadBytes& read) {
  if (file_size < 2 * kMagic.size() + kTailBytes) corrupt("is cut short", file_size);
  const std::string tail = read_text(read, file_size - kTailBytes, kTailBytes);
  if (tail.substr(8) != kMagic) corrupt("has no footer", file_size - kMagic.size());
  const std::uint32_t size = little_endian(tail);
  if (size > kLargestFooter || size + kTailBytes + 2 * kMagic.size() > file_size) {
    corrupt("has a footer larger than itself", file_size - kTailBytes);
  }
  const std::uint64_t at = file_size - kTailBytes - size - kMagic.size();
  const std::string footer = read_text(read, at, kMagic.size() + size);
  if (!footer.starts_with(kMagic)) corrupt("has no footer", at);
  if (tail[4] & 1) {
    throw Error(ErrorCode::UnsupportedFeature, "a Puffin file has a footer compressed with LZ4",
                "lakelet reads footers that aren't compressed, as writers leave them");
  }
  simdjson::dom::parser parser;
  object root;
  array blobs;
  if (parser.parse(footer.data() + kMagic.size(), size).get(root) || root["blobs"].get(blobs)) {
    corrupt("has a footer that is no JSON of blobs", at);
  }
  PuffinFooter result;
  for (const element each : blobs) {
    object blob;
    if (each.get(blob)) corrupt("has a blob that is no object", at);
    result.blobs.push_back(read_blob(blob, at));
  }
  result.properties = read_properties(root);
  return result;
}

PuffinWriter::PuffinWriter(std::string created_by) : file_(kMagic), created_by_(std::move(created_by)) {}

PuffinBlob PuffinWriter::add(PuffinBlob blob, std::string_view bytes) {
  blob.offset = file_.size();
  blob.length = bytes.size();
  file_ += bytes;
  blobs_.push_back(blob);
  return blob;
}

std::string PuffinWriter::finish() {
  JsonWriter json;
  json.begin_object().key("blobs").begin_array();
  for (const PuffinBlob& blob : blobs_) {
    json.begin_object().key("type").string(blob.type).key("fields").begin_array();
    for (const std::int32_t field : blob.fields) json.integer(field);
    json.end_array().key("snapshot-id").integer(blob.snapshot_id);
    json.key("sequence-number").integer(blob.sequence_number);
    json.key("offset").unsigned_integer(blob.offset).key("length").unsigned_integer(blob.length);
    if (!blob.compression.empty()) json.key("compression-codec").string(blob.compression);
    json.key("properties").begin_object();
    for (const auto& [key, value] : blob.properties) json.key(key).string(value);
    json.end_object().end_object();
  }
  json.end_array().key("properties").begin_object().key("created-by").string(created_by_).end_object().end_object();
  const std::string payload = json.take();
  file_ += kMagic;
  file_ += payload;
  for (int shift = 0; shift < 32; shift += 8) file_.push_back(static_cast<char>(payload.size() >> shift));
  file_.append(4, '\0');
  file_ += kMagic;
  return std::move(file_);
}

}  // namespace lakelet::codec
