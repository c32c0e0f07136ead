#include "bindings/values.h"

#include <nanobind/stl/string.h>

namespace lakelet::python {
namespace {

nb::object text_of(const std::string& text) {
  return nb::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

// The pure Python does what datetime can and what it can't: years before 1 and after 9999.
nb::object time_value(const char* maker, std::int64_t number) {
  return nb::module_::import_("lakelet._values").attr(maker)(number);
}

nb::object decimal_value(const Value& value, const Type& type) {
  return nb::module_::import_("decimal").attr("Decimal")(to_text(value, type));
}

nb::object uuid_value(const std::string& bytes) {
  using namespace nb::literals;
  return nb::module_::import_("uuid").attr("UUID")("bytes"_a = nb::bytes(bytes.data(), bytes.size()));
}

}  // namespace

nb::object to_python(const Value& value, const Type& type) {
  if (value.is_null()) return nb::none();
  switch (type.kind()) {
    case TypeKind::Boolean:
      return nb::bool_(value.boolean());
    case TypeKind::Float:
    case TypeKind::Double:
      return nb::float_(value.number());
    case TypeKind::Decimal:
      return decimal_value(value, type);
    case TypeKind::Binary:
    case TypeKind::Fixed:
    case TypeKind::Geometry:
      return nb::bytes(value.bytes().data(), value.bytes().size());
    case TypeKind::Uuid:
      return uuid_value(value.bytes());
    case TypeKind::Date:
      return time_value("date", value.integer());
    case TypeKind::Time:
      return time_value("time", value.integer());
    case TypeKind::Timestamp:
      return time_value("timestamp", value.integer());
    case TypeKind::TimestampTz:
      return time_value("instant", value.integer());
    case TypeKind::TimestampNs:
      return time_value("timestamp_ns", value.integer());
    case TypeKind::TimestampNsTz:
      return time_value("instant_ns", value.integer());
    default:
      break;
  }
  if (type.integral() && std::holds_alternative<std::int64_t>(value.storage())) {
    const std::int64_t number = value.integer();
    if (type.kind() == TypeKind::UInt64) return nb::int_(static_cast<std::uint64_t>(number));
    return nb::int_(number);
  }
  return text_of(value.bytes());
}

nb::dict to_python(const std::map<std::string, std::string>& map) {
  nb::dict result;
  for (const auto& [key, value] : map) result[text_of(key)] = text_of(value);
  return result;
}

nb::object to_python(const std::optional<std::int64_t>& number) {
  if (!number) return nb::none();
  return nb::int_(*number);
}

nb::dict to_python(const PartitionValues& values) {
  nb::dict result;
  for (const auto& [name, value] : values) result[text_of(name)] = value ? text_of(*value) : nb::none();
  return result;
}

nb::dict to_python(const Report& report) {
  nb::dict result;
  result["version"] = report.version;
  result["rows_read"] = report.rows_read;
  result["rows_inserted"] = report.rows_inserted;
  result["rows_updated"] = report.rows_updated;
  result["rows_deleted"] = report.rows_deleted;
  result["rows_copied"] = report.rows_copied;
  result["files_added"] = report.files_added;
  result["files_removed"] = report.files_removed;
  result["files_scanned"] = report.files_scanned;
  result["files_pruned"] = report.files_pruned;
  result["bytes_added"] = report.bytes_added;
  result["bytes_removed"] = report.bytes_removed;
  result["bytes_read"] = report.bytes_read;
  result["bytes_spilled"] = report.bytes_spilled;
  result["commit_retries"] = report.commit_retries;
  result["seconds"] = report.seconds;
  nb::dict stages;
  for (const Stage& stage : report.stages) stages[text_of(stage.name)] = stage.seconds;
  result["stages"] = stages;
  return result;
}

nb::dict to_python(const HistoryEntry& entry) {
  nb::dict result;
  result["version"] = entry.version;
  result["timestamp"] = time_value("instant", entry.timestamp_us);
  result["operation"] = text_of(entry.operation);
  result["parameters"] = to_python(entry.parameters);
  result["metrics"] = to_python(entry.metrics);
  result["user"] = text_of(entry.user);
  result["engine"] = text_of(entry.engine);
  result["other"] = to_python(entry.other);
  return result;
}

nb::dict to_python(const TableMetadata& metadata) {
  nb::dict result;
  result["id"] = text_of(metadata.id);
  result["name"] = text_of(metadata.name);
  result["description"] = text_of(metadata.description);
  result["created"] = metadata.created_us ? time_value("instant", *metadata.created_us) : nb::none();
  result["format"] = metadata.format;
  nb::dict protocol;
  for (const auto& [name, value] : metadata.protocol) protocol[text_of(name)] = text_of(value);
  result["protocol"] = protocol;
  return result;
}

}  // namespace lakelet::python
