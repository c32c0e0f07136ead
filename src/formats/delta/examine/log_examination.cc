#include "formats/delta/examine/log_examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/delta/checkpoint/checkpoint_reader.h"
#include "formats/delta/checkpoint/checkpoint_writer.h"
#include "formats/delta/examine/state_difference.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/log/last_checkpoint.h"
#include "formats/delta/log/log_file_reader.h"
#include "formats/delta/log/snapshot_loader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

// What is wrong with a file, rather than with the store or with us.
bool is_damage(const Error& error) {
  return error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::NotFound;
}

std::string range(Version first, Version last) {
  return first == last ? fmt::format("{}", first) : fmt::format("{} to {}", first, last);
}

CheckpointState read_whole(const FormatContext& context, const Location& table, const CheckpointFiles& checkpoint) {
  CheckpointState state = read_checkpoint(context, table, checkpoint);
  state.require_complete();
  state.state.version = checkpoint.version;
  return state;
}

}  // namespace

LogExamination::LogExamination(const FormatContext& context, const Location& table, Report report)
    : context_(context), table_(table), report_(std::move(report)), listing_(list_whole_log(table)) {
  context_.events = [this](const Event& event) {
    if (event.kind == EventKind::Warning) found(Severity::Warning, "checksum", "", event.text, "");
  };
  trusted_.commits = listing_.commits;
  trusted_.checksums = listing_.checksums;
}

std::string LogExamination::name_of(const LogFile& file) const {
  return fmt::format("{}/{}", kLogFolder, file.path.substr(file.path.rfind('/') + 1));
}

void LogExamination::found(Severity severity, const char* check, std::string subject, std::string message,
                           std::string remedy, bool repairable) {
  report_({severity, check, std::move(subject), std::move(message), std::move(remedy), repairable, false});
}

void LogExamination::run() {
  read_commits();
  look_for_gaps();
  look_for_parts();
  compare_checkpoints();
  check_hint();
  check_newest();
}

void LogExamination::read_commits() {
  ActionReader reader;
  ActionVisitor nothing;
  for (const LogFile& commit : listing_.commits) {
    try {
      read_log_file(context_, table_, commit, reader, nothing);
    } catch (const Error& error) {
      if (!is_damage(error)) throw;
      unreadable_.insert(commit.version);
      found(Severity::Damage, "commit", name_of(commit), error.what(),
            fmt::format("nobody can tell what version {} changed: restore the file from a backup", commit.version));
    }
  }
}

void LogExamination::look_for_gaps() {
  const Version newest = listing_.checkpoints.empty() ? -1 : listing_.checkpoints.back().version;
  const auto missing = [&](Version first, Version last) {
    const bool needed = last > newest;
    found(needed ? Severity::Damage : Severity::Warning, "log gap", fmt::format("version {}", range(first, last)),
          fmt::format("the log has no commit {}{}", range(first, last),
                      needed ? "" : fmt::format(": versions before {} can't be read", newest)),
          needed ? "restore the files from a backup" : "");
  };
  if (listing_.commits.empty()) return;
  const Version first = listing_.commits.front().version;
  const bool bridged = std::any_of(listing_.checkpoints.begin(), listing_.checkpoints.end(),
                                   [&](const auto& checkpoint) { return checkpoint.version >= first - 1; });
  if (first > 0 && !bridged) missing(0, first - 1);
  for (std::size_t i = 1; i < listing_.commits.size(); ++i) {
    const Version before = listing_.commits[i - 1].version, after = listing_.commits[i].version;
    if (after > before + 1) missing(before + 1, after - 1);
  }
}

void LogExamination::look_for_parts() {
  std::map<std::pair<Version, int>, int> parts;
  table_.store->list_folder(table_.child(std::string(kLogFolder)).path, {}, [&](const ObjectInfo& object) {
    const auto name = parse_log_name(std::string_view(object.path).substr(object.path.rfind('/') + 1));
    if (name && name->kind == LogName::Kind::CheckpointPart) ++parts[{name->version, name->parts}];
    return true;
  });
  for (const auto& [key, count] : parts) {
    if (count >= key.second) continue;
    found(Severity::Warning, "checkpoint parts", fmt::format("version {}", key.first),
          fmt::format("the checkpoint of version {} has {} of its {} parts; readers pass over it", key.first, count,
                      key.second),
          "");
  }
}

std::shared_ptr<const DeltaSnapshot> LogExamination::replayed(Version version) {
  try {
    const LogSegment segment = choose_segment(trusted_, version, table_.uri);
    for (const LogFile& commit : segment.commits) {
      if (unreadable_.contains(commit.version)) return nullptr;
    }
    FormatContext quiet = context_;
    quiet.events = {};
    return load_version(quiet, table_, trusted_, version);
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
    return nullptr;
  }
}

void LogExamination::compare(const CheckpointFiles& checkpoint) {
  const auto expected = replayed(checkpoint.version);
  const auto damaged = [&](std::string what) {
    found(Severity::Damage, kCheckpointCheck, name_of(checkpoint.parts.front()), std::move(what),
          expected ? "a repair writes it again from the commits"
                   : "the commits before it are gone: restore the file from a backup",
          expected != nullptr);
  };
  try {
    const auto state = read_whole(context_, table_, checkpoint);
    const auto snapshot = DeltaSnapshot::make(context_, table_, state.state);
    if (!expected) {
      snapshot->for_each_file([](const AddFile&) { return true; });
    } else if (const auto difference = state_difference(*expected, *snapshot)) {
      return damaged(fmt::format("the checkpoint of version {} isn't what the commits say: it has {}",
                                 checkpoint.version, *difference));
    }
    trusted_.checkpoints.push_back(checkpoint);
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
    damaged(fmt::format("the checkpoint of version {} can't be read: {}", checkpoint.version, error.what()));
  }
}

void LogExamination::compare_checkpoints() {
  for (const CheckpointFiles& checkpoint : listing_.checkpoints) compare(checkpoint);
}

void LogExamination::check_hint() {
  const std::string subject = fmt::format("{}/{}", kLogFolder, kLastCheckpointName);
  if (!table_.store->find(log_path(table_, kLastCheckpointName))) return;  // nobody needs it
  const auto version = last_checkpoint_hint(table_);
  const bool there = version && std::any_of(listing_.checkpoints.begin(), listing_.checkpoints.end(),
                                            [&](const auto& checkpoint) { return checkpoint.version == *version; });
  if (there) return;
  found(Severity::Warning, kLastCheckpointCheck, subject,
        version ? fmt::format("it points to a checkpoint of version {}, which isn't there", *version)
                : "it is no JSON that tells a version, or not what its checksum says",
        "a repair points it to the newest checkpoint", true);
}

void LogExamination::check_newest() {
  std::shared_ptr<const DeltaSnapshot> newest;
  try {
    newest = load_version(context_, table_, trusted_, std::nullopt);
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
    return;  // of which there are findings
  }
  check_vectors(*newest);
}

void LogExamination::check_vectors(const DeltaSnapshot& snapshot) {
  snapshot.for_each_file([&](const AddFile& file) {
    if (!file.deletion_vector) return true;
    try {
      read_deletion_vector(*context_.stores, table_, *file.deletion_vector);
    } catch (const Error& error) {
      if (!is_damage(error)) throw;
      found(Severity::Damage, "deletion vector", file.path, error.what(),
            "nobody can tell which rows of the file are gone: restore the vector's file from a backup");
    }
    return true;
  });
}

void LogExamination::mend(const Finding& finding) {
  const Report silent = [](const Finding&) {};
  report_ = silent;
  read_commits();
  compare_checkpoints();
  if (finding.check == kCheckpointCheck) return mend_checkpoint(finding.subject);
  if (finding.check == kLastCheckpointCheck) return mend_hint();
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("lakelet can't mend this in {}: {}", table_.uri, finding.message));
}

void LogExamination::mend_checkpoint(const std::string& subject) {
  for (const CheckpointFiles& checkpoint : listing_.checkpoints) {
    if (name_of(checkpoint.parts.front()) != subject) continue;
    const auto snapshot = replayed(checkpoint.version);
    if (!snapshot) {
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("{} can't be written again: the commits before it are gone or damaged", subject));
    }
    write_checkpoint(*snapshot);
    // The new one may have another name.
    std::set<std::string> now;
    for (const CheckpointFiles& each : list_log(table_, checkpoint.version).checkpoints) {
      if (each.version != checkpoint.version) continue;
      const bool old = std::any_of(each.parts.begin(), each.parts.end(), [&](const LogFile& part) {
        return std::any_of(checkpoint.parts.begin(), checkpoint.parts.end(), [&](const LogFile& damaged) {
          return damaged.path == part.path && damaged.modified_us == part.modified_us && damaged.size == part.size;
        });
      });
      if (!old) {
        for (const LogFile& part : each.parts) now.insert(part.path);
      }
    }
    for (const LogFile& part : checkpoint.parts) {
      if (!now.contains(part.path)) table_.store->remove(part.path);
    }
    return;
  }
  throw Error(ErrorCode::Conflict, fmt::format("{} is gone by now", subject), "look again with `lakelet doctor`");
}

void LogExamination::mend_hint() {
  // Written only where it doesn't point further.
  table_.store->remove(log_path(table_, kLastCheckpointName));
  if (trusted_.checkpoints.empty()) return;
  const CheckpointFiles& newest = trusted_.checkpoints.back();
  LastCheckpoint hint;
  hint.version = newest.version;
  std::vector<std::string> uris;
  for (const LogFile& part : newest.parts) {
    hint.bytes += part.size;
    uris.push_back(log_uri(table_, part.path.substr(part.path.rfind('/') + 1)));
  }
  const auto state = read_whole(context_, table_, newest);
  DeltaSnapshot::make(context_, table_, state.state)->for_each_file([&](const AddFile&) {
    ++hint.added_files;
    return true;
  });
  if (newest.kind != CheckpointFiles::Kind::V2Json) hint.actions = context_.tabular->row_count(uris).value_or(0);
  hint.parts = newest.kind == CheckpointFiles::Kind::MultiPart ? static_cast<int>(newest.parts.size()) : 1;
  write_last_checkpoint(table_, hint);
}

}  // namespace lakelet::delta
