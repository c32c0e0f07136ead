// A store that remembers how it was used: for tests of what an operation costs, and for figures.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/object_store.h"
#include "storage/store_call.h"

namespace lakelet {

struct RecordedCall {
  StoreCall call = StoreCall::List;
  std::string path;          // of a copy: the target
  std::uint64_t offset = 0;  // Read
  std::uint64_t bytes = 0;   // Read: got. Append, Put, PutIfAbsent: given
};

// Passes everything on to `inner` and notes each call as it is made (a read when it has answered). Thread-safe.
class RecordingStore final : public ObjectStore {
 public:
  explicit RecordingStore(std::shared_ptr<ObjectStore> inner);
  ~RecordingStore() override;

  std::vector<RecordedCall> calls() const;  // in order
  std::int64_t count(StoreCall call) const;
  std::int64_t count() const;  // all of them
  std::uint64_t bytes_read() const;
  std::uint64_t bytes_written() const;
  void reset();

  void list(const std::string& prefix, const std::string& start_after,
            const std::function<bool(const ObjectInfo&)>& visit) override;
  void list_folder(const std::string& folder, const std::string& start_after,
                   const std::function<bool(const ObjectInfo&)>& visit,
                   const std::function<bool(const std::string& folder_path)>& visit_folder = {}) override;
  std::optional<ObjectInfo> find(const std::string& path) override;
  std::unique_ptr<ObjectReader> open(const std::string& path) override;
  std::unique_ptr<ObjectWriter> create(const std::string& path) override;
  void put(const std::string& path, std::string_view bytes) override;
  PutOutcome put_if_absent(const std::string& path, std::string_view bytes) override;
  void remove(const std::string& path) override;
  void copy(const std::string& from, const std::string& to) override;

  class Tape;  // in the source: what was noted, shared with readers and writers

 private:
  std::shared_ptr<ObjectStore> inner_;
  std::shared_ptr<Tape> tape_;
};

}  // namespace lakelet
