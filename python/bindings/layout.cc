#include "bindings/layout.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/waiting.h"
#include "lakelet/error.h"

namespace lakelet::python {
namespace {

Version change(BoundTable& bound, const LayoutChange& change) {
  return without_gil(canceller(bound.session), [&] { return bound.table.change_layout({change}).version; });
}

// (age of the name, age of versions, number of versions), each None where nothing is said.
ReferenceRetention retention(const nb::tuple& given) {
  ReferenceRetention result;
  result.reference_age_ms = nb::cast<std::optional<std::int64_t>>(given[0]);
  result.version_age_ms = nb::cast<std::optional<std::int64_t>>(given[1]);
  result.versions = nb::cast<std::optional<int>>(given[2]);
  return result;
}

nb::list references(const BoundTable& bound) {
  const auto all = without_gil(canceller(bound.session), [&] { return bound.table.references(); });
  nb::list result;
  for (const Reference& each : all) result.append(nb::make_tuple(each.name, each.version, each.branch));
  return result;
}

// `at`: a version, a time in microseconds where at_time, a branch or tag, or None.
Version set_reference(BoundTable& bound, const std::string& name, bool branch, nb::handle at, bool at_time,
                      bool replace, bool keep, const nb::tuple& kept) {
  SetReference set;
  set.name = name;
  set.branch = branch;
  if (nb::isinstance<nb::str>(at)) {
    set.version = AtReference{nb::cast<std::string>(at)};
  } else if (!at.is_none()) {
    const auto number = nb::cast<std::int64_t>(at);
    set.version = at_time ? VersionSelector(AtTimestamp{number}) : VersionSelector(Version{number});
  }
  set.replace = replace;
  set.keep = keep;
  set.retention = retention(kept);
  return change(bound, set);
}

std::vector<SortField> sort_fields(const std::vector<std::string>& texts) {
  std::vector<SortField> fields;
  for (const std::string& text : texts) fields.push_back(parse_sort_field(text));
  return fields;
}

PartitionField partition_field(const std::string& text, const std::optional<std::string>& name) {
  PartitionField field = parse_partition_field(text);
  if (name) field.name = *name;
  return field;
}

nb::tuple cherry_pick(BoundTable& bound, nb::handle version) {
  VersionSelector picked = AtReference{};
  if (nb::isinstance<nb::str>(version)) {
    picked = AtReference{nb::cast<std::string>(version)};
  } else {
    picked = Version{nb::cast<std::int64_t>(version)};
  }
  const Report report = without_gil(canceller(bound.session), [&] { return bound.table.cherry_pick(picked); });
  return nb::make_tuple(report.version, report.files_added, report.rows_inserted);
}

}  // namespace

void bind_layout(nb::class_<BoundTable>& table) {
  table.def("references", references)
      .def("set_reference", set_reference, nb::arg("name"), nb::arg("branch"), nb::arg("at").none(), nb::arg("at_time"),
           nb::arg("replace"), nb::arg("keep"), nb::arg("retention"))
      .def("set_reference_retention",
           [](BoundTable& bound, const std::string& name, const nb::tuple& kept) {
             return change(bound, SetReferenceRetention{name, retention(kept)});
           })
      .def("drop_reference",
           [](BoundTable& bound, const std::string& name, bool branch, bool if_exists) {
             return change(bound, DropReference{name, branch, if_exists});
           })
      .def("fast_forward",
           [](BoundTable& bound, const std::string& branch, const std::string& to) {
             return change(bound, FastForward{branch, to});
           })
      .def("cherry_pick", cherry_pick)
      .def(
          "add_partition_field",
          [](BoundTable& bound, const std::string& field, const std::optional<std::string>& name) {
            return change(bound, AddPartitionField{partition_field(field, name)});
          },
          nb::arg("field"), nb::arg("name").none())
      .def("drop_partition_field",
           [](BoundTable& bound, const std::string& field) { return change(bound, DropPartitionField{field}); })
      .def(
          "replace_partition_field",
          [](BoundTable& bound, const std::string& field, const std::string& by,
             const std::optional<std::string>& name) {
            return change(bound, ReplacePartitionField{field, partition_field(by, name)});
          },
          nb::arg("field"), nb::arg("by"), nb::arg("name").none())
      .def("set_sort_order", [](BoundTable& bound, const std::vector<std::string>& fields) {
        return change(bound, SetSortOrder{sort_fields(fields)});
      });
}

}  // namespace lakelet::python
