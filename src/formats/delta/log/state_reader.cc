#include "formats/delta/log/state_reader.h"

#include <fmt/format.h>

#include <map>

#include "formats/delta/checkpoint/checkpoint_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/log/log_file_reader.h"
#include "formats/delta/log/log_replay.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// The commits after a version, compacted where the segment says so. Whether the last of them was read itself.
bool replay_commits(const FormatContext& context, const Location& table, const LogSegment& segment, Version after,
                    LogReplay& replay) {
  ActionReader reader;
  auto compaction = segment.compactions.begin();
  bool last = false;
  for (const LogFile& commit : segment.commits) {
    if (commit.version <= after) continue;
    const LogFile* file = &commit;
    if (compaction != segment.compactions.end() && compaction->first == commit.version) {
      file = &compaction->file;
      after = compaction->last;
      ++compaction;
    } else if ((last = &commit == &segment.commits.back())) {
      replay.begin_last_commit();
    }
    try {
      read_log_file(context, table, *file, reader, replay);
    } catch (Error& error) {
      if (error.code() == ErrorCode::Exhausted) error.add_context(file->path);
      throw;
    }
  }
  return last;
}

TableState replayed(const FormatContext& context, const Location& table, TableState base, const LogSegment& segment) {
  LogReplay replay(std::move(base), planning_memory(context));
  const bool last = replay_commits(context, table, segment, -1, replay);
  TableState state = replay.finish(segment.version, table.uri);
  // Neither a checkpoint nor a compaction keeps the timestamp of its last commit.
  if (!last && segment.last_commit && in_commit_timestamps_since(state.metadata)) {
    state.in_commit_timestamp_ms = read_in_commit_timestamp_ms(table, *segment.last_commit);
  }
  return state;
}

// A commit's own timestamp counts only where the table says so.
void judge_timestamp(TableState& state) {
  if (!in_commit_timestamps_since(state.metadata)) state.in_commit_timestamp_ms.reset();
}

class TombstoneCollector final : public ActionVisitor {
 public:
  std::map<std::pair<std::string, std::string>, RemoveFile> removed;
  void on_add(const FileActionView& add) override { removed.erase(key(add)); }
  void on_remove(const FileActionView& remove) override {
    removed.insert_or_assign(key(remove), to_remove_file(remove));
  }

 private:
  static std::pair<std::string, std::string> key(const FileActionView& file) {
    return {canonical_path(file.path), file.deletion_vector ? file.deletion_vector->unique_id() : std::string()};
  }
};

}  // namespace

TableState read_state(const FormatContext& context, const Location& table, TableState base, const LogSegment& segment) {
  const auto read = [&](const LogSegment& files) {
    TableState state = replayed(context, table, base, files);
    state.segment = segment;
    judge_timestamp(state);
    return state;
  };
  if (segment.compactions.empty()) return read(segment);
  try {
    return read(segment);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::CorruptTable && error.code() != ErrorCode::NotFound) throw;
  }
  // A compaction is never needed: if it is damaged, its commits serve; if they are, they are what is wrong.
  LogSegment commits = segment;
  commits.compactions.clear();
  return read(commits);
}

TableState advance_state(const FormatContext& context, const Location& table, const TableState& base,
                         const LogSegment& segment) {
  LogReplay replay(base, planning_memory(context));
  replay_commits(context, table, segment, base.version, replay);
  TableState state = replay.finish(segment.version, table.uri);
  state.segment = base.segment;
  state.segment.version = segment.version;
  for (const LogFile& commit : segment.commits) {
    if (commit.version > base.version) state.segment.commits.push_back(commit);
  }
  state.segment.last_commit = segment.last_commit;
  state.segment.checksum = segment.checksum;
  judge_timestamp(state);
  return state;
}

std::vector<RemoveFile> read_tombstones(const FormatContext& context, const Location& table,
                                        const LogSegment& segment) {
  TombstoneCollector collector;
  if (segment.checkpoint) {
    for (RemoveFile& remove : read_checkpoint_tombstones(context, table, *segment.checkpoint)) {
      std::string dv_id = remove.deletion_vector ? remove.deletion_vector->unique_id() : std::string();
      std::string path = canonical_path(remove.path);
      collector.removed.insert_or_assign({std::move(path), std::move(dv_id)}, std::move(remove));
    }
  }
  ActionReader reader;
  for (const LogFile& commit : segment.commits) {
    read_log_file(context, table, commit, reader, collector);
  }
  std::vector<RemoveFile> result;
  for (auto& [key, remove] : collector.removed) result.push_back(std::move(remove));
  return result;
}

}  // namespace lakelet::delta
