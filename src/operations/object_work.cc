#include "operations/object_work.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "base/rate.h"

namespace lakelet::operations {
namespace {

constexpr std::size_t kThreads = 16;      // they wait for the store, not for a processor
constexpr std::size_t kEachAtLeast = 64;  // fewer aren't worth a thread

}  // namespace

void for_each_index(std::size_t count, const Cancellation& cancellation, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto go = [&] {
    try {
      for (std::size_t i = next++; i < count && !failed; i = next++) {
        cancellation.check();
        work(i);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      failed = true;
    }
  };
  std::vector<std::thread> threads;
  const std::size_t more = std::min(kThreads, count / kEachAtLeast);
  for (std::size_t i = 0; i < more; ++i) threads.emplace_back(go);
  go();
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

std::vector<std::optional<ObjectInfo>> find_objects(ObjectStore& store, const std::string& folder,
                                                    const std::vector<std::string>& paths,
                                                    const CommitOptions& options) {
  std::vector<std::optional<ObjectInfo>> found(paths.size());
  for_each_index(paths.size(), options.cancellation, [&](std::size_t i) { found[i] = store.find(folder + paths[i]); });
  return found;
}

void remove_objects(ObjectStore& store, const std::string& folder, const FileHeap& files, const CommitOptions& options,
                    RemovedObjects& removed) {
  std::mutex mutex;
  Rate rate("files");
  std::set<std::string_view> folders;
  const auto count = static_cast<std::int64_t>(files.size());
  for_each_index(files.size(), options.cancellation, [&](std::size_t i) {
    const std::string_view path = files.path(i);
    store.remove(folder + std::string(path));
    const std::lock_guard lock(mutex);
    ++removed.files;
    removed.bytes += files.bytes(i);
    folders.insert(path.substr(0, path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/')));
    removed.folders = static_cast<std::int64_t>(folders.size());
    if (options.events && removed.files % std::max<std::int64_t>(1, count / 100) == 0) {
      options.events({EventKind::Progress,
                      {},
                      rate.add(removed.files),
                      static_cast<double>(removed.files) / static_cast<double>(count)});
    }
  });
}

}  // namespace lakelet::operations
