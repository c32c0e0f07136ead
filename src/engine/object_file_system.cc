#include "engine/object_file_system.h"

#include <algorithm>
#include <array>
#include <duckdb/common/open_file_info.hpp>
#include <span>
#include <string_view>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"

namespace duckdb {
// Of duckdb/function/scalar/string_common.hpp, which needs a header that isn't installed.
bool Glob(const char* text, idx_t text_length, const char* pattern, idx_t pattern_length, bool allow_question_mark);
}  // namespace duckdb

namespace lakelet::engine {

namespace {

constexpr std::string_view kPrefix = "lakelet:";

class ObjectHandle final : public duckdb::FileHandle {
 public:
  ObjectHandle(duckdb::FileSystem& files, const std::string& path, duckdb::FileOpenFlags flags)
      : FileHandle(files, path, flags) {}

  void Close() override {
    reader.reset();
    if (!writer) return;
    inside_engine([&] { writer->finish(); });
    writer.reset();
  }

  ObjectReader& reading() const {
    if (!reader) pass_through(Error(ErrorCode::Internal, uri_of(path) + " isn't open for reading"));
    return *reader;
  }
  ObjectWriter& writing() const {
    if (!writer) pass_through(Error(ErrorCode::Internal, uri_of(path) + " isn't open for writing"));
    return *writer;
  }

  std::shared_ptr<ObjectReader> reader;
  std::unique_ptr<ObjectWriter> writer;
  std::uint64_t position = 0;
};

// Whether an object can be read at random offsets cheaply, so that DuckDB needn't fetch ahead.
bool is_near(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  return scheme == std::string_view::npos || uri.starts_with("file:") || uri.starts_with("memory:");
}

// Whether the one who opens the file says that it never changes under its name.
bool never_changes(const duckdb::OpenFileInfo& file) {
  if (!file.extended_info) return false;
  const auto option = file.extended_info->options.find("validate_external_file_cache");
  return option != file.extended_info->options.end() && !duckdb::BooleanValue::Get(option->second);
}

std::span<std::byte> bytes_at(void* buffer, int64_t bytes) {
  return {static_cast<std::byte*>(buffer), static_cast<std::size_t>(bytes)};
}

}  // namespace

std::string to_engine_path(const std::string& uri) {
  return std::string(kPrefix) + uri;
}

bool is_engine_path(const std::string& path) {
  return path.starts_with(kPrefix);
}

std::string uri_of(const std::string& engine_path) {
  return is_engine_path(engine_path) ? engine_path.substr(kPrefix.size()) : engine_path;
}

// A folder of tables has other files as well: the configuration with its secrets, somebody's lists. Of a table, SQL
// reads Parquet; what else it is made of, the stores read without the engine.
void ObjectFileSystem::require_within(const Location& location, ObjectReader& reader) const {
  if (!bounds_.tables_alone) return;
  if (!bounds_.temp_folder.empty() && location.uri.starts_with(bounds_.temp_folder + '/')) return;
  std::array<char, 4> magic{};
  if (reader.info().size >= magic.size()) reader.read(0, std::as_writable_bytes(std::span(magic)));
  if (std::string_view(magic.data(), magic.size()) == "PAR1") return;
  throw Error(ErrorCode::Permission, location.uri + " is no file of a table: this session works on its tables alone");
}

std::shared_ptr<ObjectReader> ObjectFileSystem::open_reader(const duckdb::OpenFileInfo& file) {
  const auto open = [&]() -> std::shared_ptr<ObjectReader> {
    const Location location = stores_->resolve(uri_of(file.path));
    auto reader = location.store->open(location.path);
    require_within(location, *reader);
    return reader;
  };
  if (!never_changes(file)) return open();
  {
    const std::lock_guard lock(mutex_);
    const auto found = readers_.find(file.path);
    if (found != readers_.end()) {
      if (auto reader = found->second.lock()) return reader;
    }
  }
  auto reader = open();
  const std::lock_guard lock(mutex_);
  if (readers_.size() >= 1024) std::erase_if(readers_, [](const auto& entry) { return entry.second.expired(); });
  readers_[file.path] = reader;
  return reader;
}

duckdb::unique_ptr<duckdb::FileHandle> ObjectFileSystem::OpenFileExtended(const duckdb::OpenFileInfo& file,
                                                                          duckdb::FileOpenFlags flags,
                                                                          duckdb::optional_ptr<duckdb::FileOpener>) {
  return inside_engine([&]() -> duckdb::unique_ptr<duckdb::FileHandle> {
    auto handle = duckdb::make_uniq<ObjectHandle>(*this, file.path, flags);
    if (flags.OpenForWriting()) {
      if (flags.OpenForAppending() || flags.OpenForReading()) {
        throw Error(ErrorCode::UnsupportedFeature, uri_of(file.path) + ": an object is written once, from its start");
      }
      const Location location = stores_->resolve(uri_of(file.path));
      handle->writer = location.store->create(location.path);
      return handle;
    }
    try {
      handle->reader = open_reader(file);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::NotFound && flags.ReturnNullIfNotExists()) return nullptr;
      throw;
    }
    return handle;
  });
}

void ObjectFileSystem::Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes, duckdb::idx_t location) {
  inside_engine([&] {
    const std::size_t read = handle.Cast<ObjectHandle>().reading().read(location, bytes_at(buffer, bytes));
    if (read == static_cast<std::size_t>(bytes)) return;
    throw Error(ErrorCode::CorruptTable, uri_of(handle.path) + " ends too early: " + std::to_string(bytes) +
                                             " bytes at " + std::to_string(location) + " were expected");
  });
}

int64_t ObjectFileSystem::Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes) {
  return inside_engine([&] {
    auto& object = handle.Cast<ObjectHandle>();
    const std::size_t read = object.reading().read(object.position, bytes_at(buffer, bytes));
    object.position += read;
    return static_cast<int64_t>(read);
  });
}

void ObjectFileSystem::Write(duckdb::FileHandle& handle, void* buffer, int64_t bytes, duckdb::idx_t location) {
  if (location != handle.Cast<ObjectHandle>().writing().written()) {
    pass_through(
        Error(ErrorCode::UnsupportedFeature, uri_of(handle.path) + ": an object is written from start to end"));
  }
  Write(handle, buffer, bytes);
}

int64_t ObjectFileSystem::Write(duckdb::FileHandle& handle, void* buffer, int64_t bytes) {
  return inside_engine([&] {
    handle.Cast<ObjectHandle>().writing().append(bytes_at(buffer, bytes));
    return bytes;
  });
}

int64_t ObjectFileSystem::GetFileSize(duckdb::FileHandle& handle) {
  auto& object = handle.Cast<ObjectHandle>();
  return static_cast<int64_t>(object.writer ? object.writer->written() : object.reading().info().size);
}

duckdb::timestamp_t ObjectFileSystem::GetLastModifiedTime(duckdb::FileHandle& handle) {
  auto& object = handle.Cast<ObjectHandle>();
  return duckdb::timestamp_t(object.reader ? object.reader->info().modified_us : 0);
}

duckdb::FileType ObjectFileSystem::GetFileType(duckdb::FileHandle&) {
  return duckdb::FileType::FILE_TYPE_REGULAR;
}

void ObjectFileSystem::FileSync(duckdb::FileHandle&) {}

void ObjectFileSystem::Seek(duckdb::FileHandle& handle, duckdb::idx_t location) {
  handle.Cast<ObjectHandle>().position = location;
}

duckdb::idx_t ObjectFileSystem::SeekPosition(duckdb::FileHandle& handle) {
  auto& object = handle.Cast<ObjectHandle>();
  return object.writer ? object.writer->written() : object.position;
}

bool ObjectFileSystem::OnDiskFile(duckdb::FileHandle& handle) {
  return is_near(uri_of(handle.path));
}

bool ObjectFileSystem::FileExists(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener>) {
  return inside_engine([&] {
    const Location location = stores_->resolve(uri_of(path));
    return location.store->find(location.path).has_value();
  });
}

bool ObjectFileSystem::DirectoryExists(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener>) {
  return inside_engine([&] {
    bool any = false;
    const Location location = stores_->resolve(uri_of(path));
    location.store->list(location.path + "/", "", [&](const ObjectInfo&) {
      any = true;
      return false;
    });
    return any;
  });
}

void ObjectFileSystem::RemoveFile(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener>) {
  inside_engine([&] {
    const Location location = stores_->resolve(uri_of(path));
    location.store->remove(location.path);
  });
}

bool ObjectFileSystem::TryRemoveFile(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener> opener) {
  if (!FileExists(path, opener)) return false;
  RemoveFile(path, opener);
  return true;
}

duckdb::vector<duckdb::OpenFileInfo> ObjectFileSystem::Glob(const duckdb::string& pattern, duckdb::FileOpener*) {
  return inside_engine([&] {
    duckdb::vector<duckdb::OpenFileInfo> found;
    const Location location = stores_->resolve(uri_of(pattern));
    const auto engine_path = [&](const std::string& path) {
      return to_engine_path(location.uri.substr(0, location.uri.size() - location.path.size()) + path);
    };
    if (!duckdb::FileSystem::HasGlob(location.path)) {
      if (location.store->find(location.path)) found.emplace_back(pattern);
      return found;
    }
    if (bounds_.tables_alone) {
      throw Error(ErrorCode::Permission, uri_of(pattern) + ": this session works on its tables alone");
    }
    const std::string fixed = location.path.substr(0, location.path.find_first_of("*?["));
    location.store->list(fixed, "", [&](const ObjectInfo& object) {
      // Without "**" a star stops at a slash, as in a shell.
      const bool deep = location.path.find("**") != std::string::npos;
      const auto slashes = [](const std::string& text) { return std::count(text.begin(), text.end(), '/'); };
      if (!deep && slashes(object.path) != slashes(location.path)) return true;
      if (duckdb::Glob(object.path.data(), object.path.size(), location.path.data(), location.path.size(), true)) {
        found.emplace_back(engine_path(object.path));
      }
      return true;
    });
    return found;
  });
}

bool ObjectFileSystem::CanHandleFile(const duckdb::string& path) {
  return is_engine_path(path);
}

}  // namespace lakelet::engine
