// Values of Avro records as manifests have them: every one may be in a union with null.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/avro/decoder.h"
#include "lakelet/value.h"

namespace lakelet::iceberg {

// Reads values of a record in the order of its fields. Each function takes the type of what comes next, gives nullopt
// for null and throws Error(CorruptTable) for a value of another kind.
class AvroValues {
 public:
  AvroValues(const codec::avro::Schema& schema, codec::avro::Decoder& decoder) : schema_(schema), decoder_(decoder) {}

  std::optional<std::int64_t> integer(codec::avro::NodeId type) {
    const codec::avro::SchemaNode& node = value_node(type);
    if (node.kind == codec::avro::Kind::Null) return std::nullopt;
    if (node.kind != codec::avro::Kind::Int && node.kind != codec::avro::Kind::Long) unexpected("whole number");
    return decoder_.read_long();
  }
  std::optional<bool> boolean(codec::avro::NodeId type);
  std::optional<std::string_view> bytes(codec::avro::NodeId type);  // of text, bytes and fixed
  // Whatever primitive it is: null, bool, integer, number or bytes. Throws for others.
  Value any(codec::avro::NodeId type);
  // The record that follows; null: it is absent.
  const codec::avro::SchemaNode* record(codec::avro::NodeId type);
  // Calls `item` with the type of each item of a list, which it must read; false: the list is null.
  template <typename Item>
  bool list(codec::avro::NodeId type, const Item& item) {
    const codec::avro::SchemaNode& node = value_node(type);
    if (node.kind == codec::avro::Kind::Null) return false;
    if (node.kind != codec::avro::Kind::Array) unexpected("list");
    for (std::int64_t count = decoder_.read_block_count(); count > 0; count = decoder_.read_block_count()) {
      for (; count > 0; --count) item(node.items);
    }
    return true;
  }
  void skip(codec::avro::NodeId type) { decoder_.skip(schema_, type); }

 private:
  [[noreturn]] static void unexpected(const char* wanted);
  // The type behind a union; Null for an absent value.
  const codec::avro::SchemaNode& value_node(codec::avro::NodeId type) {
    const codec::avro::SchemaNode* node = &schema_[type];
    if (node->kind == codec::avro::Kind::Union) node = &schema_[node->branches[decoder_.read_branch(*node)]];
    return *node;
  }

  const codec::avro::Schema& schema_;
  codec::avro::Decoder& decoder_;
};

}  // namespace lakelet::iceberg
