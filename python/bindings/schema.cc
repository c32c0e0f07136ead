#include "lakelet/schema.h"

#include <nanobind/operators.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/arrow_capsules.h"
#include "bindings/bind.h"
#include "bindings/values.h"
#include "lakelet/arrow_schema.h"

namespace lakelet::python {
namespace {

std::string kind_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Decimal:
      return "decimal";
    case TypeKind::Fixed:
      return "fixed";
    case TypeKind::Struct:
      return "struct";
    case TypeKind::List:
      return "list";
    case TypeKind::Map:
      return "map";
    default:
      return to_string(type);
  }
}

const Field& field_named(const Schema& schema, const std::string& name) {
  if (const Field* field = schema.find(name)) return *field;
  throw nb::key_error(name.c_str());
}

// A field alone, where Arrow's functions of lakelet take whole schemas.
Field field_of(nb::handle object) {
  OwnedArrowSchema given = schema_of(object);
  ArrowSchema* child = given.get();
  ArrowSchema whole{};
  whole.format = "+s";
  whole.name = "";
  whole.n_children = 1;
  whole.children = &child;
  whole.release = [](ArrowSchema* self) { self->release = nullptr; };
  return from_arrow_schema(whole)[0];
}

nb::capsule capsule_of(const Field& field) {
  OwnedArrowSchema whole = to_arrow_schema(Schema({field}));
  OwnedArrowSchema alone(whole->children[0]);
  return to_capsule(std::move(alone));
}

void bind_type(nb::module_& module) {
  nb::class_<Type>(module, "Type")
      .def(
          "__init__", [](Type* self, const std::string& text) { new (self) Type(parse_type(text)); }, nb::arg("text"))
      .def_static("_decimal", &Type::decimal)
      .def_static("_fixed", &Type::fixed)
      .def_static("_struct", &Type::structure)
      .def_static("_list", [](const Field& element) { return Type::list(element); })
      .def_static("_map", [](const Field& key, const Field& value) { return Type::map(key, value); })
      .def_prop_ro("kind", kind_of)
      .def_prop_ro("precision", &Type::precision)
      .def_prop_ro("scale", &Type::scale)
      .def_prop_ro("length", &Type::length)
      .def_prop_ro("children", [](const Type& type) { return type.children(); })
      .def("__str__", [](const Type& type) { return to_string(type); })
      .def("__repr__", [](const Type& type) { return "Type('" + to_string(type) + "')"; })
      .def("__hash__", [](const Type& type) { return std::hash<std::string>()(to_string(type)); })
      .def("__getstate__", [](const Type& type) { return to_string(type); })
      .def("__setstate__", [](Type& self, const std::string& text) { new (&self) Type(parse_type(text)); })
      .def(nb::self == nb::self);
}

void bind_field(nb::module_& module) {
  nb::class_<Field>(module, "Field")
      .def(
          "__init__",
          [](Field* self, std::string name, Type type, bool nullable, std::string doc,
             std::map<std::string, std::string> metadata) {
            new (self) Field{std::move(name), std::move(type), nullable};
            self->doc = std::move(doc);
            self->metadata = std::move(metadata);
          },
          nb::arg("name"), nb::arg("type"), nb::arg("nullable") = true, nb::arg("doc") = "",
          nb::arg("metadata") = std::map<std::string, std::string>())
      .def_ro("name", &Field::name)
      .def_ro("type", &Field::type)
      .def_ro("nullable", &Field::nullable)
      .def_ro("doc", &Field::doc)
      .def_ro("id", &Field::id)
      .def_ro("metadata", &Field::metadata)
      .def_ro("physical_name", &Field::physical_name)
      .def_static("from_arrow", [](nb::handle object) { return field_of(object); })
      .def("__arrow_c_schema__", capsule_of)
      .def_prop_ro("_has_default", [](const Field& field) { return field.initial_default.has_value(); })
      .def(nb::self == nb::self);
}

}  // namespace

void bind_schema(nb::module_& module) {
  bind_type(module);
  bind_field(module);
  nb::class_<Schema>(module, "Schema")
      .def(
          "__init__", [](Schema* self, std::vector<Field> fields) { new (self) Schema(std::move(fields)); },
          nb::arg("fields"))
      .def_static(
          "parse", [](const std::string& text) { return parse_schema(text); }, nb::arg("text"))
      .def_static(
          "from_arrow", [](nb::handle object) { return from_arrow_schema(*schema_of(object).get()); },
          nb::arg("object"))
      .def_prop_ro("fields", [](const Schema& schema) { return schema.fields(); })
      .def("field", field_named, nb::arg("name"))
      .def("__arrow_c_schema__", [](const Schema& schema) { return to_capsule(to_arrow_schema(schema)); })
      .def("__str__", [](const Schema& schema) { return to_string(schema); })
      .def("__len__", &Schema::size)
      .def(nb::self == nb::self);
}

}  // namespace lakelet::python
