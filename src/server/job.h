// Maintenance that somebody started: it runs in a thread and a session of its own, so that it is cancelled by itself.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lakelet/lakelet.h"
#include "server/maintenance.h"

namespace lakelet::server {

enum class JobState { Running, Done, Failed, Cancelled };

struct JobStatus {
  JobState state = JobState::Running;
  std::string verb, table;
  bool dry_run = true;
  std::string stage;
  double progress = -1;  // between 0 and 1; less than 0 if it isn't known
  double seconds = 0;
  std::optional<MaintenanceResult> result;
  std::optional<Error> error;
};

class Job {
 public:
  // `configuration`: of the session that it makes; its events are the job's own.
  Job(Configuration configuration, MaintenanceRequest request);
  ~Job();  // cancels what runs, and waits for its end
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  JobStatus status() const;
  void cancel();

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void listen(const Event& event);

  const MaintenanceRequest request_;
  const Clock::time_point started_ = Clock::now();
  mutable std::mutex mutex_;
  JobStatus status_;
  Session session_;
  std::thread thread_;  // last: it uses the rest
};

// The jobs of all pages, by id. They go on when their page goes away. Thread-safe.
class JobList {
 public:
  // Throws Error(Exhausted) if too many run.
  std::string start(Configuration configuration, MaintenanceRequest request);
  // Throws Error(NotFound).
  std::shared_ptr<Job> find(const std::string& id);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;
};

}  // namespace lakelet::server
