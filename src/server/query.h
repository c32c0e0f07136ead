// One query that somebody started: it runs in a thread of its own, and its rows are kept as far as the limits go.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lakelet/error.h"
#include "lakelet/query_control.h"
#include "lakelet/rows.h"
#include "server/kept_rows.h"

namespace lakelet::server {

struct KeepLimits {
  std::int64_t rows = 100'000;
  std::uint64_t bytes = std::uint64_t{256} << 20;
};

enum class QueryState { Running, Done, Failed, Cancelled };

struct QueryStatus {
  QueryState state = QueryState::Running;
  double progress = -1;
  double seconds = 0;
  std::int64_t kept = 0;   // rows that can be looked at
  std::int64_t total = 0;  // rows that came so far; all of them once it is done
  std::uint64_t bytes = 0;
  std::optional<Schema> schema;  // once it is known
  std::optional<Error> error;    // of one that failed
};

class Query {
 public:
  using Start = std::function<Rows(const QueryControl&)>;
  using Clock = std::chrono::steady_clock;

  Query(Start start, KeepLimits limits);
  ~Query();  // cancels what runs, and waits for its end
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  QueryStatus status() const;
  // A query that is just about to start may miss it: whoever means it says it again while it runs.
  void cancel();
  bool cancelled() const { return control_.cancelled(); }
  // Rows from there on; none if there are none, or not yet.
  std::optional<Rows> rows(std::int64_t first) const;
  // Every row of it: those that were kept if they are all there, else nullopt.
  std::optional<Rows> all_rows() const;
  bool running() const;

  // Somebody asked after it.
  void touch();
  Clock::duration untouched() const;

 private:
  void run();
  void pull();

  const Start start_;
  const KeepLimits limits_;
  const QueryControl control_;
  const Clock::time_point started_ = Clock::now();
  mutable std::mutex mutex_;
  std::shared_ptr<KeptRows> kept_;
  QueryStatus status_;
  Clock::time_point touched_ = Clock::now();
  std::thread thread_;  // last: it uses the rest
};

}  // namespace lakelet::server
