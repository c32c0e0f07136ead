#include "formats/delta/protocol/required_protocol.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

const Field* find_kind(const std::vector<Field>& fields, TypeKind kind) {
  for (const Field& field : fields) {
    if (field.type.kind() == kind || find_kind(field.type.children(), kind)) return &field;
  }
  return nullptr;
}

bool lists(const std::vector<std::string>& features, std::string_view name) {
  return std::find(features.begin(), features.end(), name) != features.end();
}

void include(std::vector<std::string>& features, const std::string& name) {
  if (!lists(features, name)) features.push_back(name);
}

// Versions 3/7 with the features that the present versions stand for.
Protocol with_features(const Protocol& current, bool reader) {
  Protocol out = current;
  if (current.writer_version < 7) {
    constexpr std::pair<int, const char*> kLegacy[] = {
        {2, "appendOnly"},       {2, "invariants"},    {3, "checkConstraints"}, {4, "changeDataFeed"},
        {4, "generatedColumns"}, {5, "columnMapping"}, {6, "identityColumns"}};
    for (const auto& [version, feature] : kLegacy) {
      if (current.writer_version >= version) include(out.writer_features, feature);
    }
    out.writer_version = 7;
  }
  if (reader && current.reader_version < 3) {
    if (current.reader_version == 2) include(out.reader_features, "columnMapping");
    out.reader_version = 3;
  }
  return out;
}

Protocol complete(Protocol protocol, const Schema& schema, const StringMap& properties) {
  if (find_kind(schema.fields(), TypeKind::Timestamp) && !lists(protocol.reader_features, "timestampNtz")) {
    protocol = with_features(protocol, true);
    include(protocol.reader_features, "timestampNtz");
    include(protocol.writer_features, "timestampNtz");
  }
  if (property_is_true(properties, "delta.appendOnly")) {
    if (protocol.writer_version >= 7) {
      include(protocol.writer_features, "appendOnly");
    } else {
      protocol.writer_version = std::max(protocol.writer_version, 2);
    }
  }
  return protocol;
}

void refuse_variant(const Schema& schema) {
  if (const Field* field = find_kind(schema.fields(), TypeKind::Variant)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the column '{}' needs the Delta feature variantType, which lakelet doesn't write yet",
                            field->name),
                "store it as a string with JSON text");
  }
}

}  // namespace

Protocol protocol_of_new_table(const Schema& schema, const StringMap& properties) {
  refuse_variant(schema);
  Protocol protocol;
  if (find_kind(schema.fields(), TypeKind::Timestamp)) {
    protocol = {.reader_version = 3, .writer_version = 7, .reader_features = {}, .writer_features = {}};
    include(protocol.reader_features, "timestampNtz");
    include(protocol.writer_features, "timestampNtz");
  }
  return complete(protocol, schema, properties);
}

Protocol protocol_with(const Protocol& current, const Schema& schema, const StringMap& properties) {
  if (!lists(current.reader_features, "variantType")) refuse_variant(schema);
  return complete(current, schema, properties);
}

}  // namespace lakelet::delta
