#include "lakelet/query_control.h"

#include <mutex>
#include <vector>

#include "lake/query_binding.h"
#include "lake/session_state.h"
#include "lakelet/error.h"

namespace lakelet {

struct QueryControl::State {
  mutable std::mutex mutex;
  std::vector<std::weak_ptr<Lease>> leases;  // each gone once its query's rows are; one may feed the one before it
  bool cancelled = false;

  // The leases are given back outside of the lock: that may be their end.
  std::vector<std::shared_ptr<Lease>> running() const {
    const std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<Lease>> found;
    for (const auto& each : leases) {
      if (auto lease = each.lock()) found.push_back(std::move(lease));
    }
    return found;
  }
};

QueryControl::QueryControl() : state_(std::make_shared<State>()) {}

void QueryControl::cancel() const {
  {
    const std::lock_guard lock(state_->mutex);
    state_->cancelled = true;
  }
  for (const auto& lease : state_->running()) lease->cancel();
}

bool QueryControl::cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

double QueryControl::progress() const {
  const auto leases = state_->running();
  return leases.empty() ? -1 : leases.back()->sql().progress();
}

void QueryBinding::bind(const QueryControl& control, const std::shared_ptr<Lease>& lease) {
  const std::lock_guard lock(control.state_->mutex);
  if (control.state_->cancelled) throw Error(ErrorCode::Cancelled, "cancelled before it started");
  std::erase_if(control.state_->leases, [](const auto& each) { return each.expired(); });
  control.state_->leases.push_back(lease);
}

}  // namespace lakelet
