#include "formats/iceberg/metadata/metadata_writer.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/json_writer.h"
#include "formats/iceberg/metadata/json_members.h"
#include "formats/iceberg/metadata/schema_writer.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kOf = "the table";

// What is written here; the other members of the table stay as they were.
const std::set<std::string_view> kOwnMembers = {
    "format-version",
    "table-uuid",
    "location",
    "last-sequence-number",
    "last-updated-ms",
    "last-column-id",
    "schema",
    "schemas",
    "current-schema-id",
    "partition-spec",
    "partition-specs",
    "default-spec-id",
    "last-partition-id",
    "properties",
    "current-snapshot-id",
    "snapshots",
    "snapshot-log",
    "metadata-log",
    "sort-orders",
    "default-sort-order-id",
    "refs",
    "statistics",
    "partition-statistics",
    "next-row-id",
};

const std::set<std::string_view> kOwnReferenceMembers = {
    "snapshot-id", "type", "max-ref-age-ms", "max-snapshot-age-ms", "min-snapshots-to-keep",
};

class MetadataWriter {
 public:
  explicit MetadataWriter(const TableMetadataFile& metadata) : metadata_(metadata) {
    if (!metadata.text) return;
    if (parser_.parse(*metadata.text).get(before_)) {
      throw Error(ErrorCode::Internal, "metadata that was read before is no JSON");
    }
    has_before_ = true;
    // What was written for an older version may lack what this one needs.
    upgraded_ = int_member(before_, "format-version", kOf) != metadata.format_version;
  }

  std::string run() {
    out_.begin_object();
    write_head();
    write_schemas();
    write_specs();
    write_orders();
    write_properties();
    write_snapshots();
    write_references();
    write_logs();
    write_statistics("statistics");
    write_statistics("partition-statistics");
    if (has_before_) {
      for (const auto member : before_) {
        if (!kOwnMembers.contains(member.key)) out_.key(member.key).raw(simdjson::minify(member.value));
      }
    }
    out_.end_object();
    return out_.take();
  }

 private:
  bool since(int version) const { return metadata_.format_version >= version; }

  // The objects of a list as they were, by the number that they are known by.
  std::map<std::int64_t, std::string> kept(const char* list, const char* id) const {
    return upgraded_ ? std::map<std::int64_t, std::string>() : kept_always(list, id);
  }

  std::map<std::int64_t, std::string> kept_always(const char* list, const char* id) const {
    std::map<std::int64_t, std::string> result;
    if (!has_before_) return result;
    const auto objects = array_member(before_, list, kOf);
    if (!objects) return result;
    for (const JsonElement each : *objects) {
      if (const auto number = number_member(as_object(each, list), id, list)) result[*number] = simdjson::minify(each);
    }
    return result;
  }

  void write_head() {
    out_.key("format-version").integer(metadata_.format_version);
    if (!metadata_.uuid.empty()) out_.key("table-uuid").string(metadata_.uuid);
    out_.key("location").string(metadata_.location);
    if (since(2)) out_.key("last-sequence-number").integer(metadata_.last_sequence_number);
    out_.key("last-updated-ms").integer(metadata_.last_updated_ms);
    out_.key("last-column-id").integer(metadata_.last_column_id);
    if (since(3)) out_.key("next-row-id").integer(metadata_.next_row_id.value_or(0));
  }

  const std::vector<std::int32_t>& identifiers(int schema_id) const {
    static const std::vector<std::int32_t> kNone;
    const auto found = metadata_.identifiers.find(schema_id);
    return found == metadata_.identifiers.end() ? kNone : found->second;
  }

  void write_schemas() {
    const auto before = kept("schemas", "schema-id");
    const auto write = [&](int id) {
      const auto same = before.find(id);
      if (same != before.end()) {
        out_.raw(same->second);
      } else {
        write_schema(out_, metadata_.schemas.at(id), id, identifiers(id));
      }
    };
    out_.key("current-schema-id").integer(metadata_.current_schema_id).key("schemas").begin_array();
    for (const auto& [id, schema] : metadata_.schemas) write(id);
    out_.end_array();
    if (since(2)) return;
    out_.key("schema");
    write(metadata_.current_schema_id);
  }

  void write_specs() {
    const auto before = kept("partition-specs", "spec-id");
    out_.key("default-spec-id").integer(metadata_.default_spec_id).key("partition-specs").begin_array();
    for (const auto& [id, spec] : metadata_.specs) {
      if (const auto same = before.find(id); same != before.end()) {
        out_.raw(same->second);
        continue;
      }
      out_.begin_object().key("spec-id").integer(id).key("fields");
      write_spec_fields(out_, spec);
      out_.end_object();
    }
    out_.end_array();
    out_.key("last-partition-id").integer(metadata_.last_partition_id);
    if (since(2)) return;
    out_.key("partition-spec");
    write_spec_fields(out_, metadata_.specs.at(metadata_.default_spec_id));
  }

  void write_orders() {
    const auto before = kept_always("sort-orders", "order-id");
    out_.key("default-sort-order-id").integer(metadata_.default_sort_order_id).key("sort-orders").begin_array();
    if (metadata_.sort_orders.empty()) out_.raw(R"({"order-id":0,"fields":[]})");
    for (const auto& [id, fields] : metadata_.sort_orders) {
      if (const auto same = before.find(id); same != before.end()) {
        out_.raw(same->second);
      } else {
        write_order(id, fields);
      }
    }
    out_.end_array();
  }

  void write_order(int id, const std::vector<SortOrderField>& fields) {
    out_.begin_object().key("order-id").integer(id).key("fields").begin_array();
    for (const SortOrderField& field : fields) {
      out_.begin_object().key("transform").string(transform_text(field.transform, field.argument));
      out_.key("source-id").integer(field.source_id).key("direction").string(field.descending ? "desc" : "asc");
      out_.key("null-order").string(field.nulls_first ? "nulls-first" : "nulls-last").end_object();
    }
    out_.end_array().end_object();
  }

  void write_properties() {
    out_.key("properties").begin_object();
    for (const auto& [key, value] : metadata_.properties) out_.key(key).string(value);
    out_.end_object();
  }

  void write_snapshot(const SnapshotEntry& entry) {
    out_.begin_object().key("snapshot-id").integer(entry.id);
    if (entry.parent_id) out_.key("parent-snapshot-id").integer(*entry.parent_id);
    if (since(2)) out_.key("sequence-number").integer(entry.sequence_number);
    out_.key("timestamp-ms").integer(entry.timestamp_ms).key("summary").begin_object();
    for (const auto& [key, value] : entry.summary) out_.key(key).string(value);
    out_.end_object().key("manifest-list").string(entry.manifest_list);
    if (entry.schema_id) out_.key("schema-id").integer(*entry.schema_id);
    if (since(3) && entry.first_row_id) out_.key("first-row-id").integer(*entry.first_row_id);
    if (since(3) && entry.added_rows) out_.key("added-rows").integer(*entry.added_rows);
    out_.end_object();
  }

  void write_snapshots() {
    const auto before = kept("snapshots", "snapshot-id");
    if (metadata_.current_snapshot_id) {
      out_.key("current-snapshot-id").integer(*metadata_.current_snapshot_id);
    }
    out_.key("snapshots").begin_array();
    for (const SnapshotEntry& entry : metadata_.snapshots) {
      const auto same = before.find(entry.id);
      if (same != before.end()) {
        out_.raw(same->second);
      } else {
        write_snapshot(entry);
      }
    }
    out_.end_array();
  }

  // With whatever else is said of them.
  void write_references() {
    const auto before = has_before_ ? object_member(before_, "refs", kOf) : std::nullopt;
    out_.key("refs").begin_object();
    for (const auto& [name, reference] : metadata_.references) {
      out_.key(name).begin_object().key("snapshot-id").integer(reference.snapshot_id);
      out_.key("type").string(reference.branch ? "branch" : "tag");
      const ReferenceRetention& retention = reference.retention;
      if (retention.reference_age_ms) out_.key("max-ref-age-ms").integer(*retention.reference_age_ms);
      if (retention.version_age_ms) out_.key("max-snapshot-age-ms").integer(*retention.version_age_ms);
      if (retention.versions) out_.key("min-snapshots-to-keep").integer(*retention.versions);
      if (const auto same = before ? object_member(*before, name.c_str(), kOf) : std::nullopt) {
        for (const auto member : *same) {
          if (!kOwnReferenceMembers.contains(member.key)) {
            out_.key(member.key).raw(simdjson::minify(member.value));
          }
        }
      }
      out_.end_object();
    }
    out_.end_object();
  }

  void write_logs() {
    out_.key("snapshot-log").begin_array();
    for (const SnapshotLogEntry& entry : metadata_.snapshot_log) {
      out_.begin_object().key("timestamp-ms").integer(entry.timestamp_ms);
      out_.key("snapshot-id").integer(entry.snapshot_id).end_object();
    }
    out_.end_array().key("metadata-log").begin_array();
    for (const MetadataLogEntry& entry : metadata_.metadata_log) {
      out_.begin_object().key("timestamp-ms").integer(entry.timestamp_ms);
      out_.key("metadata-file").string(entry.file).end_object();
    }
    out_.end_array();
  }

  void write_statistics(const char* key) {
    const auto files = has_before_ ? array_member(before_, key, kOf) : std::nullopt;
    if (!files) return;
    out_.key(key).begin_array();
    for (const JsonElement each : *files) {
      const auto id = number_member(as_object(each, key), "snapshot-id", key);
      if (id && metadata_.find_snapshot(*id)) out_.raw(simdjson::minify(each));
    }
    out_.end_array();
  }

  const TableMetadataFile& metadata_;
  simdjson::dom::parser parser_;
  JsonObject before_;
  bool has_before_ = false, upgraded_ = false;
  JsonWriter out_;
};

}  // namespace

std::string write_table_metadata(const TableMetadataFile& metadata) {
  return MetadataWriter(metadata).run();
}

}  // namespace lakelet::iceberg
