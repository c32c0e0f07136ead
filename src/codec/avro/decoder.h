// Avro's binary encoding ("Binary Encoding"), read value by value. The caller knows the schema.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "codec/avro/schema.h"

namespace lakelet::codec::avro {

// Reads from bytes that must outlive it and the views that it gives. Every function throws Error(CorruptTable) naming
// the byte where the input ends early or can't be.
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t position() const { return at_; }
  std::size_t remaining() const { return bytes_.size() - at_; }

  bool read_boolean();
  std::int64_t read_long() {  // an int has the same encoding
    if (at_ < bytes_.size()) {
      const auto byte = std::to_integer<std::uint64_t>(bytes_[at_]);
      if ((byte & 0x80) == 0) {  // most numbers of metadata are small
        ++at_;
        return static_cast<std::int64_t>(byte >> 1) ^ -static_cast<std::int64_t>(byte & 1);
      }
    }
    return read_long_number();
  }
  std::int32_t read_int();
  float read_float();
  double read_double();
  std::string_view read_bytes() {  // of strings too
    const std::int64_t size = read_long();
    if (size < 0) corrupt("has a negative length");
    return read_fixed(static_cast<std::size_t>(size));
  }
  std::string_view read_fixed(std::size_t size) {
    if (size > remaining()) corrupt("is cut short");
    const std::string_view view(reinterpret_cast<const char*>(bytes_.data() + at_), size);
    at_ += size;
    return view;
  }
  // The branch that follows, as an index into the union's branches.
  std::size_t read_branch(const SchemaNode& node);
  // How many items or entries of an array or map follow in its next block; 0: it ends.
  std::int64_t read_block_count();

  // What follows as the type: read past, if the type is a union its null told from the rest.
  void skip(const Schema& schema, NodeId type) { skip(schema, type, 0); }

 private:
  [[noreturn]] void corrupt(const char* what) const;
  std::int64_t read_long_number();
  bool skip_plain(const SchemaNode& node);
  void skip(const Schema& schema, NodeId type, int depth);

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

}  // namespace lakelet::codec::avro
