// What a transaction does to the rules for rows, and to what applications keep in the table.
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/required_protocol.h"
#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/readable_schema.h"
#include "formats/delta/schema/row_rules.h"
#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/delta_transaction.h"
#include "formats/delta/write/layout_rules.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

bool has_any(const Field& field, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return field.metadata.contains(key); });
}

[[noreturn]] void invalid(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::InvalidArgument, message, hint);
}

void set_default(Field& field, const DefaultValue& rule) {
  if (has_any(field, {kGenerationKey, kIdentityStartKey})) {
    invalid(fmt::format("the table computes the column '{}', it can't have a default", field.name));
  }
  field.metadata[kDefaultKey] = json_quote(rule.expression);
}

void set_generated(Field& field, const GeneratedValue& rule) {
  if (has_any(field, {kDefaultKey, kIdentityStartKey})) {
    invalid(fmt::format("the column '{}' has a default or is an identity column, it can't be generated", field.name));
  }
  field.metadata[kGenerationKey] = json_quote(rule.expression);
}

void set_identity(Field& field, const IdentityValue& rule, const Partitioning& partitioning) {
  if (has_any(field, {kDefaultKey, kGenerationKey})) {
    invalid(fmt::format("the column '{}' has a default or is generated, it can't be an identity column", field.name));
  }
  if (field.type.kind() != TypeKind::Int64) {
    invalid(fmt::format("the identity column '{}' is {}", field.name, to_string(field.type)),
            "identity columns are bigint");
  }
  if (rule.step == 0) invalid(fmt::format("the identity column '{}' can't have steps of 0", field.name));
  for (const PartitionField& part : partitioning.fields) {
    if (same_name(part.column, field.name)) {
      invalid(fmt::format("the table is partitioned by '{}', which can't be an identity column then", field.name));
    }
  }
  field.metadata[kIdentityStartKey] = std::to_string(rule.start);
  field.metadata[kIdentityStepKey] = std::to_string(rule.step);
  field.metadata[kIdentityExplicitKey] = rule.explicit_values ? "true" : "false";
}

void clear(std::vector<Field>& fields) {
  for (Field& field : fields) {
    for (const char* key : {kDefaultKey, kGenerationKey, kInvariantKey, kIdentityStartKey, kIdentityStepKey,
                            kIdentityMarkKey, kIdentityExplicitKey}) {
      field.metadata.erase(key);
    }
  }
}

}  // namespace

void DeltaTransaction::record_rules(Schema schema) {
  const ColumnMappingMode mode = mapping_mode();
  // A new table has just what it needs; properties that ask for features have put it beyond the plain versions already.
  const bool plain = creates() && base_->protocol().writer_version < 7;
  protocol_ = plain ? protocol_of_new_table(schema, metadata_.configuration)
                    : protocol_with(protocol_, schema, metadata_.configuration);
  const Schema recorded = read_schema_json(metadata_.schema_string, mode);
  metadata_.schema_string = write_schema_json(with_void_columns(schema, recorded));
  schema_ = std::move(schema);
}

void DeltaTransaction::set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) {
  forget_unhonoured_rules();
  std::vector<Field> fields = schema_.fields();
  const auto field =
      std::find_if(fields.begin(), fields.end(), [&](const Field& each) { return same_name(each.name, column); });
  if (field == fields.end()) invalid(fmt::format("the table has no column '{}'", column));
  if (!rule) {
    if (field->metadata.erase(kDefaultKey) == 0) {
      throw Error(ErrorCode::NotFound, fmt::format("the column '{}' has no default", field->name));
    }
    return record_rules(Schema(std::move(fields)));
  }
  if (const auto* value = std::get_if<DefaultValue>(&*rule)) {
    set_default(*field, *value);
  } else if (const auto* expression = std::get_if<GeneratedValue>(&*rule)) {
    set_generated(*field, *expression);
  } else {
    set_identity(*field, std::get<IdentityValue>(*rule), partitioning_);
  }
  record_rules(Schema(std::move(fields)));
}

void DeltaTransaction::require_computed_before() const {
  for (const Field& field : schema_.fields()) {
    if (!has_any(field, {kGenerationKey, kIdentityStartKey})) continue;
    const Field* before = same_column(files_schema_.fields(), field);
    if (before && has_any(*before, {kGenerationKey, kIdentityStartKey})) continue;
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("'{}' can't become a generated or identity column: the files that are there don't have its "
                            "values",
                            field.name),
                "make a new table with the column, and copy the rows");
  }
}

void DeltaTransaction::clear_rules() {
  std::erase_if(metadata_.configuration, [](const auto& each) { return each.first.starts_with(kConstraintPrefix); });
  if (has_feature(protocol_, "clustering")) {
    const DomainMetadata none = clustering_domain({});
    domains_[none.domain] = none;
  }
  std::vector<Field> fields = schema_.fields();
  clear(fields);
  record_rules(Schema(std::move(fields)));
}

// PROTOCOL.md, "Domain Metadata": names that begin with "delta." are the system's own.
void DeltaTransaction::set_domain(const std::string& name, const std::optional<std::string>& text) {
  if (name.empty()) invalid("a domain needs a name");
  if (name.starts_with("delta.")) {
    invalid(fmt::format("the domain {} is Delta's own", name), "choose a name that doesn't begin with 'delta.'");
  }
  const auto known = base_->state().domains.find(name);
  const bool there = known != base_->state().domains.end();
  if (!text) {
    const auto own = domains_.find(name);
    if (own == domains_.end() ? !there : own->second.removed) {
      throw Error(ErrorCode::NotFound, fmt::format("the table has no domain '{}'", name));
    }
    if (!there) {
      domains_.erase(own);
    } else {
      domains_[name] = {.domain = name, .configuration = known->second.configuration, .removed = true};
    }
    return;
  }
  protocol_ = with_feature(std::move(protocol_), "domainMetadata");
  domains_[name] = {.domain = name, .configuration = *text, .removed = false};
}

}  // namespace lakelet::delta
