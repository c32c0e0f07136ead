// Our object stores as a DuckDB file system, for paths that begin with "lakelet:".
#pragma once

#include <duckdb.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/location.h"

namespace lakelet::engine {

// How far SQL reaches with the paths that it names itself.
struct FileBounds {
  bool tables_alone = false;  // beyond temp_folder: Parquet files by their names, no patterns
  std::string temp_folder;
};

// Objects are read at any offset from any thread, and written as a stream that appears when the handle is closed: a
// handle that is destroyed before leaves nothing. Errors of the stores pass through DuckDB as they are.
class ObjectFileSystem final : public duckdb::FileSystem {
 public:
  ObjectFileSystem(std::shared_ptr<StoreRegistry> stores, FileBounds bounds)
      : stores_(std::move(stores)), bounds_(std::move(bounds)) {}

  void Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes, duckdb::idx_t location) override;
  int64_t Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes) override;
  void Write(duckdb::FileHandle& handle, void* buffer, int64_t bytes, duckdb::idx_t location) override;
  int64_t Write(duckdb::FileHandle& handle, void* buffer, int64_t bytes) override;
  int64_t GetFileSize(duckdb::FileHandle& handle) override;
  duckdb::timestamp_t GetLastModifiedTime(duckdb::FileHandle& handle) override;
  duckdb::FileType GetFileType(duckdb::FileHandle& handle) override;
  void FileSync(duckdb::FileHandle& handle) override;  // no-op: closing is durable
  void Seek(duckdb::FileHandle& handle, duckdb::idx_t location) override;
  duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override;
  bool CanSeek() override { return true; }
  bool OnDiskFile(duckdb::FileHandle& handle) override;

  bool FileExists(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  bool DirectoryExists(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  void CreateDirectory(const duckdb::string&, duckdb::optional_ptr<duckdb::FileOpener>) override {}
  void RemoveFile(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  bool TryRemoveFile(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  duckdb::vector<duckdb::OpenFileInfo> Glob(const duckdb::string& path, duckdb::FileOpener* opener) override;
  duckdb::string PathSeparator(const duckdb::string&) override { return "/"; }
  bool CanHandleFile(const duckdb::string& path) override;
  std::string GetName() const override { return "LakeletObjectFileSystem"; }

 protected:
  duckdb::unique_ptr<duckdb::FileHandle> OpenFileExtended(const duckdb::OpenFileInfo& file, duckdb::FileOpenFlags flags,
                                                          duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  bool SupportsOpenFileExtended() const override { return true; }

 private:
  std::shared_ptr<ObjectReader> open_reader(const duckdb::OpenFileInfo& file);
  // Throws Error(Permission) for a file that no table keeps its rows in.
  void require_within(const Location& location, ObjectReader& reader) const;

  const std::shared_ptr<StoreRegistry> stores_;
  const FileBounds bounds_;
  // Readers of objects that never change, shared while any of them is in use: each thread of a scan opens each file.
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<ObjectReader>> readers_;
};

}  // namespace lakelet::engine
