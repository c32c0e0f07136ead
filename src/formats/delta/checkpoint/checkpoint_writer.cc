#include "formats/delta/checkpoint/checkpoint_writer.h"

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/json_writer.h"
#include "base/time.h"
#include "formats/delta/checkpoint/checkpoint_batch.h"
#include "formats/delta/files/live_files.h"
#include "formats/delta/files/path_hash.h"
#include "formats/delta/log/last_checkpoint.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr std::int64_t kBatchRows = 8192;

// What goes into the checkpoint, in its order: a pull of actions.
struct Contents {
  const DeltaSnapshot& snapshot;
  std::vector<Txn> transactions;
  std::vector<DomainMetadata> domains;
  std::vector<RemoveFile> tombstones;
  CheckpointShape shape;

  std::int64_t size() const {
    return 2 + snapshot.file_count() +
           static_cast<std::int64_t>(transactions.size() + domains.size() + tombstones.size());
  }
};

bool lists_feature(const DeltaSnapshot& snapshot, std::string_view feature) {
  const auto& features = snapshot.protocol().writer_features;
  return std::find(features.begin(), features.end(), feature) != features.end();
}

Contents collect(const DeltaSnapshot& snapshot, std::int64_t now_ms) {
  Contents out{snapshot, {}, {}, {}, {}};
  const auto retention = transaction_retention_ms(snapshot.properties());
  for (const auto& [application, txn] : snapshot.state().transactions) {
    const bool expired = retention && txn.last_updated_ms && *txn.last_updated_ms <= now_ms - *retention;
    if (!expired) out.transactions.push_back(txn);
  }
  for (const auto& [name, domain] : snapshot.state().domains) out.domains.push_back(domain);
  const std::int64_t oldest = now_ms - deleted_file_retention_ms(snapshot.properties());
  for (RemoveFile& remove : snapshot.tombstones()) {
    // A tombstone without a time is as old as can be (it counts as 0).
    if (remove.deletion_timestamp_ms.value_or(0) > oldest) out.tombstones.push_back(std::move(remove));
  }
  out.shape.deletion_vectors = lists_feature(snapshot, "deletionVectors");
  out.shape.row_tracking = lists_feature(snapshot, "rowTracking");
  out.shape.clustering = lists_feature(snapshot, "clustering");
  out.shape.domains = !out.domains.empty();
  return out;
}

// One part of a checkpoint as an Arrow stream; a checkpoint of one part holds
// everything.
class PartStream {
 public:
  PartStream(const Contents& contents, int part, int parts)
      : contents_(contents),
        part_(part),
        parts_(parts),
        batch_(contents.shape),
        files_(contents.snapshot.context(), contents.snapshot.files(), everything()) {}

  // Fills `out` with the next rows; an array that is released at the end.
  void next(ArrowArray* out) {
    while (batch_.rows() < kBatchRows && advance()) continue;
    out->release = nullptr;
    if (batch_.rows() > 0) batch_.take().export_to(out);
  }
  std::string& error() { return error_; }
  const CheckpointShape& shape() const { return contents_.shape; }

 private:
  bool mine(std::string_view path, const std::optional<DeletionVectorDescriptor>& vector) const {
    if (parts_ == 1) return true;
    return checkpoint_part(path, vector ? std::optional(vector->unique_id()) : std::nullopt, parts_) == part_;
  }
  bool mine() const { return parts_ == 1 || checkpoint_part(std::nullopt, std::nullopt, parts_) == part_; }

  // Appends the next action, if it is of this part; false at the end.
  bool advance() {
    if (stage_ == 0) return head();
    if (stage_ == 1) return add();
    if (tombstone_ == contents_.tombstones.size()) return false;
    const RemoveFile& remove = contents_.tombstones[tombstone_++];
    if (mine(remove.path, remove.deletion_vector)) batch_.append(remove);
    return true;
  }
  bool head() {
    stage_ = 1;
    if (!mine()) return true;
    batch_.append(contents_.snapshot.protocol());
    batch_.append(contents_.snapshot.metadata_action());
    for (const Txn& txn : contents_.transactions) batch_.append(txn);
    for (const DomainMetadata& domain : contents_.domains) batch_.append(domain);
    return true;
  }
  bool add() {
    if (!files_.next()) {
      stage_ = 2;
      return true;
    }
    const AddFile file = to_add_file(files_.whole_file());
    if (mine(file.path, file.deletion_vector)) batch_.append(file);
    return true;
  }
  static FileRequest everything() {
    FileRequest request;
    request.statistics = FileRequest::Statistics::Text;
    return request;
  }

  const Contents& contents_;
  int part_, parts_;
  CheckpointBatch batch_;
  LiveFiles files_;
  int stage_ = 0;  // 0 the table itself, 1 its files, 2 the tombstones
  std::size_t tombstone_ = 0;
  std::string error_;
};

int stream_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  auto* part = static_cast<PartStream*>(stream->private_data);
  try {
    checkpoint_schema(part->shape()).export_to(out);
    return 0;
  } catch (const std::exception& error) {
    part->error() = error.what();
    return ENOMEM;
  }
}

int stream_next(ArrowArrayStream* stream, ArrowArray* out) {
  auto* part = static_cast<PartStream*>(stream->private_data);
  try {
    part->next(out);
    return 0;
  } catch (const std::exception& error) {
    part->error() = error.what();
    return EIO;
  }
}

const char* stream_error(ArrowArrayStream* stream) {
  return static_cast<PartStream*>(stream->private_data)->error().c_str();
}

void stream_release(ArrowArrayStream* stream) {
  delete static_cast<PartStream*>(stream->private_data);
  stream->release = nullptr;
}

// The contents must outlive the stream.
OwnedArrowStream make_stream(const Contents& contents, int part, int parts) {
  ArrowArrayStream stream{};
  stream.private_data = new PartStream(contents, part, parts);
  stream.get_schema = stream_schema;
  stream.get_next = stream_next;
  stream.get_last_error = stream_error;
  stream.release = stream_release;
  return OwnedArrowStream(&stream);
}

void write_last_checkpoint(const Location& table, const CheckpointResult& result) {
  if (last_checkpoint_hint(table).value_or(-1) > result.version) return;  // somebody was further already
  JsonWriter json;
  json.begin_object();
  json.key("version").integer(result.version);
  json.key("size").integer(result.actions);
  if (result.parts > 1) json.key("parts").integer(result.parts);
  json.key("sizeInBytes").unsigned_integer(result.bytes);
  json.key("numOfAddFiles").integer(result.added_files);
  json.end_object();
  table.store->put(log_path(table, kLastCheckpointName), json.take());
}

}  // namespace

CheckpointResult write_checkpoint(const DeltaSnapshot& snapshot, const CheckpointOptions& options) {
  const auto& tabular = snapshot.context().tabular;
  if (!tabular) throw Error(ErrorCode::Internal, "a checkpoint needs an engine that writes Parquet");
  const Contents contents = collect(snapshot, options.now_ms != 0 ? options.now_ms : now_us() / 1000);
  CheckpointResult result;
  result.version = snapshot.version();
  result.actions = contents.size();
  result.added_files = snapshot.file_count();
  // "Multi-part checkpoints are forbidden when V2 Checkpoints table feature is
  // enabled."
  const bool one_part = lists_feature(snapshot, "v2Checkpoint");
  result.parts = one_part ? 1 : static_cast<int>((result.actions + options.rows_per_part - 1) / options.rows_per_part);
  const std::string compression = snapshot.write_layout().compression;
  for (int part = 1; part <= result.parts; ++part) {
    const std::string name =
        result.parts == 1 ? checkpoint_name(result.version) : checkpoint_part_name(result.version, part, result.parts);
    const std::string uri = log_uri(snapshot.location(), name);
    result.bytes += tabular->write_parquet(uri, make_stream(contents, part, result.parts), compression);
  }
  write_last_checkpoint(snapshot.location(), result);
  return result;
}

}  // namespace lakelet::delta
