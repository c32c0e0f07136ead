#include "formats/delta/protocol/required_protocol.h"

#include <fmt/format.h>

#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/schema/row_rules.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

const Field* find_kind(const std::vector<Field>& fields, TypeKind kind) {
  for (const Field& field : fields) {
    if (field.type.kind() == kind || find_kind(field.type.children(), kind)) return &field;
  }
  return nullptr;
}

Protocol complete(Protocol protocol, const Schema& schema, const StringMap& properties) {
  if (find_kind(schema.fields(), TypeKind::Timestamp)) protocol = with_feature(std::move(protocol), "timestampNtz");
  if (find_kind(schema.fields(), TypeKind::Variant)) protocol = with_feature(std::move(protocol), "variantType");
  for (const std::string& feature : features_asked_for(properties)) {
    protocol = with_feature(std::move(protocol), feature);
  }
  for (const std::string& feature : features_of_rules(schema, properties)) {
    protocol = with_feature(std::move(protocol), feature);
  }
  return protocol;
}

}  // namespace

Protocol protocol_of_new_table(const Schema& schema, const StringMap& properties) {
  const Protocol plain = complete(Protocol(), schema, properties);
  if (plain.writer_version < 7) return plain;
  // Just what it needs: not what the plain versions stand for.
  Protocol listed;
  listed.writer_version = 7;
  return complete(std::move(listed), schema, properties);
}

Protocol protocol_with(const Protocol& current, const Schema& schema, const StringMap& properties) {
  return complete(current, schema, properties);
}

}  // namespace lakelet::delta
