// Reading an Arrow stream batch by batch, with errors as they were thrown. Free of DuckDB, for the rooms above.
#pragma once

#include "lakelet/arrow.h"
#include "lakelet/error.h"

namespace lakelet::engine {

// The error of a stream made by to_arrow_stream, if it failed; null otherwise, and for streams of others.
const Error* stream_error(const ArrowArrayStream& stream);

// The next batch; empty at the end. Throws the stream's error: as it was thrown, where it is one of ours.
OwnedArrowArray next_batch(ArrowArrayStream& stream);
OwnedArrowSchema stream_schema(ArrowArrayStream& stream);

}  // namespace lakelet::engine
