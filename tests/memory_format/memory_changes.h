// The changes of a "memory_format" table: its commits say all of them.
#pragma once

#include <memory>

#include "memory_format/memory_log.h"
#include "memory_format/memory_snapshot.h"
#include "table/change_feed.h"

namespace lakelet {

// Throws as FormatTable::changes.
std::shared_ptr<const ChangeFeed> memory_changes(MemoryLog& log, std::shared_ptr<const MemorySnapshot> newest,
                                                 const ChangeRange& range);

}  // namespace lakelet
