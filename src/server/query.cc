#include "server/query.h"

#include <algorithm>
#include <new>

namespace lakelet::server {

Query::Query(Start start, KeepLimits limits) : start_(std::move(start)), limits_(limits), thread_([this] { run(); }) {}

Query::~Query() {
  while (running()) {
    cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  thread_.join();
}

void Query::cancel() {
  if (running()) control_.cancel();
}

bool Query::running() const {
  const std::lock_guard lock(mutex_);
  return status_.state == QueryState::Running;
}

void Query::run() {
  std::optional<Error> error;
  try {
    pull();
  } catch (const Error& thrown) {
    error = thrown;
  } catch (const std::bad_alloc&) {
    error = Error(ErrorCode::Exhausted, "out of memory", "ask for fewer rows or columns");
  } catch (const std::exception& thrown) {
    error = Error(ErrorCode::Internal, thrown.what());
  }
  const std::lock_guard lock(mutex_);
  status_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const bool cancelled = error && (error->code() == ErrorCode::Cancelled || control_.cancelled());
  status_.state = cancelled ? QueryState::Cancelled : error ? QueryState::Failed : QueryState::Done;
  if (!cancelled) status_.error = std::move(error);
}

void Query::pull() {
  Rows rows = start_(control_);
  const auto kept = std::make_shared<KeptRows>(rows);
  {
    const std::lock_guard lock(mutex_);
    kept_ = kept;
    status_.schema = rows.schema();
  }
  bool keeping = true;
  while (OwnedArrowArray batch = rows.next_batch()) {
    if (control_.cancelled()) throw Error(ErrorCode::Cancelled, "cancelled");
    const std::int64_t count = batch->length;
    keeping = keeping && kept->size() < limits_.rows && kept->bytes() < limits_.bytes;
    if (keeping) kept->add(std::move(batch));
    const std::lock_guard lock(mutex_);
    status_.total += count;
  }
}

QueryStatus Query::status() const {
  QueryStatus status;
  std::shared_ptr<KeptRows> kept;
  {
    const std::lock_guard lock(mutex_);
    status = status_;
    kept = kept_;
  }
  if (kept) {
    status.kept = std::min({kept->size(), status.total, limits_.rows});
    status.bytes = kept->bytes();
  }
  if (status.state == QueryState::Running) {
    status.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    status.progress = control_.progress();
  }
  return status;
}

std::optional<Rows> Query::rows(std::int64_t first) const {
  std::shared_ptr<KeptRows> kept;
  {
    const std::lock_guard lock(mutex_);
    kept = kept_;
  }
  if (!kept || first < 0 || first >= kept->size()) return std::nullopt;
  return kept->from(first);
}

std::optional<Rows> Query::all_rows() const {
  const std::lock_guard lock(mutex_);
  if (!kept_ || status_.state != QueryState::Done || kept_->size() != status_.total) return std::nullopt;
  return kept_->from(0);
}

void Query::touch() {
  const std::lock_guard lock(mutex_);
  touched_ = Clock::now();
}

Query::Clock::duration Query::untouched() const {
  const std::lock_guard lock(mutex_);
  return Clock::now() - touched_;
}

}  // namespace lakelet::server
