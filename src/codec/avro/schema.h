// Schemas of Avro files (https://avro.apache.org/docs/1.11.1/specification/, "Schema Declaration"), with the attributes
// that table formats add to them: ids of fields, elements, keys and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakelet::codec::avro {

enum class Kind { Null, Boolean, Int, Long, Float, Double, Bytes, String, Record, Enum, Array, Map, Union, Fixed };

using NodeId = std::uint32_t;

struct SchemaField {
  std::string name;
  NodeId type = 0;
  std::optional<std::int32_t> id{};
};

struct SchemaNode {
  Kind kind = Kind::Null;
  std::string name{};          // of a record, enum or fixed: its full name
  std::string logical_type{};  // as written; empty: none
  bool adjust_to_utc = false;
  int precision = 0, scale = 0;
  std::size_t size = 0;                // Fixed
  std::vector<std::string> symbols{};  // Enum
  std::vector<SchemaField> fields{};   // Record
  std::vector<NodeId> branches{};      // Union
  NodeId items = 0;                    // Array: its items; Map: its values
  std::optional<std::int32_t> element_id{}, key_id{}, value_id{};
};

// Immutable. A named type that is used twice is one node, so that types may be recursive.
class Schema {
 public:
  // Throws Error(CorruptTable) for text that is no Avro schema, or one nested deeper than any table is.
  static Schema parse(std::string_view json);

  const SchemaNode& root() const { return nodes_[root_]; }
  NodeId root_id() const { return root_; }
  const SchemaNode& operator[](NodeId id) const { return nodes_[id]; }

 private:
  friend class SchemaParser;
  std::vector<SchemaNode> nodes_;
  NodeId root_ = 0;
};

}  // namespace lakelet::codec::avro
