#include "formats/delta/write/post_commit.h"

#include <fmt/format.h>

#include "formats/delta/checkpoint/checkpoint_writer.h"
#include "formats/delta/log/log_segment.h"
#include "formats/delta/log/state_reader.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {

std::shared_ptr<const DeltaSnapshot> advance(const DeltaSnapshot& base, Version version) {
  const Location& table = base.location();
  LogSegment segment;
  segment.version = version;
  for (LogFile& commit : list_log(table, base.version() + 1).commits) {
    if (commit.version > version) break;
    segment.last_commit = commit;
    segment.commits.push_back(std::move(commit));
  }
  return DeltaSnapshot::make(base.context(), table, advance_state(base.context(), table, base.state(), segment));
}

void checkpoint_if_due(const DeltaSnapshot& base, const Properties& properties, Version committed,
                       const EventSink& events) {
  if (committed == 0 || committed % checkpoint_interval(properties) != 0 || !base.context().tabular) return;
  try {
    write_checkpoint(*advance(base, committed));
  } catch (const Error& error) {
    if (!events) return;
    events({.kind = EventKind::Warning,
            .operation = "checkpoint",
            .text = fmt::format("version {} is committed, but its checkpoint "
                                "couldn't be written: {}",
                                committed, error.what())});
  }
}

}  // namespace lakelet::delta
