// A scan in parts, and a part as a scan.
#include <algorithm>

#include "lake/scan_state.h"
#include "lakelet/error.h"
#include "table/given_files.h"
#include "table/split_text.h"

namespace lakelet {
namespace {

Split make_split(const SplitContent& content) {
  Split split;
  split.text = to_split_text(content);
  split.rows = 0;
  for (const FileTask& task : content.files) {
    ++split.files;
    split.bytes += task.file.bytes;
    const auto rows = live_rows(task);
    if (!rows) split.rows.reset();
    if (split.rows) *split.rows += *rows;
  }
  return split;
}

}  // namespace

std::vector<FileTask> Scan::Impl::files() const {
  if (!order.empty() || limit) {
    throw Error(ErrorCode::InvalidArgument, "a scan with an order or a limit can't be split",
                "sort and cut what the splits give");
  }
  const std::shared_ptr<Lease> lease = state->borrow();
  lease->sql().bind_snapshot(kScanRelation, snapshot);
  return lease->sql().files_of(text(kScanRelation), *snapshot);
}

std::vector<Split> Scan::splits(std::uint64_t target_bytes) const {
  if (impl_->relation != kScanRelation) {
    throw Error(ErrorCode::UnsupportedFeature,
                "these changes can't be split: which rows were only written again shows in all files together",
                "read them whole, or a range of versions at a time");
  }
  const auto& snapshot = impl_->snapshot;
  std::vector<FileTask> files = impl_->files();
  SplitContent content{facts_of(*snapshot, files), {}, impl_->columns, impl_->predicates};
  std::vector<Split> splits;
  std::uint64_t bytes = 0;
  for (FileTask& task : files) {
    if (!content.files.empty() && bytes + task.file.bytes > target_bytes) {
      splits.push_back(make_split(content));
      content.files.clear();
      bytes = 0;
    }
    bytes += task.file.bytes;
    content.files.push_back(std::move(task));
  }
  if (!content.files.empty()) splits.push_back(make_split(content));
  return splits;
}

std::shared_ptr<const Scan::Impl> Scan::Impl::of_split(std::shared_ptr<SessionState> state,
                                                       const std::string& split_text) {
  SplitContent content = parse_split_text(split_text);
  content.snapshot.location = state->stores->resolve(content.snapshot.location.uri);
  auto scan = std::make_shared<Impl>();
  scan->state = std::move(state);
  scan->snapshot = std::make_shared<GivenSnapshot>(std::move(content.snapshot), std::move(content.files));
  scan->columns = std::move(content.columns);
  scan->predicates = std::move(content.predicates);
  return scan;
}

}  // namespace lakelet
