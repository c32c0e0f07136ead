#include "table/catalog.h"

#include <fmt/format.h>

#include "base/percent_encoding.h"
#include "lakelet/error.h"

namespace lakelet {

namespace {

constexpr const char* kKeptInNames = " !$&'()*+,;=:";  // the dot between the two names, '@', '#' and '/' are not

std::string encoded(const std::string& name, bool with_dots) {
  std::string text;
  for (const char c : percent_encode(name, kKeptInNames)) {
    if (c == '.' && !with_dots) {
      text += "%2E";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string catalog_table_uri(const std::string& catalog_uri, const std::string& name_space, const std::string& table) {
  return catalog_uri + "#" + encoded(name_space, true) + "." + encoded(table, false);
}

std::optional<CatalogTableName> parse_catalog_table_uri(const std::string& uri) {
  const std::size_t mark = uri.rfind('#');
  if (mark == std::string::npos) return std::nullopt;
  const std::string name = uri.substr(mark + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == name.size()) return std::nullopt;
  return CatalogTableName{uri.substr(0, mark), percent_decode(name.substr(0, dot)),
                          percent_decode(name.substr(dot + 1))};
}

std::shared_ptr<CatalogTable> catalog_table_of(const Location& location) {
  auto* store = dynamic_cast<CatalogStore*>(location.store.get());
  return store ? store->table(location.uri) : nullptr;
}

void require_no_other(CatalogTable& name) {
  const std::string instead = name.instead();
  if (instead.empty()) return;
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} is {}, which lakelet doesn't read", name.name(), instead),
              "read the tables that it is made of");
}

const TableFormat& format_of(const FormatRegistry& formats, const CatalogTable& table) {
  if (const TableFormat* format = formats.find(table.format())) return *format;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the catalog keeps tables of the format {}, which lakelet doesn't know", table.format()));
}

const TableFormat& format_for_new(const FormatRegistry& formats, const std::string& name, const Location& location) {
  const TableFormat* format = name.empty() ? nullptr : formats.find(name);
  if (!name.empty() && !format) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("no table format is called '{}'", name));
  }
  const auto kept = catalog_table_of(location);
  if (!kept) return format ? *format : *formats.formats().front();
  const TableFormat& only = format_of(formats, *kept);
  if (!format || format == &only) return only;
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("the catalog of {} keeps {} tables, and none of {}", location.uri, only.name(), name));
}

namespace {

[[noreturn]] void refuse(const std::string& path) {
  throw Error(ErrorCode::NotFound, fmt::format("a catalog has no files: {}", path));
}

}  // namespace

void CatalogStore::keep_secret(const std::string&, const std::string& option, const std::string&) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("these catalogs have no option {}", option));
}
std::unique_ptr<ObjectReader> CatalogStore::open(const std::string& path) {
  refuse(path);
}
std::unique_ptr<ObjectWriter> CatalogStore::create(const std::string& path) {
  refuse(path);
}
void CatalogStore::put(const std::string& path, std::string_view) {
  refuse(path);
}
PutOutcome CatalogStore::put_if_absent(const std::string& path, std::string_view) {
  refuse(path);
}
void CatalogStore::remove(const std::string& path) {
  refuse(path);
}
void CatalogStore::copy(const std::string& from, const std::string&) {
  refuse(from);
}

}  // namespace lakelet
