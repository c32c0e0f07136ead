#include "storage/faulty/faulty_store.h"

#include <fmt/format.h>

namespace lakelet {

class FaultyStore::Plan {
 public:
  void inject(Fault fault) {
    const std::lock_guard lock(mutex_);
    faults_.push_back({std::move(fault), 0});
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    faults_.clear();
  }
  std::int64_t calls() const { return read(calls_); }
  std::int64_t changing_calls() const { return read(changing_calls_); }
  std::int64_t faults_hit() const { return read(faults_hit_); }

  // Does `work` with whatever fault is due around it.
  template <typename Work>
  auto around(StoreCall call, const std::string& path, const Work& work) {
    const std::optional<Fault> fault = due(call, path);
    if (!fault) return work();
    if (fault->before) fault->before(call, path);
    if (fault->effect == FaultEffect::Fail || fault->effect == FaultEffect::UnknownUndone) fail(*fault, call, path);
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      finish(*fault, call, path);
    } else {
      auto result = work();
      finish(*fault, call, path);
      return result;
    }
  }

  // The first fault that is due at this call, which is counted for all.
  std::optional<Fault> due(StoreCall call, const std::string& path) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (changes_store(call)) ++changing_calls_;
    std::optional<Fault> found;
    for (Armed& armed : faults_) {
      const Fault& fault = armed.fault;
      if ((fault.call && *fault.call != call) || (fault.changes_only && !changes_store(call)) ||
          path.find(fault.path_contains) == std::string::npos) {
        continue;
      }
      ++armed.seen;
      if (!found && (armed.seen == fault.nth || (fault.from_then_on && armed.seen > fault.nth))) found = fault;
    }
    if (found) ++faults_hit_;
    return found;
  }

  [[noreturn]] static void fail(const Fault& fault, StoreCall call, const std::string& path) {
    throw Error(fault.code, fmt::format("injected failure of {} {}", to_string(call), path));
  }

  static void finish(const Fault& fault, StoreCall call, const std::string& path) {
    if (fault.after) fault.after(call, path);
    if (fault.effect != FaultEffect::None) fail(fault, call, path);
  }

 private:
  struct Armed {
    Fault fault;
    std::int64_t seen = 0;
  };

  std::int64_t read(const std::int64_t& count) const {
    const std::lock_guard lock(mutex_);
    return count;
  }

  mutable std::mutex mutex_;
  std::vector<Armed> faults_;
  std::int64_t calls_ = 0;
  std::int64_t changing_calls_ = 0;
  std::int64_t faults_hit_ = 0;
};

namespace {

class FaultyReader final : public ObjectReader {
 public:
  FaultyReader(std::unique_ptr<ObjectReader> inner, std::shared_ptr<FaultyStore::Plan> plan)
      : inner_(std::move(inner)), plan_(std::move(plan)) {}

  const ObjectInfo& info() const override { return inner_->info(); }
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    return plan_->around(StoreCall::Read, info().path, [&] { return inner_->read(offset, out); });
  }

 private:
  std::unique_ptr<ObjectReader> inner_;
  std::shared_ptr<FaultyStore::Plan> plan_;
};

class FaultyWriter final : public ObjectWriter {
 public:
  FaultyWriter(std::unique_ptr<ObjectWriter> inner, std::shared_ptr<FaultyStore::Plan> plan, std::string path)
      : inner_(std::move(inner)), plan_(std::move(plan)), path_(std::move(path)) {}

  void append(std::span<const std::byte> bytes) override {
    plan_->around(StoreCall::Append, path_, [&] { inner_->append(bytes); });
  }
  std::uint64_t written() const override { return inner_->written(); }
  void finish() override {
    plan_->around(StoreCall::Finish, path_, [&] { inner_->finish(); });
  }

 private:
  std::unique_ptr<ObjectWriter> inner_;
  std::shared_ptr<FaultyStore::Plan> plan_;
  std::string path_;
};

}  // namespace

FaultyStore::FaultyStore(std::shared_ptr<ObjectStore> inner)
    : inner_(std::move(inner)), plan_(std::make_shared<Plan>()) {}
FaultyStore::~FaultyStore() = default;

void FaultyStore::inject(Fault fault) {
  plan_->inject(std::move(fault));
}
void FaultyStore::clear() {
  plan_->clear();
}
std::int64_t FaultyStore::calls() const {
  return plan_->calls();
}
std::int64_t FaultyStore::changing_calls() const {
  return plan_->changing_calls();
}
std::int64_t FaultyStore::faults_hit() const {
  return plan_->faults_hit();
}

void FaultyStore::list(const std::string& prefix, const std::string& start_after,
                       const std::function<bool(const ObjectInfo&)>& visit) {
  plan_->around(StoreCall::List, prefix, [&] { inner_->list(prefix, start_after, visit); });
}

void FaultyStore::list_folder(const std::string& folder, const std::string& start_after,
                              const std::function<bool(const ObjectInfo&)>& visit,
                              const std::function<bool(const std::string& folder_path)>& visit_folder) {
  plan_->around(StoreCall::ListFolder, folder, [&] { inner_->list_folder(folder, start_after, visit, visit_folder); });
}

std::optional<ObjectInfo> FaultyStore::find(const std::string& path) {
  return plan_->around(StoreCall::Find, path, [&] { return inner_->find(path); });
}

std::unique_ptr<ObjectReader> FaultyStore::open(const std::string& path) {
  auto reader = plan_->around(StoreCall::Open, path, [&] { return inner_->open(path); });
  return std::make_unique<FaultyReader>(std::move(reader), plan_);
}

std::unique_ptr<ObjectWriter> FaultyStore::create(const std::string& path) {
  auto writer = plan_->around(StoreCall::Create, path, [&] { return inner_->create(path); });
  return std::make_unique<FaultyWriter>(std::move(writer), plan_, path);
}

void FaultyStore::put(const std::string& path, std::string_view bytes) {
  plan_->around(StoreCall::Put, path, [&] { inner_->put(path, bytes); });
}

PutOutcome FaultyStore::put_if_absent(const std::string& path, std::string_view bytes) {
  constexpr StoreCall kCall = StoreCall::PutIfAbsent;
  const std::optional<Fault> fault = plan_->due(kCall, path);
  if (!fault) return inner_->put_if_absent(path, bytes);
  if (fault->before) fault->before(kCall, path);
  if (fault->effect == FaultEffect::Fail) Plan::fail(*fault, kCall, path);
  if (fault->effect == FaultEffect::UnknownUndone) return PutOutcome::Unknown;
  const PutOutcome outcome = inner_->put_if_absent(path, bytes);
  if (fault->after) fault->after(kCall, path);
  if (fault->effect == FaultEffect::LoseAnswer) Plan::fail(*fault, kCall, path);
  return fault->effect == FaultEffect::UnknownDone ? PutOutcome::Unknown : outcome;
}

void FaultyStore::remove(const std::string& path) {
  plan_->around(StoreCall::Remove, path, [&] { inner_->remove(path); });
}

void FaultyStore::copy(const std::string& from, const std::string& to) {
  plan_->around(StoreCall::Copy, to, [&] { inner_->copy(from, to); });
}

}  // namespace lakelet
