#include "lake/running_work.h"

#include <algorithm>

namespace lakelet {

RunningWork::Entry::Entry(std::shared_ptr<RunningWork> all, Cancellation cancellation) : all_(std::move(all)) {
  const std::lock_guard lock(all_->mutex_);
  place_ = all_->running_.insert(all_->running_.end(), std::move(cancellation));
}

RunningWork::Entry::~Entry() {
  const std::lock_guard lock(all_->mutex_);
  all_->running_.erase(place_);
}

bool RunningWork::given_up() const {
  const std::lock_guard lock(mutex_);
  return !running_.empty() &&
         std::all_of(running_.begin(), running_.end(), [](const auto& each) { return each.cancelled(); });
}

}  // namespace lakelet
