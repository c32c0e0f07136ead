// Ctrl-C: what runs is asked to stop, and stops cleanly; a second one ends the process at once.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace lakelet::cli {

// While it lives, SIGINT and SIGTERM are taken by a thread that calls `cancel`, which says whether anything was running
// that can be stopped. If not, the process ends (130). While `stays` holds, SIGINT never ends it. To be made before any
// other thread, so that they inherit the mask.
class Interruption {
 public:
  explicit Interruption(std::function<bool()> cancel, const std::atomic<bool>* stays = nullptr);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  std::thread thread_;
};

}  // namespace lakelet::cli
