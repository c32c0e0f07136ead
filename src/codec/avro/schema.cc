#include "codec/avro/schema.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <map>
#include <utility>

#include "lakelet/error.h"

namespace lakelet::codec::avro {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr int kDeepest = 100;
constexpr std::int64_t kLargestFixed = std::int64_t{1} << 20;

[[noreturn]] void corrupt(std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("an Avro schema is damaged: {}", what));
}

std::optional<Kind> primitive(std::string_view name) {
  static constexpr std::pair<std::string_view, Kind> kNames[] = {
      {"null", Kind::Null},   {"boolean", Kind::Boolean}, {"int", Kind::Int},     {"long", Kind::Long},
      {"float", Kind::Float}, {"double", Kind::Double},   {"bytes", Kind::Bytes}, {"string", Kind::String},
  };
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string text_of(const object& from, const char* key) {
  std::string_view text;
  return from[key].get(text) ? std::string() : std::string(text);
}

std::optional<std::int32_t> id_of(const object& from, const char* key) {
  std::int64_t number = 0;
  if (from[key].get(number)) return std::nullopt;
  if (number < INT32_MIN || number > INT32_MAX) corrupt(fmt::format("{} {}", key, number));
  return static_cast<std::int32_t>(number);
}

}  // namespace

class SchemaParser {
 public:
  Schema run(const element& json) {
    schema_.root_ = read(json, "", 0);
    return std::move(schema_);
  }

 private:
  NodeId add(Kind kind) {
    schema_.nodes_.emplace_back().kind = kind;
    return static_cast<NodeId>(schema_.nodes_.size() - 1);
  }
  SchemaNode& at(NodeId id) { return schema_.nodes_[id]; }

  NodeId read(const element& json, const std::string& space, int depth) {
    if (depth > kDeepest) corrupt("it is nested too deep");
    std::string_view name;
    array branches;
    object type;
    if (!json.get(name)) return read_name(name, space);
    if (!json.get(branches)) return read_union(branches, space, depth);
    if (!json.get(type)) return read_object(type, space, depth);
    corrupt("a type is neither a name nor a list nor an object");
  }

  NodeId read_name(std::string_view name, const std::string& space) {
    if (const auto kind = primitive(name)) return add(*kind);
    const std::string full = name.find('.') == std::string_view::npos && !space.empty()
                                 ? space + "." + std::string(name)
                                 : std::string(name);
    if (const auto known = named_.find(full); known != named_.end()) return known->second;
    if (const auto known = named_.find(std::string(name)); known != named_.end()) return known->second;
    corrupt(fmt::format("the type '{}' isn't known", name));
  }

  NodeId read_union(const array& branches, const std::string& space, int depth) {
    const NodeId id = add(Kind::Union);
    std::vector<NodeId> ids;
    for (const element branch : branches) ids.push_back(read(branch, space, depth + 1));
    if (ids.empty()) corrupt("a union has no types");
    at(id).branches = std::move(ids);
    return id;
  }

  NodeId read_object(const object& type, const std::string& space, int depth) {
    element inner;
    if (type["type"].get(inner)) corrupt("a type has no 'type'");
    std::string_view name;
    if (inner.get(name)) return read(inner, space, depth + 1);  // {"type": {...}} and {"type": [...]}
    if (name == "record" || name == "error") return read_record(type, space, depth);
    if (name == "enum") return read_enum(type, space);
    if (name == "fixed") return read_fixed(type, space);
    if (name == "array" || name == "map")
      return read_items(type, name == "array" ? Kind::Array : Kind::Map, space, depth);
    const NodeId id = read_name(name, space);
    if (primitive(name)) read_logical(type, id);
    return id;
  }

  void read_logical(const object& type, NodeId id) {
    SchemaNode& node = at(id);
    node.logical_type = text_of(type, "logicalType");
    bool utc = false;
    if (!type["adjust-to-utc"].get(utc)) node.adjust_to_utc = utc;
    std::int64_t number = 0;
    if (!type["precision"].get(number)) node.precision = static_cast<int>(number);
    if (!type["scale"].get(number)) node.scale = static_cast<int>(number);
  }

  // Adds the named type, known under its full name from now on; `space` becomes that of what is inside of it.
  NodeId add_named(Kind kind, const object& type, std::string& space) {
    std::string name = text_of(type, "name");
    if (name.empty()) corrupt("a named type has no name");
    const std::size_t dot = name.rfind('.');
    std::string_view given;
    if (dot != std::string::npos) {
      space = name.substr(0, dot);
    } else {
      if (!type["namespace"].get(given)) space = given;
      if (!space.empty()) name = space + "." + name;
    }
    const NodeId id = add(kind);
    at(id).name = name;
    if (!named_.emplace(name, id).second) corrupt(fmt::format("the type '{}' is defined twice", name));
    return id;
  }

  NodeId read_record(const object& type, std::string space, int depth) {
    const NodeId id = add_named(Kind::Record, type, space);
    array members;
    if (type["fields"].get(members)) corrupt("a record has no fields");
    std::vector<SchemaField> fields;
    for (const element each : members) {
      object member;
      element inner;
      if (each.get(member) || member["type"].get(inner)) corrupt("a field has no type");
      SchemaField field;
      field.name = text_of(member, "name");
      field.id = id_of(member, "field-id");
      field.type = read(inner, space, depth + 1);
      fields.push_back(std::move(field));
    }
    at(id).fields = std::move(fields);
    return id;
  }

  NodeId read_enum(const object& type, std::string space) {
    const NodeId id = add_named(Kind::Enum, type, space);
    array symbols;
    if (type["symbols"].get(symbols)) corrupt("an enum has no symbols");
    for (const element each : symbols) {
      std::string_view text;
      if (each.get(text)) corrupt("a symbol is no text");
      at(id).symbols.emplace_back(text);
    }
    return id;
  }

  NodeId read_fixed(const object& type, std::string space) {
    const NodeId id = add_named(Kind::Fixed, type, space);
    std::int64_t size = 0;
    if (type["size"].get(size) || size < 0 || size > kLargestFixed) corrupt("a fixed type has no size");
    at(id).size = static_cast<std::size_t>(size);
    read_logical(type, id);
    return id;
  }

  NodeId read_items(const object& type, Kind kind, const std::string& space, int depth) {
    const NodeId id = add(kind);
    element inner;
    if (type[kind == Kind::Array ? "items" : "values"].get(inner)) corrupt("an array or map has no items");
    const NodeId items = read(inner, space, depth + 1);
    read_logical(type, id);
    SchemaNode& node = at(id);
    node.items = items;
    node.element_id = id_of(type, "element-id");
    node.key_id = id_of(type, "key-id");
    node.value_id = id_of(type, "value-id");
    return id;
  }

  Schema schema_;
  std::map<std::string, NodeId> named_;
};

Schema Schema::parse(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root)) corrupt("it is no JSON");
  return SchemaParser().run(root);
}

}  // namespace lakelet::codec::avro
