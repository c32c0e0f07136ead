#include "formats/delta/checkpoint/checkpoint_writer.h"

#include <fmt/format.h>

#include "base/time.h"
#include "base/uuid.h"
#include "formats/delta/checkpoint/checkpoint_contents.h"
#include "formats/delta/log/last_checkpoint.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

struct Writing {
  const CheckpointContents& contents;
  const CheckpointOptions& options;
  std::string compression;
  std::int64_t now_ms;

  std::uint64_t write(const std::string& name, OwnedArrowStream rows) const {
    const DeltaSnapshot& snapshot = contents.snapshot;
    return snapshot.context().tabular->write_parquet(log_uri(snapshot.location(), name), std::move(rows), compression);
  }
};

void write_classic(const Writing& writing, bool one_part, CheckpointResult& result) {
  const std::int64_t per_part = writing.options.rows_per_part;
  result.parts = one_part ? 1 : static_cast<int>((result.actions + per_part - 1) / per_part);
  for (int part = 1; part <= result.parts; ++part) {
    const std::string name =
        result.parts == 1 ? checkpoint_name(result.version) : checkpoint_part_name(result.version, part, result.parts);
    result.bytes += writing.write(name, checkpoint_part_stream(writing.contents, part, result.parts));
  }
}

std::vector<Sidecar> write_sidecars(const Writing& writing) {
  std::vector<Sidecar> out;
  if (writing.contents.file_actions() <= writing.options.most_embedded) return out;
  FileActions actions(writing.contents);
  for (std::int64_t left = writing.contents.file_actions(); left > 0; left -= writing.options.rows_per_sidecar) {
    Sidecar sidecar;
    sidecar.path = make_uuid_text() + ".parquet";
    OwnedArrowStream rows = sidecar_stream(writing.contents, actions, writing.options.rows_per_sidecar);
    const auto bytes = writing.write(fmt::format("{}/{}", kSidecarFolder, sidecar.path), std::move(rows));
    sidecar.size_in_bytes = static_cast<std::int64_t>(bytes);
    sidecar.modification_time_ms = writing.now_ms;
    out.push_back(std::move(sidecar));
  }
  if (actions.appended() != writing.contents.file_actions()) {
    throw Error(ErrorCode::Internal, fmt::format("{} file actions were to be written, and {} were",
                                                 writing.contents.file_actions(), actions.appended()));
  }
  return out;
}

void write_v2(const Writing& writing, CheckpointResult& result) {
  const std::vector<Sidecar> sidecars = write_sidecars(writing);
  CheckpointMetadata metadata;
  metadata.version = result.version;
  metadata.tags["numOfAddFiles"] = std::to_string(result.added_files);
  std::int64_t bytes = 0;
  for (const Sidecar& sidecar : sidecars) bytes += sidecar.size_in_bytes;
  if (!sidecars.empty()) {
    metadata.tags["sidecarNumActions"] = std::to_string(writing.contents.file_actions());
    metadata.tags["sidecarSizeInBytes"] = std::to_string(bytes);
  }
  const std::int64_t interval = checkpoint_interval(writing.contents.snapshot.properties());
  const bool classic_name = result.version >= interval && result.version / interval % 10 == 0;
  const std::string name =
      classic_name ? checkpoint_name(result.version) : v2_checkpoint_name(result.version, make_uuid_text());
  result.bytes = static_cast<std::uint64_t>(bytes) +
                 writing.write(name, v2_checkpoint_stream(writing.contents, metadata, sidecars));
  result.sidecars = static_cast<int>(sidecars.size());
  result.actions += 1 + result.sidecars;
}

}  // namespace

CheckpointResult write_checkpoint(const DeltaSnapshot& snapshot, const CheckpointOptions& options) {
  if (!snapshot.context().tabular) throw Error(ErrorCode::Internal, "a checkpoint needs an engine that writes Parquet");
  const std::int64_t now_ms = options.now_ms != 0 ? options.now_ms : now_us() / 1000;
  const CheckpointContents contents(snapshot, now_ms);
  const Writing writing{contents, options, snapshot.write_layout().compression, now_ms};
  CheckpointResult result;
  result.version = snapshot.version();
  result.actions = contents.size();
  result.added_files = snapshot.file_count();
  // "Multi-part checkpoints are forbidden when V2 Checkpoints table feature is enabled."
  const bool v2_known = has_feature(snapshot.protocol(), "v2Checkpoint");
  if (v2_known && property_is(snapshot.properties(), "delta.checkpointPolicy", "v2")) {
    write_v2(writing, result);
  } else {
    write_classic(writing, v2_known, result);
  }
  result.added_bytes = contents.added_bytes;
  write_last_checkpoint(snapshot.location(), {.version = result.version,
                                              .actions = result.actions,
                                              .added_files = result.added_files,
                                              .bytes = result.bytes,
                                              .parts = result.parts});
  return result;
}

}  // namespace lakelet::delta
