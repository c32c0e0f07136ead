#include "cli/interruption.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

#include "cli/exit_code.h"

namespace lakelet::cli {
namespace {

// What the destructor wakes the thread with.
constexpr int kWake = SIGUSR1;

sigset_t waited_for() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, kWake}) sigaddset(&signals, signal);
  return signals;
}

void wait_for_signals(const std::function<bool()>& cancel, const std::atomic<bool>* stays) {
  const sigset_t signals = waited_for();
  bool again = false;
  for (;; again = true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || signal == kWake) return;
    if (stays && *stays && signal == SIGINT) {
      cancel();
      again = false;
      continue;
    }
    if (again || !cancel()) ::_exit(signal == SIGTERM ? 128 + SIGTERM : kInterrupted);
  }
}

}  // namespace

Interruption::Interruption(std::function<bool()> cancel, const std::atomic<bool>* stays) {
  const sigset_t signals = waited_for();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([cancel = std::move(cancel), stays] { wait_for_signals(cancel, stays); });
}

Interruption::~Interruption() {
  pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
}

}  // namespace lakelet::cli
