#include "lakelet/session.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/arrow_capsules.h"
#include "bindings/bind.h"
#include "bindings/options.h"
#include "bindings/rows.h"
#include "bindings/source.h"
#include "bindings/table.h"
#include "bindings/upkeep.h"
#include "bindings/values.h"
#include "bindings/waiting.h"
#include "lakelet/error.h"

namespace lakelet::python {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

const char* kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::Progress:
      return "progress";
    case EventKind::Stage:
      return "stage";
    case EventKind::Note:
      return "note";
    default:
      return "warning";
  }
}

// A Python object that any thread may copy and drop.
std::shared_ptr<nb::object> shared(nb::object object) {
  return {new nb::object(std::move(object)), [](nb::object* held) {
            const nb::gil_scoped_acquire gil;
            delete held;
          }};
}

EventSink sink_of(nb::object listener) {
  if (listener.is_none()) return {};
  return [held = shared(std::move(listener))](const Event& event) {
    const nb::gil_scoped_acquire gil;
    try {
      (*held)(kind_name(event.kind), event.operation, event.text, event.fraction);
    } catch (nb::python_error& error) {
      error.discard_as_unraisable("lakelet's listener");
    }
  };
}

void make_session(Session* self, std::uint64_t memory_limit, int threads, std::string temp_folder,
                  std::string working_folder, std::map<std::string, std::string> store_options,
                  std::map<std::string, std::string> variables, nb::object listener) {
  Configuration configuration;
  configuration.variable = [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  configuration.memory_limit_bytes = memory_limit;
  configuration.threads = threads;
  configuration.temp_folder = std::move(temp_folder);
  configuration.working_folder = std::move(working_folder);
  configuration.store_options = std::move(store_options);
  configuration.events = sink_of(std::move(listener));
  new (self) Session(std::move(configuration));
}

BoundTable create(Session& session, const std::string& reference, const Schema& schema, const nb::dict& options) {
  const CreateOptions with = create_options(options);
  return {without_gil(canceller(session), [&] { return session.create(reference, schema, with); }), session};
}

BoundTable open(Session& session, const std::string& reference) {
  return {without_gil(canceller(session), [&] { return session.open(reference); }), session};
}

nb::dict write(Session& session, const std::string& reference, PendingSource& source, const std::string& mode,
               const std::string& where, const nb::dict& options, std::optional<nb::dict> create) {
  const WriteOptions with = write_options(options);
  const WriteMode how = write_mode(mode);
  std::optional<CreateOptions> made;
  if (create) made = create_options(*create);
  Source rows = source.take();
  try {
    return to_python(without_gil(canceller(session), [&] {
      return session.write(reference, std::move(rows), how, where, with, made ? &*made : nullptr);
    }));
  } catch (const Error&) {
    source.failure->raise();
    throw;
  }
}

// The caller's frames, each with a function that gives an object with an Arrow stream.
std::vector<NamedRows> named_rows(const nb::dict& given) {
  std::vector<NamedRows> result;
  for (const auto& [name, open] : given) {
    const auto held = shared(nb::borrow(open));
    result.push_back({nb::cast<std::string>(name), [held]() -> OwnedArrowStream {
                        const nb::gil_scoped_acquire gil;
                        try {
                          return stream_of((*held)());
                        } catch (nb::python_error& error) {
                          throw Error(ErrorCode::InvalidArgument, error.what());
                        }
                      }});
  }
  return result;
}

PendingRows sql(Session& session, const std::string& query, const Parameters& parameters, const nb::dict& given) {
  const std::vector<NamedRows> names = named_rows(given);
  return {without_gil(canceller(session), [&] { return session.sql(query, parameters, names); }), session};
}

PendingRows read_split(Session& session, const nb::bytes& split) {
  const std::string text(split.c_str(), split.size());
  return {without_gil(canceller(session), [&] { return session.read(text); }), session};
}

}  // namespace

void bind_session(nb::module_& module) {
  module.def("parse_byte_size", &parse_byte_size);
  module.def("parse_duration", [](const std::string& text) { return parse_duration(text).count(); });  // microseconds
  // Never ends the object: after a fork, its threads aren't there to be waited for.
  module.def("leak", [](nb::handle object) { object.inc_ref(); });
  nb::class_<Session> bound(module, "_Session");
  bound
      .def("__init__", make_session, nb::arg("memory_limit") = 0, nb::arg("threads") = 0, nb::arg("temp_folder") = "",
           nb::arg("working_folder") = "", nb::arg("store_options") = std::map<std::string, std::string>(),
           nb::arg("variables") = std::map<std::string, std::string>(), nb::arg("listener").none() = nb::none())
      .def("create", create)
      .def("open", open)
      .def("exists",
           [](Session& session, const std::string& reference) {
             return without_gil(canceller(session), [&] { return session.exists(reference); });
           })
      .def("register",
           [](Session& session, const std::string& name, const std::string& metadata) {
             return BoundTable{without_gil(canceller(session), [&] { return session.register_table(name, metadata); }),
                               session};
           })
      .def("write", write, nb::arg("reference"), nb::arg("source"), nb::arg("mode"), nb::arg("where"),
           nb::arg("options"), nb::arg("create").none())
      .def("sql", sql)
      .def("read", read_split)
      .def("cancel", [](Session& session) { return session.cancel(); });
  bind_upkeep(bound);
}

}  // namespace lakelet::python
