// The queries of all pages, by id.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/query.h"

namespace lakelet::server {

struct QueryListLimits {
  std::size_t running = 8;                       // at once; one more is Error(Exhausted)
  std::uint64_t bytes = std::uint64_t{1} << 30;  // of kept rows; beyond, those that nobody looked at longest go
  std::chrono::seconds lease{20};                // a query that runs is cancelled when nobody asks after it for so long
  std::chrono::minutes kept{30};                 // rows of one that has ended are let go when nobody does
};

// A page that goes away can't be told from one that is slow but by its silence: pages ask after what they wait for.
class QueryList {
 public:
  explicit QueryList(QueryListLimits limits = {});
  ~QueryList();  // cancels all

  std::string start(Query::Start start, KeepLimits limits);
  // Counts as asking after it. Throws Error(NotFound).
  std::shared_ptr<Query> find(const std::string& id);
  // Nothing happens if there is none.
  void remove(const std::string& id);

 private:
  void watch();
  // Takes out what is to go; it ends outside of the lock.
  std::vector<std::shared_ptr<Query>> take_forgotten();

  const QueryListLimits limits_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::map<std::string, std::shared_ptr<Query>> queries_;
  std::vector<std::shared_ptr<Query>> removed_;  // the watcher waits for their ends, so that no request does
  std::thread watcher_;                          // last: it uses the rest
};

// 128 random bits in hex.
std::string random_token();

}  // namespace lakelet::server
