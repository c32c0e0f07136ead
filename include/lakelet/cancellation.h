// A flag that one thread raises and the working threads look at.
#pragma once

#include <atomic>
#include <memory>

namespace lakelet {

// Copies share the flag. A default-constructed one can be cancelled too.
class Cancellation {
 public:
  Cancellation() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void cancel() const { flag_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return flag_->load(std::memory_order_relaxed); }
  void check() const;  // throws Error(Cancelled) once cancel() was called

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace lakelet
