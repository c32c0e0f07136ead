#include "formats/delta/schema/row_rules.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/schema/column_ids.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

[[noreturn]] void damaged(const std::string& column, const std::string& key) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the column '{}' has metadata {} that can't be read", column, key));
}

template <typename T>
T json_value(const std::string& json, const std::string& column, const std::string& key) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(simdjson::padded_string(json)).get(value)) damaged(column, key);
  if constexpr (std::is_same_v<T, std::string>) {
    std::string_view text;
    if (value.get(text)) damaged(column, key);
    return std::string(text);
  } else {
    T out{};
    if (value.get(out)) damaged(column, key);
    return out;
  }
}

// {"expression": {"expression": "x > 3"}}, as a JSON text in a JSON text.
std::string invariant_text(const std::string& json, const std::string& column) {
  const auto inner = json_value<std::string>(json, column, kInvariantKey);
  simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(simdjson::padded_string(inner)).at_pointer("/expression/expression").get(text)) {
    damaged(column, kInvariantKey);
  }
  return std::string(text);
}

[[noreturn]] void misplaced(const std::string& column, const std::string& key) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("'{}' has the metadata entry {}, which is honoured nowhere but in columns of the table",
                          column, key));
}

bool is_identity(const Field& field) {
  return field.metadata.contains(kIdentityStartKey) || field.metadata.contains(kIdentityStepKey) ||
         field.metadata.contains(kIdentityExplicitKey);
}

IdentityColumn identity_of(const Field& field) {
  IdentityColumn out;
  out.column = field.name;
  const auto number = [&](const char* key) {
    const auto found = field.metadata.find(key);
    if (found == field.metadata.end()) damaged(field.name, key);
    return json_value<std::int64_t>(found->second, field.name, key);
  };
  out.start = number(kIdentityStartKey);
  out.step = number(kIdentityStepKey);
  if (out.step == 0) damaged(field.name, kIdentityStepKey);
  if (field.metadata.contains(kIdentityMarkKey)) out.high_water_mark = number(kIdentityMarkKey);
  const auto allowed = field.metadata.find(kIdentityExplicitKey);
  if (allowed == field.metadata.end()) damaged(field.name, kIdentityExplicitKey);
  out.explicit_values = json_value<bool>(allowed->second, field.name, kIdentityExplicitKey);
  return out;
}

class RuleReader {
 public:
  RuleReader(const Protocol& protocol, RowRules& out)
      : generates_(has_feature(protocol, "generatedColumns")),
        hands_out_(has_feature(protocol, "identityColumns")),
        out_(out) {}

  void read_column(const Field& field) {
    read_invariant(field, field.name);
    if (const auto found = field.metadata.find(kDefaultKey); found != field.metadata.end()) {
      out_.defaults.push_back({field.name, json_value<std::string>(found->second, field.name, kDefaultKey)});
    }
    const auto generated = field.metadata.find(kGenerationKey);
    if (generates_ && generated != field.metadata.end()) {
      out_.generated.push_back({field.name, json_value<std::string>(generated->second, field.name, kGenerationKey)});
    }
    if (hands_out_ && is_identity(field)) out_.identities.push_back(identity_of(field));
    read_parts(field, field.name, field.type.kind() == TypeKind::Struct);
  }

 private:
  void read_invariant(const Field& field, const std::string& column) {
    const auto found = field.metadata.find(kInvariantKey);
    if (found == field.metadata.end()) return;
    out_.checks.push_back({"the invariant of the column " + column, invariant_text(found->second, column)});
  }

  // `reachable`: through structs alone.
  void read_parts(const Field& parent, const std::string& name, bool reachable) {
    for (const Field& part : parent.type.children()) {
      const std::string path = fmt::format("{}.{}", name, part.name);
      for (const char* key : {kGenerationKey, kIdentityStartKey, kDefaultKey}) {
        if (part.metadata.contains(key)) misplaced(path, key);
      }
      if (!reachable && part.metadata.contains(kInvariantKey)) misplaced(path, kInvariantKey);
      read_invariant(part, path);
      read_parts(part, path, reachable && part.type.kind() == TypeKind::Struct);
    }
  }

  const bool generates_, hands_out_;
  RowRules& out_;
};

bool any_field(const std::vector<Field>& fields, const char* key) {
  return std::any_of(fields.begin(), fields.end(), [key](const Field& field) {
    return field.metadata.contains(key) || any_field(field.type.children(), key);
  });
}

// NOT NULL is an invariant too, and readers that go by features look for it: in structs, not in lists and maps.
bool any_required(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return !field.nullable || (field.type.kind() == TypeKind::Struct && any_required(field.type.children()));
  });
}

}  // namespace

RowRules read_row_rules(const Protocol& protocol, const Schema& schema, const StringMap& properties) {
  RowRules rules;
  rules.dialect = SqlDialect::Spark;
  for (auto at = properties.lower_bound(std::string(kConstraintPrefix));
       at != properties.end() && at->first.starts_with(kConstraintPrefix); ++at) {
    rules.checks.push_back({"the CHECK constraint " + at->first.substr(kConstraintPrefix.size()), at->second});
  }
  RuleReader reader(protocol, rules);
  for (const Field& field : schema.fields()) reader.read_column(field);
  return rules;
}

Schema with_identity_mark(const Schema& schema, std::string_view column, std::int64_t value) {
  std::vector<Field> fields = schema.fields();
  for (Field& field : fields) {
    if (!same_name(field.name, column) || !is_identity(field)) continue;
    field.metadata[kIdentityMarkKey] = std::to_string(value);
    return Schema(std::move(fields));
  }
  throw Error(ErrorCode::Internal, fmt::format("'{}' is no identity column", column));
}

Schema without_unhonoured_rules(const Protocol& protocol, const Schema& schema, const Schema& before) {
  std::vector<const char*> keys;
  if (!has_feature(protocol, "generatedColumns")) keys.push_back(kGenerationKey);
  if (!has_feature(protocol, "identityColumns")) {
    keys.insert(keys.end(), {kIdentityStartKey, kIdentityStepKey, kIdentityMarkKey, kIdentityExplicitKey});
  }
  std::vector<Field> fields = schema.fields();
  for (Field& field : fields) {
    const Field* old = same_column(before.fields(), field);
    for (const char* key : keys) {
      if (old && old->metadata.contains(key)) field.metadata.erase(key);
    }
  }
  return Schema(std::move(fields));
}

std::vector<std::string> features_of_rules(const Schema& schema, const StringMap& properties) {
  std::vector<std::string> out;
  const auto constraint = properties.lower_bound(std::string(kConstraintPrefix));
  if (constraint != properties.end() && constraint->first.starts_with(kConstraintPrefix)) {
    out.emplace_back("checkConstraints");
  }
  if (any_field(schema.fields(), kInvariantKey) || any_required(schema.fields())) out.emplace_back("invariants");
  if (any_field(schema.fields(), kGenerationKey)) out.emplace_back("generatedColumns");
  if (any_field(schema.fields(), kIdentityStartKey)) out.emplace_back("identityColumns");
  if (any_field(schema.fields(), kDefaultKey)) out.emplace_back("allowColumnDefaults");
  return out;
}

}  // namespace lakelet::delta
