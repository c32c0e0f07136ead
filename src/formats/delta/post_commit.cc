#include "formats/delta/post_commit.h"

#include <fmt/format.h>

#include "formats/delta/action_reader.h"
#include "formats/delta/checkpoint_writer.h"
#include "formats/delta/log_replay.h"
#include "formats/delta/log_segment.h"
#include "formats/delta/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {

std::shared_ptr<const DeltaSnapshot> advance(const DeltaSnapshot& base, Version version) {
  const Location& table = base.location();
  TableState state = base.state();
  LogSegment segment = state.segment;
  LogReplay replay(std::move(state));
  ActionReader reader;
  Version next = base.version() + 1;
  for (const LogFile& commit : list_log(table, next).commits) {
    if (commit.version != next || next > version) break;
    if (next == version) replay.begin_last_commit();
    reader.read(table.store->read_all(commit.path), commit.path, replay);
    segment.commits.push_back(commit);
    segment.last_commit = commit;
    ++next;
  }
  if (next != version + 1) {
    throw Error(ErrorCode::CorruptTable, fmt::format("the log of {} has no version {}", table.uri, next));
  }
  TableState newer = replay.finish(version, table.uri);
  segment.version = version;
  newer.segment = std::move(segment);
  return DeltaSnapshot::make(base.context(), table, std::move(newer));
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
            .text = fmt::format("version {} is committed, but its checkpoint couldn't be written: {}", committed,
                                error.what())});
  }
}

}  // namespace lakelet::delta
