#include "bindings/source.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings/bind.h"

namespace lakelet::python {
namespace {

PendingSource of_files(std::vector<std::string> paths, const std::string& format, const std::string& delimiter,
                       const std::string& encoding, bool header, const std::string& sheet) {
  FileOptions options;
  if (!format.empty()) options.format = parse_file_format(format);
  options.delimiter = delimiter;
  if (!encoding.empty()) options.encoding = encoding;
  options.header = header;
  options.sheet = sheet;
  return {Source::files(std::move(paths), options)};
}

PendingSource of_batches(nb::object iterator) {
  PendingSource pending;
  pending.source.emplace(Source::stream(stream_of_batches(std::move(iterator), pending.failure)));
  return pending;
}

}  // namespace

Source PendingSource::take() {
  if (!source) throw nb::value_error("these rows were written already: give them anew");
  Source taken = std::move(*source);
  source.reset();
  return taken;
}

void bind_source(nb::module_& module) {
  nb::class_<PendingSource>(module, "Source")
      .def_static("stream", [](nb::handle object) { return PendingSource{Source::stream(stream_of(object))}; })
      .def_static("batches", of_batches)
      .def_static("files", of_files, nb::arg("paths"), nb::arg("format") = "", nb::arg("delimiter") = "",
                  nb::arg("encoding") = "", nb::arg("header") = true, nb::arg("sheet") = "")
      .def_static("sql",
                  [](std::string query, std::vector<std::pair<std::string, std::string>> parameters) {
                    return PendingSource{Source::sql(std::move(query), std::move(parameters))};
                  })
      .def_static("table", [](std::string reference) { return PendingSource{Source::table(std::move(reference))}; });
}

}  // namespace lakelet::python
