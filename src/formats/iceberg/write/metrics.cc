#include "formats/iceberg/write/metrics.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "formats/iceberg/values/single_value.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kDefaultMode = "write.metadata.metrics.default";
constexpr const char* kColumnMode = "write.metadata.metrics.column.";
constexpr const char* kMostColumns = "write.metadata.metrics.max-inferred-column-defaults";

void collect(const std::vector<Field>& fields, const ColumnPath& parent, std::vector<ColumnPath>& out) {
  for (const Field& field : fields) {
    ColumnPath path = parent;
    path.push_back(field.name);
    if (field.type.kind() == TypeKind::Struct) {
      collect(field.type.children(), path, out);
    } else if (!field.type.nested() && field.type.kind() != TypeKind::Null) {
      out.push_back(std::move(path));
    }
  }
}

// Columns with an order that every reader agrees on.
bool has_bounds(const Field& field) {
  switch (field.type.kind()) {
    case TypeKind::Uuid:  // writers took two orders
    case TypeKind::Variant:
    case TypeKind::Null:
      return false;
    case TypeKind::Binary:
      return field.metadata.empty();  // a shape's bounds are points
    default:
      return true;
  }
}

bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.storage());
  return number && std::isnan(*number);
}

std::optional<std::string> bound(const std::optional<Value>& value, const Type& type, const MetricsMode& mode,
                                 bool upper) {
  if (!value || value->is_null() || is_nan(*value)) return std::nullopt;
  const bool cut =
      mode.kind == MetricsMode::Kind::Truncate && (type.kind() == TypeKind::String || type.kind() == TypeKind::Binary);
  if (cut) return upper ? cut_upper(value->bytes(), mode.length, type) : cut_lower(value->bytes(), mode.length, type);
  return upper ? write_upper_bound(*value, type) : write_lower_bound(*value, type);
}

}  // namespace

MetricsMode read_metrics_mode(const std::string& text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "none") return {MetricsMode::Kind::None, 0};
  if (lower == "counts") return {MetricsMode::Kind::Counts, 0};
  if (lower == "full") return {MetricsMode::Kind::Full, 0};
  constexpr std::string_view kTruncate = "truncate(";
  if (lower.starts_with(kTruncate) && lower.ends_with(')')) {
    MetricsMode mode;
    const char* const last = lower.data() + lower.size() - 1;
    const auto [end, error] = std::from_chars(lower.data() + kTruncate.size(), last, mode.length);
    if (error == std::errc() && end == last && mode.length > 0) return mode;
  }
  throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is no mode of metrics", text),
              "none, counts, truncate(16) or full");
}

MetricsRules::MetricsRules(const Properties& properties, const Schema& schema)
    : properties_(properties), schema_(schema) {
  if (const auto mode = properties.find(kDefaultMode); mode != properties.end()) {
    otherwise_ = read_metrics_mode(mode->second);
    most_columns_ = SIZE_MAX;  // it was said of all
  } else if (const auto most = properties.find(kMostColumns); most != properties.end()) {
    most_columns_ = std::strtoull(most->second.c_str(), nullptr, 10);
  }
}

MetricsMode MetricsRules::mode(const ColumnPath& path) const {
  const auto own = properties_.find(kColumnMode + fmt::format("{}", fmt::join(path, ".")));
  return own == properties_.end() ? otherwise_ : read_metrics_mode(own->second);
}

std::vector<ColumnPath> MetricsRules::columns() const {
  std::vector<ColumnPath> all, wanted;
  collect(schema_.fields(), {}, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool named = properties_.contains(kColumnMode + fmt::format("{}", fmt::join(all[i], ".")));
    if (!named && i >= most_columns_) continue;
    if (mode(all[i]).kind != MetricsMode::Kind::None) wanted.push_back(std::move(all[i]));
  }
  return wanted;
}

std::shared_ptr<FileDetails> make_details(const DataFile& file, const Schema& schema, const MetricsRules& rules) {
  auto details = std::make_shared<FileDetails>();
  for (const auto& [path, known] : file.statistics) {
    const Field* field = find_field(schema, path);
    if (!field || !field->id || field->type.nested()) continue;
    const MetricsMode mode = rules.mode(path);
    if (mode.kind == MetricsMode::Kind::None) continue;
    ColumnMetrics& metrics = details->metrics[*field->id];
    metrics.values = file.rows;
    metrics.nulls = known.null_count;
    const bool floating = field->type.kind() == TypeKind::Float || field->type.kind() == TypeKind::Double;
    if (floating && !known.has_nan) metrics.nans = 0;
    if (mode.kind == MetricsMode::Kind::Counts || !has_bounds(*field)) continue;
    metrics.lower = bound(known.min, field->type, mode, false);
    metrics.upper = bound(known.max, field->type, mode, true);
  }
  return details;
}

}  // namespace lakelet::iceberg
