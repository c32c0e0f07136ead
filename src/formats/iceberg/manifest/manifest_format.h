// Ids of the fields of manifests and manifest lists, for readers and writers (spec.md, "Manifests", "Manifest Lists").
#pragma once

#include <cstdint>

namespace lakelet::iceberg {

enum class EntryStatus { Existing = 0, Added = 1, Deleted = 2 };
enum class FileContent { Data = 0, PositionDeletes = 1, EqualityDeletes = 2 };

namespace entry_field {
inline constexpr std::int32_t kStatus = 0, kSnapshotId = 1, kDataFile = 2, kSequenceNumber = 3, kFileSequenceNumber = 4;
}

namespace file_field {
inline constexpr std::int32_t kContent = 134, kPath = 100, kFormat = 101, kPartition = 102, kRecords = 103,
                              kBytes = 104, kBlockBytes = 105, kColumnSizes = 108, kValueCounts = 109,
                              kNullCounts = 110, kNanCounts = 137, kLowerBounds = 125, kUpperBounds = 128,
                              kKeyMetadata = 131, kSplitOffsets = 132, kEqualityIds = 135, kSortOrder = 140,
                              kFirstRowId = 142, kReferencedFile = 143, kContentOffset = 144, kContentSize = 145;
}

namespace list_field {
inline constexpr std::int32_t kPath = 500, kLength = 501, kSpecId = 502, kContent = 517, kSequenceNumber = 515,
                              kMinSequenceNumber = 516, kSnapshotId = 503, kAddedFiles = 504, kExistingFiles = 505,
                              kDeletedFiles = 506, kAddedRows = 512, kExistingRows = 513, kDeletedRows = 514,
                              kPartitions = 507, kContainsNull = 509, kContainsNan = 518, kLowerBound = 510,
                              kUpperBound = 511, kKeyMetadata = 519, kFirstRowId = 520;
}

// Columns of position delete files, and of rows that are tracked ("Reserved Field IDs").
inline constexpr std::int32_t kDeletedPathId = 2147483546, kDeletedPositionId = 2147483545, kRowIdId = 2147483540,
                              kLastUpdatedId = 2147483539;

}  // namespace lakelet::iceberg
