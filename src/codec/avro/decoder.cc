#include "codec/avro/decoder.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "lakelet/error.h"

namespace lakelet::codec::avro {

namespace {

constexpr int kDeepest = 200;

}  // namespace

void Decoder::corrupt(const char* what) const {
  throw Error(ErrorCode::CorruptTable, fmt::format("Avro data {} at byte {}", what, at_));
}

std::int64_t Decoder::read_long_number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_ == bytes_.size()) corrupt("is cut short");
    const auto byte = std::to_integer<std::uint64_t>(bytes_[at_++]);
    value |= (byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  corrupt("has a number of more than 64 bits");
}

std::int32_t Decoder::read_int() {
  const std::int64_t value = read_long();
  if (value < INT32_MIN || value > INT32_MAX) corrupt("has a number of more than 32 bits");
  return static_cast<std::int32_t>(value);
}

bool Decoder::read_boolean() {
  const std::string_view byte = read_fixed(1);
  if (byte[0] != 0 && byte[0] != 1) corrupt("has a boolean that is neither true nor false");
  return byte[0] == 1;
}

float Decoder::read_float() {
  static_assert(std::endian::native == std::endian::little);
  float value = 0;
  std::memcpy(&value, read_fixed(sizeof value).data(), sizeof value);
  return value;
}

double Decoder::read_double() {
  double value = 0;
  std::memcpy(&value, read_fixed(sizeof value).data(), sizeof value);
  return value;
}

std::size_t Decoder::read_branch(const SchemaNode& node) {
  const std::int64_t branch = read_long();
  if (branch < 0 || static_cast<std::uint64_t>(branch) >= node.branches.size()) {
    corrupt("names a type that its union doesn't have");
  }
  return static_cast<std::size_t>(branch);
}

std::int64_t Decoder::read_block_count() {
  std::int64_t count = read_long();
  if (count < 0) {
    if (count == INT64_MIN || read_long() < 0) corrupt("has a negative length");
    count = -count;
  }
  // Items without any bytes are lawful, but nothing that tables have.
  if (static_cast<std::uint64_t>(count) > remaining()) corrupt("has more items than bytes");
  return count;
}

// Whether it was a value without others inside, and was read past.
inline bool Decoder::skip_plain(const SchemaNode& node) {
  switch (node.kind) {
    case Kind::Null:
      return true;
    case Kind::Boolean:
      read_fixed(1);
      return true;
    case Kind::Int:
    case Kind::Long:
    case Kind::Enum:
      read_long();
      return true;
    case Kind::Float:
      read_fixed(sizeof(float));
      return true;
    case Kind::Double:
      read_fixed(sizeof(double));
      return true;
    case Kind::Bytes:
    case Kind::String:
      read_bytes();
      return true;
    case Kind::Fixed:
      read_fixed(node.size);
      return true;
    default:
      return false;
  }
}

void Decoder::skip(const Schema& schema, NodeId type, int depth) {
  if (depth > kDeepest) corrupt("is nested too deep");
  const SchemaNode& node = schema[type];
  if (skip_plain(node)) return;
  switch (node.kind) {
    case Kind::Union:
      return skip(schema, node.branches[read_branch(node)], depth + 1);
    case Kind::Record:
      for (const SchemaField& field : node.fields) {
        if (!skip_plain(schema[field.type])) skip(schema, field.type, depth + 1);
      }
      return;
    default:  // Array, Map
      for (std::int64_t count = read_block_count(); count > 0; count = read_block_count()) {
        for (; count > 0; --count) {
          if (node.kind == Kind::Map) read_bytes();
          skip(schema, node.items, depth + 1);
        }
      }
  }
}

}  // namespace lakelet::codec::avro
