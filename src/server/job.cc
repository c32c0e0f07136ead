#include "server/job.h"

#include <algorithm>
#include <new>

#include "server/query_list.h"

namespace lakelet::server {
namespace {

constexpr std::size_t kMostRunning = 4, kMostKept = 50;

Configuration with_events(Configuration configuration, EventSink events) {
  configuration.events = std::move(events);
  return configuration;
}

}  // namespace

Job::Job(Configuration configuration, MaintenanceRequest request)
    : request_(std::move(request)),
      session_(with_events(std::move(configuration), [this](const Event& event) { listen(event); })) {
  status_.verb = request_.verb;
  status_.table = request_.table;
  status_.dry_run = request_.dry_run;
  thread_ = std::thread([this] { run(); });
}

Job::~Job() {
  while (status().state == JobState::Running) {
    cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  thread_.join();
}

void Job::cancel() {
  session_.cancel();
}

void Job::listen(const Event& event) {
  const std::lock_guard lock(mutex_);
  // Its own queries are parts of it, of which it tells itself.
  if (event.kind == EventKind::Progress && event.operation != "query") status_.progress = event.fraction;
  if (event.kind == EventKind::Stage) status_.stage = event.text;
}

void Job::run() {
  std::optional<MaintenanceResult> result;
  std::optional<Error> error;
  try {
    result = maintain(session_, request_);
  } catch (const Error& thrown) {
    error = thrown;
  } catch (const std::bad_alloc&) {
    error = Error(ErrorCode::Exhausted, "out of memory");
  } catch (const std::exception& thrown) {
    error = Error(ErrorCode::Internal, thrown.what());
  }
  const std::lock_guard lock(mutex_);
  status_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const bool cancelled = error && error->code() == ErrorCode::Cancelled;
  status_.state = cancelled ? JobState::Cancelled : error ? JobState::Failed : JobState::Done;
  status_.result = std::move(result);
  if (!cancelled) status_.error = std::move(error);
}

JobStatus Job::status() const {
  const std::lock_guard lock(mutex_);
  JobStatus status = status_;
  if (status.state == JobState::Running) {
    status.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  }
  return status;
}

std::string JobList::start(Configuration configuration, MaintenanceRequest request) {
  std::shared_ptr<Job> forgotten;  // ends outside of the lock
  const std::lock_guard lock(mutex_);
  const auto running = [](const auto& one) { return one.second->status().state == JobState::Running; };
  if (static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), running)) >= kMostRunning) {
    throw Error(ErrorCode::Exhausted, "too much maintenance runs already", "wait for one to end, or cancel it");
  }
  if (jobs_.size() >= kMostKept) {
    const auto ended = std::find_if_not(jobs_.begin(), jobs_.end(), running);
    forgotten = ended->second;
    jobs_.erase(ended);
  }
  const std::string id = random_token();
  configuration.temp_folder += "/job-" + id;
  jobs_[id] = std::make_shared<Job>(std::move(configuration), std::move(request));
  return id;
}

std::shared_ptr<Job> JobList::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) throw Error(ErrorCode::NotFound, "there is no such job any more");
  return found->second;
}

}  // namespace lakelet::server
