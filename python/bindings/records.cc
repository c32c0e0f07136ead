// Rows that are Python dictionaries, as one Arrow batch.
#include <nanoarrow/nanoarrow.h>
#include <nanobind/stl/string.h>

#include <memory>
#include <string>

#include "bindings/arrow_capsules.h"
#include "bindings/bind.h"
#include "lakelet/arrow_schema.h"
#include "lakelet/error.h"

namespace lakelet::python {
namespace {

void require(ArrowErrorCode code, const std::string& column) {
  if (code == NANOARROW_OK) return;
  throw Error(ErrorCode::InvalidArgument, "a value of column " + column + " doesn't fit its type");
}

std::int64_t integer_of(nb::handle value) {
  nb::object number = nb::steal(PyNumber_Index(value.ptr()));
  if (!number.is_valid()) throw nb::python_error();
  const long long result = PyLong_AsLongLong(number.ptr());
  if (result == -1 && PyErr_Occurred()) throw nb::python_error();
  return result;
}

std::int64_t made_integer(const char* maker, nb::handle value) {
  return integer_of(nb::module_::import_("lakelet._records").attr(maker)(value));
}

void append(ArrowArray& array, nb::handle value, const Field& field);

void append_struct(ArrowArray& array, nb::handle value, const Field& field) {
  for (std::size_t i = 0; i < field.type.children().size(); ++i) {
    const Field& child = field.type.children()[i];
    append(*array.children[i], value.attr("get")(child.name), child);
  }
  require(ArrowArrayFinishElement(&array), field.name);
}

void append_list(ArrowArray& array, nb::handle value, const Field& field) {
  for (nb::handle each : value) append(*array.children[0], each, field.type.children()[0]);
  require(ArrowArrayFinishElement(&array), field.name);
}

void append_map(ArrowArray& array, nb::handle value, const Field& field) {
  const nb::object pairs = nb::hasattr(value, "items") ? value.attr("items")() : nb::borrow(value);
  for (nb::handle each : pairs) {
    const nb::tuple pair(each);
    append(*array.children[0]->children[0], pair[0], field.type.children()[0]);
    append(*array.children[0]->children[1], pair[1], field.type.children()[1]);
    require(ArrowArrayFinishElement(array.children[0]), field.name);
  }
  require(ArrowArrayFinishElement(&array), field.name);
}

void append_text(ArrowArray& array, nb::handle value, const Field& field) {
  const nb::str text(value);
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (!bytes) throw nb::python_error();
  require(ArrowArrayAppendString(&array, {bytes, size}), field.name);
}

void append_bytes(ArrowArray& array, nb::handle value, const Field& field) {
  const nb::bytes bytes(value);
  ArrowBufferView view;
  view.data.data = bytes.c_str();
  view.size_bytes = static_cast<std::int64_t>(bytes.size());
  require(ArrowArrayAppendBytes(&array, view), field.name);
}

void append_decimal(ArrowArray& array, nb::handle value, const Field& field) {
  ArrowDecimal decimal;
  ArrowDecimalInit(&decimal, 128, field.type.precision(), field.type.scale());
  const std::string digits = nb::cast<std::string>(nb::str(
      nb::module_::import_("lakelet._records").attr("unscaled")(value, field.type.precision(), field.type.scale())));
  require(ArrowDecimalSetDigits(&decimal, {digits.data(), static_cast<std::int64_t>(digits.size())}), field.name);
  require(ArrowArrayAppendDecimal(&array, &decimal), field.name);
}

void append_value(ArrowArray& array, nb::handle value, const Field& field) {
  switch (field.type.kind()) {
    case TypeKind::Struct:
      return append_struct(array, value, field);
    case TypeKind::List:
      return append_list(array, value, field);
    case TypeKind::Map:
      return append_map(array, value, field);
    case TypeKind::Boolean:
      return require(ArrowArrayAppendInt(&array, PyObject_IsTrue(value.ptr())), field.name);
    case TypeKind::Float:
    case TypeKind::Double:
      return require(ArrowArrayAppendDouble(&array, nb::cast<double>(nb::float_(value))), field.name);
    case TypeKind::Decimal:
      return append_decimal(array, value, field);
    case TypeKind::Binary:
      return append_bytes(array, value, field);
    case TypeKind::Date:
      return require(ArrowArrayAppendInt(&array, made_integer("days", value)), field.name);
    case TypeKind::Time:
      return require(ArrowArrayAppendInt(&array, made_integer("time_micros", value)), field.name);
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return require(ArrowArrayAppendInt(&array, made_integer("micros", value)), field.name);
    default:
      break;
  }
  if (field.type.integral()) return require(ArrowArrayAppendInt(&array, integer_of(value)), field.name);
  append_text(array, value, field);
}

void append(ArrowArray& array, nb::handle value, const Field& field) {
  if (value.is_none()) return require(ArrowArrayAppendNull(&array, 1), field.name);
  try {
    append_value(array, value, field);
  } catch (const nb::python_error& error) {
    throw Error(ErrorCode::InvalidArgument, "a value of column " + field.name + " doesn't fit: " + error.what());
  } catch (const nb::cast_error&) {
    throw Error(ErrorCode::InvalidArgument, "a value of column " + field.name + " isn't of its type");
  }
}

// One batch; rows that lack a column have NULL there.
class Records {
 public:
  Records(const nb::list& rows, const Schema& schema) : schema_(schema) {
    const OwnedArrowSchema arrow = to_arrow_schema(schema);
    require(ArrowArrayInitFromSchema(batch_.get(), arrow.get(), nullptr), "schema");
    require(ArrowArrayStartAppending(batch_.get()), "schema");
    Field row;
    row.name = "row";
    row.type = Type::structure(schema.fields());
    for (nb::handle each : rows) append_struct(*batch_.get(), each, row);
    ArrowError problem;
    if (ArrowArrayFinishBuildingDefault(batch_.get(), &problem) != NANOARROW_OK) {
      throw Error(ErrorCode::InvalidArgument, problem.message);
    }
  }

  nb::tuple hand_on(nb::handle /*requested_schema*/) {
    if (!batch_) throw nb::value_error("these rows were read already");
    return nb::make_tuple(to_capsule(to_arrow_schema(schema_)), to_capsule(std::move(batch_)));
  }

 private:
  Schema schema_;
  OwnedArrowArray batch_;
};

}  // namespace

void bind_records(nb::module_& module) {
  nb::class_<Records>(module, "Records")
      .def(nb::init<const nb::list&, const Schema&>())
      .def("__arrow_c_array__", &Records::hand_on, nb::arg("requested_schema").none() = nb::none());
}

}  // namespace lakelet::python
