#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/bind.h"
#include "bindings/rows.h"
#include "bindings/table.h"
#include "bindings/values.h"
#include "bindings/waiting.h"

namespace lakelet::python {
namespace {

PendingRows rows_of(const BoundScan& bound) {
  return {without_gil(canceller(bound.session), [&] { return bound.scan.rows(); }), bound.session};
}

PendingRows statistics_of(const BoundScan& bound) {
  return {without_gil(canceller(bound.session), [&] { return bound.scan.statistics(); }), bound.session};
}

nb::list splits_of(const BoundScan& bound, std::uint64_t target_bytes) {
  const std::vector<Split> splits =
      without_gil(canceller(bound.session), [&] { return bound.scan.splits(target_bytes); });
  nb::list result;
  for (const Split& split : splits) {
    result.append(nb::make_tuple(nb::bytes(split.text.data(), split.text.size()), split.files, split.bytes,
                                 to_python(split.rows)));
  }
  return result;
}

const Field* field_at(const Schema& schema, const ColumnPath& path) {
  const std::vector<Field>* fields = &schema.fields();
  const Field* found = nullptr;
  for (const std::string& name : path) {
    found = nullptr;
    for (const Field& field : *fields) {
      if (field.name == name) found = &field;
    }
    if (!found) return nullptr;
    fields = &found->type.children();
  }
  return found;
}

nb::list bounds_of(const ScannedFile& file, const Schema& schema) {
  nb::list result;
  for (const ColumnBounds& bounds : file.columns) {
    const Field* field = field_at(schema, bounds.column);
    if (!field) continue;
    const auto value = [&](const std::optional<Value>& bound) {
      return bound ? to_python(*bound, field->type) : nb::object(nb::none());
    };
    result.append(
        nb::make_tuple(nb::cast(bounds.column), to_python(bounds.nulls), value(bounds.least), value(bounds.greatest)));
  }
  return result;
}

nb::list files_of(const BoundScan& bound, const Schema& schema) {
  nb::list result;
  for (const ScannedFile& each : without_gil(canceller(bound.session), [&] { return bound.scan.files(); })) {
    const FileInfo& file = each.file;
    result.append(nb::make_tuple(file.path, file.bytes, to_python(file.rows), file.deleted_rows,
                                 to_python(file.partition), file.modified_us, each.uri, bounds_of(each, schema),
                                 nb::cast(each.deleted)));
  }
  return result;
}

}  // namespace

void bind_scan(nb::module_& module) {
  nb::class_<BoundScan>(module, "_Scan")
      .def("select",
           [](const BoundScan& bound, std::vector<std::string> columns) {
             return BoundScan{bound.scan.select(std::move(columns)), bound.session};
           })
      .def("where",
           [](const BoundScan& bound, std::string predicate) {
             return BoundScan{bound.scan.where(std::move(predicate)), bound.session};
           })
      .def("order_by",
           [](const BoundScan& bound, std::string column, bool descending) {
             return BoundScan{bound.scan.order_by(std::move(column), descending), bound.session};
           })
      .def("limit",
           [](const BoundScan& bound, std::int64_t rows) {
             return BoundScan{bound.scan.limit(rows), bound.session};
           })
      .def("rows", rows_of)
      .def("statistics", statistics_of)
      .def("splits", splits_of)
      .def("files", files_of);
}

}  // namespace lakelet::python
