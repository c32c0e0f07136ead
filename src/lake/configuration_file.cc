#include "lakelet/configuration_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "config/configuration_file.h"
#include "config/query_edit.h"
#include "formats/registry.h"
#include "lake/configuration_text.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

[[noreturn]] void fail_to_write(const std::string& path) {
  throw Error(ErrorCode::Permission, fmt::format("can't write {}: {}", path, std::strerror(errno)));
}

// Whole or not at all. The mode stays, as it may hold secrets, and a symbolic link stays one.
void replace_local_file(const std::string& given, const std::string& text) {
  const std::string path = std::filesystem::canonical(given).string();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) fail_to_write(path);
  std::string temporary = path + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) fail_to_write(path);
  bool done = ::fchmod(file, status.st_mode & 07777) == 0;
  for (std::size_t at = 0; done && at < text.size();) {
    const ssize_t written = ::write(file, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    done = written > 0;
    if (done) at += static_cast<std::size_t>(written);
  }
  done = done && ::fsync(file) == 0;
  done = ::close(file) == 0 && done;
  if (done && ::rename(temporary.c_str(), path.c_str()) == 0) return;
  const int why = errno;
  ::unlink(temporary.c_str());
  errno = why;
  fail_to_write(path);
}

}  // namespace

struct ConfigurationFile::Impl {
  Location file;
  config::Variables variable;

  config::ConfigurationSource source() const { return configuration_source(file, variable); }
};

ConfigurationFile::ConfigurationFile(const Configuration& configuration) {
  if (configuration.configuration_file.empty()) {
    throw Error(ErrorCode::InvalidArgument, "there is no configuration file",
                "make a lakelet.yml, or name one with --config");
  }
  std::string folder = configuration.working_folder;
  if (folder.empty()) folder = std::filesystem::current_path().string();
  impl_ = std::make_shared<const Impl>(
      Impl{StoreRegistry(folder).resolve(configuration.configuration_file), configuration.variable});
}

const std::string& ConfigurationFile::uri() const {
  return impl_->file.uri;
}

ConfiguredContents ConfigurationFile::contents() const {
  const config::ConfigNode document = config::merged_document(impl_->source());
  return {config::read_tables(document, impl_->variable), config::read_queries(document, impl_->variable),
          config::read_settings(document, impl_->variable)};
}

std::vector<SavedQuery> ConfigurationFile::queries() const {
  return config::read_queries(config::merged_document(impl_->source()), impl_->variable);
}

std::vector<ConfigurationProblem> ConfigurationFile::problems() const {
  FormatRegistry registry;
  add_standard_formats(registry);
  std::vector<std::string> formats;
  for (const auto& format : registry.formats()) formats.emplace_back(format->name());
  return config::find_problems(impl_->source(), formats);
}

std::string ConfigurationFile::text(bool substitute) const {
  return config::shown_document(impl_->source(), substitute);
}

void ConfigurationFile::save(const SavedQuery& query, bool replace) {
  const Location& file = impl_->file;
  const bool there = file.store->find(file.path).has_value();
  if (there) {
    const std::vector<SavedQuery> known = queries();
    const std::string own = file.path.substr(file.path.find_last_of('/') + 1) + ":";
    const auto old = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.name == query.name; });
    if (old != known.end() && !old->where.starts_with(own)) {
      throw Error(ErrorCode::AlreadyExists,
                  fmt::format("there is a saved query '{}' already ({})", query.name, old->where),
                  "choose another name, or change it there");
    }
  }
  const std::string name = file.path.substr(file.path.find_last_of('/') + 1);
  const std::string text = config::with_query(name, there ? configuration_text(file) : std::string(), query, replace);
  const bool local = file.uri == file.path;
  there&& local ? replace_local_file(file.path, text) : file.store->put(file.path, text);
}

std::string ConfigurationFile::schema() {
  return config::configuration_schema();
}

}  // namespace lakelet
