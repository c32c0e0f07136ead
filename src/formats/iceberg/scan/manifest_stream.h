// Reads manifests one after the other, a few of them ahead in threads of their own.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/paths.h"
#include "formats/iceberg/scan/known_fields.h"

namespace lakelet::iceberg {

// The live entries of one manifest that were kept.
struct ManifestContents {
  int spec_id = 0;
  std::vector<ManifestEntry> entries;
  std::int64_t files = 0, left_out = 0;
  std::uint64_t bytes = 0, bytes_left_out = 0;
};

struct ManifestRead {
  std::shared_ptr<StoreRegistry> stores;
  const TablePaths* paths = nullptr;
  const KnownFields* fields = nullptr;
  std::vector<std::int32_t> wanted;  // ids of the columns whose metrics are read, ascending
  // Whether files of the partition may be wanted, and a live entry is; from any thread. `keep` isn't asked for those
  // of other partitions.
  KeepPartition keep_partition;
  std::function<bool(int spec_id, const ManifestEntry& entry)> keep;
};

// Throws Error(CorruptTable) naming the manifest where it is missing or damaged.
ManifestContents read_manifest(const ManifestFile& manifest, const ManifestRead& read);

// One consumer at a time. Threads that still read are waited for when it goes.
class ManifestStream {
 public:
  // What they point to must outlive it.
  ManifestStream(std::vector<const ManifestFile*> manifests, ManifestRead read)
      : manifests_(std::move(manifests)), read_(std::move(read)) {}
  // In the order of the manifests; nullopt at the end.
  std::optional<ManifestContents> next();

 private:
  std::vector<const ManifestFile*> manifests_;
  ManifestRead read_;
  std::size_t begun_ = 0, ahead_ = 1;
  std::deque<std::future<ManifestContents>> running_;
};

}  // namespace lakelet::iceberg
