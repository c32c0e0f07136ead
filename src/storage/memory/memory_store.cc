#include "storage/memory/memory_store.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/time.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet {

namespace {

class MemoryReader final : public ObjectReader {
 public:
  MemoryReader(ObjectInfo info, std::shared_ptr<const std::string> bytes)
      : info_(std::move(info)), bytes_(std::move(bytes)) {}

  const ObjectInfo& info() const override { return info_; }

  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= bytes_->size()) return 0;
    const std::size_t length = std::min<std::uint64_t>(out.size(), bytes_->size() - offset);
    if (length > 0) std::memcpy(out.data(), bytes_->data() + offset, length);
    return length;
  }

 private:
  ObjectInfo info_;
  std::shared_ptr<const std::string> bytes_;
};

class MemoryWriter final : public ObjectWriter {
 public:
  MemoryWriter(MemoryStore& store, std::string path) : store_(store), path_(std::move(path)) {}

  void append(std::span<const std::byte> bytes) override {
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  std::uint64_t written() const override { return bytes_.size(); }
  void finish() override { store_.put(path_, bytes_); }

 private:
  MemoryStore& store_;
  std::string path_;
  std::string bytes_;
};

}  // namespace

ObjectInfo MemoryStore::info_of(const std::string& path, const Object& object) {
  return {path, object.bytes->size(), object.modified_us};
}

MemoryStore::Object MemoryStore::get(const std::string& path) const {
  const std::shared_lock lock(mutex_);
  const auto found = objects_.find(path);
  if (found == objects_.end()) throw Error(ErrorCode::NotFound, path + " doesn't exist");
  return found->second;
}

std::optional<ObjectInfo> MemoryStore::next(const std::string& at_least, const std::string& after) const {
  const std::shared_lock lock(mutex_);
  const auto found = at_least > after ? objects_.lower_bound(at_least) : objects_.upper_bound(after);
  if (found == objects_.end()) return std::nullopt;
  return info_of(found->first, found->second);
}

void MemoryStore::list(const std::string& prefix, const std::string& start_after,
                       const std::function<bool(const ObjectInfo&)>& visit) {
  std::optional<ObjectInfo> object = next(prefix, start_after);
  while (object && object->path.starts_with(prefix) && visit(*object)) object = next(prefix, object->path);
}

void MemoryStore::list_folder(const std::string& folder, const std::string& start_after,
                              const std::function<bool(const ObjectInfo&)>& visit,
                              const std::function<bool(const std::string& folder_path)>& visit_folder) {
  const std::string prefix = join_path(folder, "");
  std::string at_least = prefix;
  std::string after = start_after;
  std::optional<ObjectInfo> object = next(at_least, after);
  while (object && object->path.starts_with(prefix)) {
    const std::size_t slash = object->path.find('/', prefix.size());
    if (slash == std::string::npos) {
      if (!visit(*object)) return;
      after = object->path;
    } else {
      const std::string sub_folder = object->path.substr(0, slash);
      if (visit_folder && !visit_folder(sub_folder)) return;
      at_least = sub_folder + static_cast<char>('/' + 1);  // beyond every object below it
    }
    object = next(at_least, after);
  }
}

std::optional<ObjectInfo> MemoryStore::find(const std::string& path) {
  const std::shared_lock lock(mutex_);
  const auto found = objects_.find(path);
  if (found == objects_.end()) return std::nullopt;
  return info_of(path, found->second);
}

std::unique_ptr<ObjectReader> MemoryStore::open(const std::string& path) {
  Object object = get(path);
  ObjectInfo info = info_of(path, object);
  return std::make_unique<MemoryReader>(std::move(info), std::move(object.bytes));
}

std::unique_ptr<ObjectWriter> MemoryStore::create(const std::string& path) {
  return std::make_unique<MemoryWriter>(*this, path);
}

void MemoryStore::put(const std::string& path, std::string_view bytes) {
  Object object{std::make_shared<const std::string>(bytes), now_us()};
  const std::unique_lock lock(mutex_);
  objects_[path] = std::move(object);
}

PutOutcome MemoryStore::put_if_absent(const std::string& path, std::string_view bytes) {
  Object object{std::make_shared<const std::string>(bytes), now_us()};
  const std::unique_lock lock(mutex_);
  return objects_.try_emplace(path, std::move(object)).second ? PutOutcome::Created : PutOutcome::Exists;
}

void MemoryStore::remove(const std::string& path) {
  const std::unique_lock lock(mutex_);
  objects_.erase(path);
}

void MemoryStore::copy(const std::string& from, const std::string& to) {
  Object object = get(from);
  object.modified_us = now_us();
  const std::unique_lock lock(mutex_);
  objects_[to] = std::move(object);
}

}  // namespace lakelet
