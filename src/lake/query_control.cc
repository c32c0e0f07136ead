#include "lakelet/query_control.h"

#include <mutex>

#include "lake/query_binding.h"
#include "lake/session_state.h"
#include "lakelet/error.h"

namespace lakelet {

struct QueryControl::State {
  mutable std::mutex mutex;
  std::weak_ptr<Lease> lease;  // gone once the query's rows are
  bool cancelled = false;

  // The lease is given back outside of the lock: that may be its end.
  std::shared_ptr<Lease> running() const {
    const std::lock_guard lock(mutex);
    return lease.lock();
  }
};

QueryControl::QueryControl() : state_(std::make_shared<State>()) {}

void QueryControl::cancel() const {
  {
    const std::lock_guard lock(state_->mutex);
    state_->cancelled = true;
  }
  if (const auto lease = state_->running()) lease->cancel();
}

bool QueryControl::cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

double QueryControl::progress() const {
  const auto lease = state_->running();
  return lease ? lease->sql().progress() : -1;
}

void QueryBinding::bind(const QueryControl& control, const std::shared_ptr<Lease>& lease) {
  const std::lock_guard lock(control.state_->mutex);
  if (control.state_->cancelled) throw Error(ErrorCode::Cancelled, "cancelled before it started");
  control.state_->lease = lease;
}

}  // namespace lakelet
