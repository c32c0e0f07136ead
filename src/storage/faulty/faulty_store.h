// A store that fails on demand, for tests of everything that must survive a store's failures.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/error.h"
#include "storage/object_store.h"
#include "storage/store_call.h"

namespace lakelet {

enum class FaultEffect {
  None,           // only the hooks
  Fail,           // throws without having done it
  LoseAnswer,     // does it, then throws
  UnknownUndone,  // put_if_absent only: answers Unknown without having written; other calls Fail
  UnknownDone,    // put_if_absent only: does it, then answers Unknown; other calls LoseAnswer
};

// One planned failure. Which calls it means: those that fit all of `call`, `changes_only` and `path_contains`; of these
// the `nth` counted from when it was injected (1 is the next), and, if `from_then_on`, all after it.
struct Fault {
  std::int64_t nth = 1;
  bool from_then_on = false;
  std::optional<StoreCall> call = {};
  bool changes_only = false;  // only calls that change the store
  std::string path_contains = {};
  FaultEffect effect = FaultEffect::Fail;
  ErrorCode code = ErrorCode::Unavailable;
  // Called around the real call: a test may look, change the store behind the caller's back, or end its process.
  std::function<void(StoreCall, const std::string& path)> before = {};
  std::function<void(StoreCall, const std::string& path)> after = {};
};

// Passes everything on to `inner` but for what was injected. A list counts once, at its start; each read of a reader
// and each append and finish of a writer counts by itself. Thread-safe; hooks run without a lock held.
class FaultyStore final : public ObjectStore {
 public:
  explicit FaultyStore(std::shared_ptr<ObjectStore> inner);
  ~FaultyStore() override;

  void inject(Fault fault);
  void clear();                // no faults from here on; counting goes on
  std::int64_t calls() const;  // so far, failed ones included
  std::int64_t changing_calls() const;
  std::int64_t faults_hit() const;

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

  class Plan;  // in the source: the faults and the counts, shared with readers and writers

 private:
  std::shared_ptr<ObjectStore> inner_;
  std::shared_ptr<Plan> plan_;
};

}  // namespace lakelet
