#include "formats/iceberg/manifest/avro_values.h"

#include <fmt/format.h>

#include <string>

#include "lakelet/error.h"

namespace lakelet::iceberg {

using codec::avro::Kind;
using codec::avro::NodeId;
using codec::avro::SchemaNode;

void AvroValues::unexpected(const char* wanted) {
  throw Error(ErrorCode::CorruptTable, fmt::format("a manifest has a value that is no {}", wanted));
}

std::optional<bool> AvroValues::boolean(NodeId type) {
  const SchemaNode& node = value_node(type);
  if (node.kind == Kind::Null) return std::nullopt;
  if (node.kind != Kind::Boolean) unexpected("boolean");
  return decoder_.read_boolean();
}

std::optional<std::string_view> AvroValues::bytes(NodeId type) {
  const SchemaNode& node = value_node(type);
  if (node.kind == Kind::Null) return std::nullopt;
  if (node.kind == Kind::Fixed) return decoder_.read_fixed(node.size);
  if (node.kind != Kind::Bytes && node.kind != Kind::String) unexpected("text");
  return decoder_.read_bytes();
}

Value AvroValues::any(NodeId type) {
  const SchemaNode& node = value_node(type);
  switch (node.kind) {
    case Kind::Null:
      return {};
    case Kind::Boolean:
      return Value(decoder_.read_boolean());
    case Kind::Int:
    case Kind::Long:
      return Value(decoder_.read_long());
    case Kind::Float:
      return Value(static_cast<double>(decoder_.read_float()));
    case Kind::Double:
      return Value(decoder_.read_double());
    case Kind::Bytes:
    case Kind::String:
      return Value(std::string(decoder_.read_bytes()));
    case Kind::Fixed:
      return Value(std::string(decoder_.read_fixed(node.size)));
    default:
      unexpected("single value");
  }
}

const SchemaNode* AvroValues::record(NodeId type) {
  const SchemaNode& node = value_node(type);
  if (node.kind == Kind::Null) return nullptr;
  if (node.kind != Kind::Record) unexpected("record");
  return &node;
}

}  // namespace lakelet::iceberg
