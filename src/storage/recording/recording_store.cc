#include "storage/recording/recording_store.h"

#include <algorithm>
#include <mutex>

namespace lakelet {

class RecordingStore::Tape {
 public:
  void note(RecordedCall call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  std::vector<RecordedCall> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  template <typename Fits>
  std::int64_t count_if(const Fits& fits) const {
    const std::lock_guard lock(mutex_);
    return std::count_if(calls_.begin(), calls_.end(), fits);
  }
  template <typename Fits>
  std::uint64_t bytes_of(const Fits& fits) const {
    const std::lock_guard lock(mutex_);
    std::uint64_t sum = 0;
    for (const RecordedCall& call : calls_) sum += fits(call.call) ? call.bytes : 0;
    return sum;
  }
  void reset() {
    const std::lock_guard lock(mutex_);
    calls_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<RecordedCall> calls_;
};

namespace {

class RecordingReader final : public ObjectReader {
 public:
  RecordingReader(std::unique_ptr<ObjectReader> inner, std::shared_ptr<RecordingStore::Tape> tape)
      : inner_(std::move(inner)), tape_(std::move(tape)) {}

  const ObjectInfo& info() const override { return inner_->info(); }
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    const std::size_t got = inner_->read(offset, out);
    tape_->note({StoreCall::Read, info().path, offset, got});
    return got;
  }

 private:
  std::unique_ptr<ObjectReader> inner_;
  std::shared_ptr<RecordingStore::Tape> tape_;
};

class RecordingWriter final : public ObjectWriter {
 public:
  RecordingWriter(std::unique_ptr<ObjectWriter> inner, std::shared_ptr<RecordingStore::Tape> tape, std::string path)
      : inner_(std::move(inner)), tape_(std::move(tape)), path_(std::move(path)) {}

  void append(std::span<const std::byte> bytes) override {
    tape_->note({StoreCall::Append, path_, inner_->written(), bytes.size()});
    inner_->append(bytes);
  }
  std::uint64_t written() const override { return inner_->written(); }
  void finish() override {
    tape_->note({StoreCall::Finish, path_, 0, 0});
    inner_->finish();
  }

 private:
  std::unique_ptr<ObjectWriter> inner_;
  std::shared_ptr<RecordingStore::Tape> tape_;
  std::string path_;
};

}  // namespace

RecordingStore::RecordingStore(std::shared_ptr<ObjectStore> inner)
    : inner_(std::move(inner)), tape_(std::make_shared<Tape>()) {}
RecordingStore::~RecordingStore() = default;

std::vector<RecordedCall> RecordingStore::calls() const {
  return tape_->calls();
}
std::int64_t RecordingStore::count(StoreCall call) const {
  return tape_->count_if([call](const RecordedCall& noted) { return noted.call == call; });
}
std::int64_t RecordingStore::count() const {
  return tape_->count_if([](const RecordedCall&) { return true; });
}
std::uint64_t RecordingStore::bytes_read() const {
  return tape_->bytes_of([](StoreCall call) { return call == StoreCall::Read; });
}
std::uint64_t RecordingStore::bytes_written() const {
  return tape_->bytes_of([](StoreCall call) { return changes_store(call); });
}
void RecordingStore::reset() {
  tape_->reset();
}

void RecordingStore::list(const std::string& prefix, const std::string& start_after,
                          const std::function<bool(const ObjectInfo&)>& visit) {
  tape_->note({StoreCall::List, prefix, 0, 0});
  inner_->list(prefix, start_after, visit);
}

void RecordingStore::list_folder(const std::string& folder, const std::string& start_after,
                                 const std::function<bool(const ObjectInfo&)>& visit,
                                 const std::function<bool(const std::string& folder_path)>& visit_folder) {
  tape_->note({StoreCall::ListFolder, folder, 0, 0});
  inner_->list_folder(folder, start_after, visit, visit_folder);
}

std::optional<ObjectInfo> RecordingStore::find(const std::string& path) {
  tape_->note({StoreCall::Find, path, 0, 0});
  return inner_->find(path);
}

std::unique_ptr<ObjectReader> RecordingStore::open(const std::string& path) {
  tape_->note({StoreCall::Open, path, 0, 0});
  return std::make_unique<RecordingReader>(inner_->open(path), tape_);
}

std::unique_ptr<ObjectWriter> RecordingStore::create(const std::string& path) {
  tape_->note({StoreCall::Create, path, 0, 0});
  return std::make_unique<RecordingWriter>(inner_->create(path), tape_, path);
}

void RecordingStore::put(const std::string& path, std::string_view bytes) {
  tape_->note({StoreCall::Put, path, 0, bytes.size()});
  inner_->put(path, bytes);
}

PutOutcome RecordingStore::put_if_absent(const std::string& path, std::string_view bytes) {
  tape_->note({StoreCall::PutIfAbsent, path, 0, bytes.size()});
  return inner_->put_if_absent(path, bytes);
}

void RecordingStore::remove(const std::string& path) {
  tape_->note({StoreCall::Remove, path, 0, 0});
  inner_->remove(path);
}

void RecordingStore::copy(const std::string& from, const std::string& to) {
  tape_->note({StoreCall::Copy, to, 0, 0});
  inner_->copy(from, to);
}

}  // namespace lakelet
