#include "bindings/rows.h"

#include <nanobind/stl/string.h>

#include <string>
#include <vector>

#include "bindings/arrow_capsules.h"
#include "bindings/bind.h"
#include "bindings/values.h"
#include "bindings/waiting.h"

namespace lakelet::python {
namespace {

bool as_json(const Type& type) {
  return type.nested() || type.kind() == TypeKind::Variant;
}

// A cell that outlives its row.
struct Cell {
  Value value;
  std::string json;
};

std::vector<Cell> current_row(const Rows& rows) {
  std::vector<Cell> cells(rows.schema().size());
  for (std::size_t column = 0; column < cells.size(); ++column) {
    if (rows.is_null(column)) continue;
    if (as_json(rows.schema()[column].type)) {
      cells[column].json = rows.json(column);
    } else {
      cells[column].value = rows.value(column);
    }
  }
  return cells;
}

nb::object to_object(const Cell& cell, const Type& type) {
  if (!as_json(type)) return to_python(cell.value, type);
  if (cell.json.empty()) return nb::none();
  return nb::module_::import_("json").attr("loads")(cell.json);
}

// Up to `count` rows as tuples; fewer at the end.
nb::list fetch(PendingRows& pending, std::size_t count) {
  Rows& rows = pending.get();
  const auto fetched = without_gil(pending.cancel(), [&] {
    std::vector<std::vector<Cell>> all;
    while (all.size() < count && rows.next()) all.push_back(current_row(rows));
    return all;
  });
  const Schema& schema = rows.schema();
  nb::list result;
  for (const std::vector<Cell>& cells : fetched) {
    nb::object row = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(cells.size())));
    for (std::size_t column = 0; column < cells.size(); ++column) {
      PyTuple_SetItem(row.ptr(), static_cast<Py_ssize_t>(column),
                      to_object(cells[column], schema[column].type).release().ptr());
    }
    result.append(row);
  }
  return result;
}

nb::capsule hand_on(PendingRows& pending, nb::handle /*requested_schema*/) {
  Rows rows = std::move(pending.get());
  pending.rows.reset();
  return to_capsule(std::move(rows).into_stream(), pending.cancel());
}

}  // namespace

PendingRows::~PendingRows() {
  if (rows) without_python([this] { rows.reset(); });
}

Rows& PendingRows::get() {
  if (!rows) throw nb::value_error("these rows were read already: run the query again");
  return *rows;
}

void bind_rows(nb::module_& module) {
  nb::class_<PendingRows>(module, "_Rows")
      .def_prop_ro("schema", [](PendingRows& pending) { return pending.get().schema(); })
      .def("fetch", fetch, nb::arg("count"))
      .def("__arrow_c_stream__", hand_on, nb::arg("requested_schema").none() = nb::none());
}

}  // namespace lakelet::python
