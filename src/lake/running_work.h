// What runs in a session now, as far as it can be cancelled: for requests to servers, which end when nobody is left who
// waits for them.
#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "lakelet/cancellation.h"

namespace lakelet {

// Thread-safe.
class RunningWork {
 public:
  // Something that runs, until it is destroyed.
  class Entry {
   public:
    Entry(std::shared_ptr<RunningWork> all, Cancellation cancellation);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    const std::shared_ptr<RunningWork> all_;
    std::list<Cancellation>::iterator place_;
  };

  // Whether something runs, and all of it was cancelled.
  bool given_up() const;

 private:
  mutable std::mutex mutex_;
  std::list<Cancellation> running_;
};

}  // namespace lakelet
