#include "operations/footers.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "base/rate.h"

namespace lakelet::operations {
namespace {

constexpr std::size_t kFootersAtOnce = 8;

}  // namespace

std::vector<ParquetFooter> read_footers(const FormatContext& context, const std::vector<std::string>& uris,
                                        bool statistics, const std::string& verb, const CommitOptions& commit) {
  std::vector<ParquetFooter> footers(uris.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed_at = uris.size();
  std::int64_t done = 0;
  Rate rate("files");
  const auto tell = [&] {
    const std::lock_guard lock(mutex);
    ++done;
    if (!commit.events) return;
    commit.events({.kind = EventKind::Progress,
                   .operation = verb,
                   .text = rate.add(done),
                   .fraction = static_cast<double>(done) / static_cast<double>(uris.size())});
  };
  const auto work = [&] {
    for (std::size_t i = next++; i < uris.size(); i = next++) {
      try {
        commit.cancellation.check();
        footers[i] = context.tabular->parquet_footer(uris[i], statistics);
        tell();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed_at) failure = std::current_exception(), failed_at = i;
        next = uris.size();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(kFootersAtOnce, uris.size()); ++i) threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
  return footers;
}

}  // namespace lakelet::operations
