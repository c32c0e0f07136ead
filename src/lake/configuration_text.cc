#include "lake/configuration_text.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet {
namespace {

Location sibling(const Location& file, const std::string& path) {
  const auto beside = [&](const std::string& of) {
    return path.starts_with('/') ? path : normalise_path(of.substr(0, of.find_last_of('/') + 1) + path);
  };
  return {file.store, beside(file.path), beside(file.uri)};
}

}  // namespace

std::string configuration_text(const Location& file) {
  constexpr std::uint64_t kMost = std::uint64_t{16} << 20;
  if (!file.store->find(file.path)) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no configuration file {}", file.uri));
  }
  return file.store->read_all(file.path, kMost);
}

config::ConfigurationSource configuration_source(const Location& file, const config::Variables& variable) {
  config::ConfigurationSource source;
  source.name = file.path.substr(file.path.find_last_of('/') + 1);
  source.text = configuration_text(file);
  source.variable = variable;
  source.include = [file](const std::string& path) { return configuration_text(sibling(file, path)); };
  return source;
}

}  // namespace lakelet
