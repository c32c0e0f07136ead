#include "bindings/options.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "lakelet/error.h"

namespace lakelet::python {
namespace {

std::string text_of(nb::handle value) {
  return nb::cast<std::string>(value);
}

[[noreturn]] void unknown(const std::string& name) {
  throw nb::type_error(("unknown option " + name).c_str());
}

SchemaMode schema_mode(const std::string& name) {
  if (name == "enforce") return SchemaMode::Enforce;
  if (name == "merge") return SchemaMode::Merge;
  if (name == "overwrite") return SchemaMode::Overwrite;
  throw Error(ErrorCode::InvalidArgument,
              "schema_mode is \"enforce\", \"merge\" or \"overwrite\", not \"" + name + "\"");
}

bool set_file_option(DataFileOptions& files, const std::string& name, nb::handle value) {
  if (name == "target_file_size") {
    files.target_bytes = nb::cast<std::uint64_t>(value);
  } else if (name == "compression") {
    files.compression = text_of(value);
  } else if (name == "compression_level") {
    files.compression_level = nb::cast<int>(value);
  } else if (name == "row_group_rows") {
    files.row_group_rows = nb::cast<std::int64_t>(value);
  } else if (name == "dictionary_values") {
    files.dictionary_values = nb::cast<std::int64_t>(value);
  } else if (name == "bloom_filter_false_positives") {
    files.bloom_filter_false_positives = nb::cast<double>(value);
  } else {
    return false;
  }
  return true;
}

void set_write_option(WriteOptions& options, const std::string& name, nb::handle value) {
  if (name == "schema_mode") {
    options.schema_mode = schema_mode(text_of(value));
  } else if (name == "if_version") {
    options.if_version = nb::cast<Version>(value);
  } else if (name == "retry_seconds") {
    options.retry_budget = std::chrono::milliseconds(static_cast<std::int64_t>(nb::cast<double>(value) * 1000));
  } else if (name == "user_metadata") {
    options.user_metadata = nb::cast<std::map<std::string, std::string>>(value);
  } else if (name == "application_version") {
    options.application_version = nb::cast<std::pair<std::string, std::int64_t>>(value);
  } else if (name == "sort_by") {
    options.sort_by = nb::cast<std::vector<std::string>>(value);
  } else if (!set_file_option(options.files, name, value)) {
    unknown(name);
  }
}

struct Members {
  nb::dict given;

  template <typename T>
  T get(const char* name, T otherwise = {}) const {
    return given.contains(name) ? nb::cast<T>(given[name]) : otherwise;
  }
  bool has(const char* name) const { return given.contains(name) && !nb::object(given[name]).is_none(); }
  ColumnPath column() const { return get<ColumnPath>("column"); }
  // after: a name; "" is first.
  std::optional<ColumnPosition> position() const {
    if (!given.contains("after") || given["after"].is_none()) return std::nullopt;
    return ColumnPosition{text_of(given["after"])};
  }
};

// "default": an expression; "generated": another one; "identity": (start, step, explicit_values).
std::optional<ValueRule> value_rule(const Members& from) {
  if (from.has("default")) return DefaultValue{from.get<std::string>("default")};
  if (from.has("generated")) return GeneratedValue{from.get<std::string>("generated")};
  if (!from.has("identity")) return std::nullopt;
  const nb::tuple identity = nb::cast<nb::tuple>(from.given["identity"]);
  return IdentityValue{nb::cast<std::int64_t>(identity[0]), nb::cast<std::int64_t>(identity[1]),
                       nb::cast<bool>(identity[2])};
}

AddColumn add_column(const Members& from) {
  return {from.get<ColumnPath>("parent"), nb::cast<Field>(from.given["field"]), from.position(),
          from.get<bool>("if_not_exists"), value_rule(from)};
}

Alteration alteration(const std::string& verb, const Members& from) {
  const auto text = [&](const char* name) { return from.get<std::string>(name); };
  if (verb == "add_column") return add_column(from);
  if (verb == "drop_column") return DropColumn{from.column(), from.get<bool>("if_exists")};
  if (verb == "rename_column") return RenameColumn{from.column(), text("name")};
  if (verb == "move_column") return MoveColumn{from.column(), ColumnPosition{text("after")}};
  if (verb == "set_column_type") return SetColumnType{from.column(), nb::cast<Type>(from.given["type"])};
  if (verb == "set_not_null") return SetNotNull{from.column(), from.get<bool>("not_null", true)};
  if (verb == "set_column_comment") return SetColumnComment{from.column(), text("text")};
  if (verb == "set_default") return SetDefault{from.column(), text("expression")};
  if (verb == "drop_default") return DropDefault{from.column(), from.get<bool>("if_exists")};
  if (verb == "set_domain") {
    return SetDomain{text("name"), from.has("text") ? std::optional(text("text")) : std::nullopt};
  }
  if (verb == "add_constraint") return AddConstraint{text("name"), text("condition")};
  if (verb == "drop_constraint") return DropConstraint{text("name"), from.get<bool>("if_exists")};
  if (verb == "set_properties") return SetProperties{from.get<Properties>("properties")};
  if (verb == "unset_properties") {
    return UnsetProperties{from.get<std::vector<std::string>>("names"), from.get<bool>("if_exists")};
  }
  if (verb == "set_name") return SetTableName{text("name")};
  if (verb == "set_description") return SetDescription{text("text")};
  unknown(verb);
}

}  // namespace

CreateOptions create_options(const nb::dict& given) {
  CreateOptions options;
  for (const auto& [key, value] : given) {
    const std::string name = text_of(key);
    if (name == "format") {
      options.format = text_of(value);
    } else if (name == "partition_by") {
      options.partition_by = nb::cast<std::vector<std::string>>(value);
    } else if (name == "name") {
      options.name = text_of(value);
    } else if (name == "description") {
      options.description = text_of(value);
    } else if (name == "properties") {
      options.properties = nb::cast<Properties>(value);
    } else if (name == "if_not_exists") {
      options.if_not_exists = nb::cast<bool>(value);
    } else if (name == "replace") {
      options.replace = nb::cast<bool>(value);
    } else if (name == "user_metadata") {
      options.user_metadata = nb::cast<std::map<std::string, std::string>>(value);
    } else {
      unknown(name);
    }
  }
  return options;
}

WriteOptions write_options(const nb::dict& given) {
  WriteOptions options;
  for (const auto& [key, value] : given) set_write_option(options, text_of(key), value);
  return options;
}

OptimizeOptions optimize_options(const nb::dict& given) {
  using Columns = std::vector<std::string>;
  OptimizeOptions options;
  for (const auto& [key, value] : given) {
    const std::string name = text_of(key);
    if (name == "where") {
      options.where = text_of(value);
    } else if (name == "target_size") {
      options.target_bytes = nb::cast<std::uint64_t>(value);
    } else if (name == "z_order") {
      options.z_order = nb::cast<Columns>(value);
    } else if (name == "hilbert") {
      options.hilbert = nb::cast<Columns>(value);
    } else if (name == "sort_by") {
      options.sort_by = nb::cast<Columns>(value);
    } else if (name == "full") {
      options.full = nb::cast<bool>(value);
    } else if (name == "purge") {
      options.purge = nb::cast<bool>(value);
    } else if (name == "commit_bytes") {
      options.commit_bytes = nb::cast<std::uint64_t>(value);
    } else if (name == "commit_seconds") {
      options.commit_interval = std::chrono::milliseconds(static_cast<std::int64_t>(nb::cast<double>(value) * 1000));
    } else {
      set_write_option(options.write, name, value);
    }
  }
  return options;
}

WriteMode write_mode(const std::string& name) {
  if (name == "append") return WriteMode::Append;
  if (name == "overwrite") return WriteMode::Overwrite;
  if (name == "error") return WriteMode::ErrorIfExists;
  if (name == "ignore") return WriteMode::Ignore;
  throw Error(ErrorCode::InvalidArgument,
              "mode is \"append\", \"overwrite\", \"error\" or \"ignore\", not \"" + name + "\"");
}

std::vector<Alteration> alterations(const nb::list& given) {
  std::vector<Alteration> result;
  for (nb::handle each : given) {
    const nb::tuple pair = nb::cast<nb::tuple>(each);
    result.push_back(alteration(text_of(pair[0]), {nb::cast<nb::dict>(pair[1])}));
  }
  return result;
}

}  // namespace lakelet::python
