// Batches of what Rows::into_stream() gave.
#pragma once

#include "lakelet/arrow.h"

namespace lakelet::operations {

// As engine::next_batch, also for a stream that keeps its session alive: errors come out as they were thrown.
OwnedArrowArray next_batch(ArrowArrayStream& stream);

}  // namespace lakelet::operations
