#include "server/query_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace lakelet::server {

std::string random_token() {
  std::random_device device;
  std::string text;
  for (int i = 0; i < 4; ++i) text += fmt::format("{:08x}", static_cast<std::uint32_t>(device()));
  return text;
}

QueryList::QueryList(QueryListLimits limits) : limits_(limits), watcher_([this] { watch(); }) {}

QueryList::~QueryList() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  watcher_.join();
  for (const auto& [id, query] : queries_) query->cancel();
}

std::string QueryList::start(Query::Start start, KeepLimits limits) {
  const std::lock_guard lock(mutex_);
  const auto running =
      std::count_if(queries_.begin(), queries_.end(), [](const auto& it) { return it.second->running(); });
  if (static_cast<std::size_t>(running) >= limits_.running) {
    throw Error(ErrorCode::Exhausted, fmt::format("{} queries are running already", running),
                "wait for one of them, or cancel it");
  }
  std::string id = random_token();
  queries_[id] = std::make_shared<Query>(std::move(start), limits);
  return id;
}

std::shared_ptr<Query> QueryList::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = queries_.find(id);
  if (found == queries_.end()) {
    throw Error(ErrorCode::NotFound, "this result isn't kept any more", "run the query again");
  }
  found->second->touch();
  return found->second;
}

void QueryList::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = queries_.find(id);
  if (found == queries_.end()) return;
  found->second->cancel();
  removed_.push_back(std::move(found->second));
  queries_.erase(found);
  wake_.notify_all();
}

std::vector<std::shared_ptr<Query>> QueryList::take_forgotten() {
  std::vector<std::shared_ptr<Query>> gone = std::exchange(removed_, {});
  std::uint64_t bytes = 0;
  std::vector<std::pair<Query::Clock::duration, std::string>> by_age;
  for (const auto& [id, query] : queries_) {
    bytes += query->status().bytes;
    if (query->cancelled()) query->cancel();
    by_age.emplace_back(query->untouched(), id);
  }
  std::sort(by_age.rbegin(), by_age.rend());
  for (const auto& [age, id] : by_age) {
    const auto& query = queries_[id];
    const bool forgotten = query->running() ? age > limits_.lease : age > limits_.kept || bytes > limits_.bytes;
    if (!forgotten) continue;
    bytes -= std::min(bytes, query->status().bytes);
    gone.push_back(query);
    queries_.erase(id);
  }
  return gone;
}

void QueryList::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, std::chrono::milliseconds(500), [this] { return stopping_ || !removed_.empty(); });
    auto gone = take_forgotten();
    lock.unlock();
    for (const auto& query : gone) query->cancel();
    gone.clear();
    lock.lock();
  }
}

}  // namespace lakelet::server
