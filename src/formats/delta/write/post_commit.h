// What happens after a commit is in the log, and can't fail it any more.
#pragma once

#include <memory>

#include "formats/delta/snapshot.h"
#include "lakelet/events.h"

namespace lakelet::delta {

// Writes a checkpoint of the committed version if it is a multiple of delta.checkpointInterval. `base`: what the commit
// was made on, so that only newer commits are read. A failure becomes a Warning event: the commit stands, and the log
// can be read without the checkpoint. Without an engine to write Parquet there is no checkpoint.
void checkpoint_if_due(const DeltaSnapshot& base, const Properties& properties, Version committed,
                       const EventSink& events);

// The table at a version above the base's. Reads the commits in between.
std::shared_ptr<const DeltaSnapshot> advance(const DeltaSnapshot& base, Version version);

}  // namespace lakelet::delta
