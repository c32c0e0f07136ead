#include "formats/delta/checkpoint/checkpoint_contents.h"

#include <cerrno>
#include <functional>

#include "formats/delta/files/path_hash.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/table_properties.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

constexpr std::int64_t kBatchRows = 8192;

// A pull of batches: `fill` appends actions to the batch until it has enough or there are no more.
class BatchStream {
 public:
  using Fill = std::function<void(CheckpointBatch&)>;
  BatchStream(const CheckpointShape& shape, Fill fill) : shape_(shape), batch_(shape), fill_(std::move(fill)) {}

  static OwnedArrowStream make(const CheckpointShape& shape, Fill fill) {
    ArrowArrayStream stream{};
    stream.private_data = new BatchStream(shape, std::move(fill));
    stream.get_schema = [](ArrowArrayStream* from, ArrowSchema* out) {
      return of(from).guarded([&] { checkpoint_schema(of(from).shape_).export_to(out); }, ENOMEM);
    };
    stream.get_next = [](ArrowArrayStream* from, ArrowArray* out) {
      out->release = nullptr;
      return of(from).guarded([&] { of(from).next(out); }, EIO);
    };
    stream.get_last_error = [](ArrowArrayStream* from) { return of(from).error_.c_str(); };
    stream.release = [](ArrowArrayStream* from) {
      delete &of(from);
      from->release = nullptr;
    };
    return OwnedArrowStream(&stream);
  }

 private:
  static BatchStream& of(ArrowArrayStream* stream) { return *static_cast<BatchStream*>(stream->private_data); }
  void next(ArrowArray* out) {
    fill_(batch_);
    if (batch_.rows() > 0) batch_.take().export_to(out);
  }
  template <typename Call>
  int guarded(const Call& call, int failure) {
    try {
      call();
      return 0;
    } catch (const std::exception& error) {
      error_ = error.what();
      return failure;
    }
  }

  CheckpointShape shape_;
  CheckpointBatch batch_;
  Fill fill_;
  std::string error_;
};

bool wants_all(std::string_view, const std::optional<DeletionVectorDescriptor>&) {
  return true;
}

void append_table(const CheckpointContents& contents, CheckpointBatch& batch) {
  batch.append(contents.snapshot.protocol());
  batch.append(contents.snapshot.metadata_action());
  for (const Txn& txn : contents.transactions) batch.append(txn);
  for (const DomainMetadata& domain : contents.domains) batch.append(domain);
}

FileRequest everything() {
  FileRequest request;
  request.statistics = FileRequest::Statistics::Text;
  return request;
}

CheckpointShape shape_of(const DeltaSnapshot& snapshot) {
  CheckpointShape shape;
  shape.deletion_vectors = has_feature(snapshot.protocol(), "deletionVectors");
  shape.row_tracking = has_feature(snapshot.protocol(), "rowTracking");
  shape.clustering = has_feature(snapshot.protocol(), "clustering");
  const Properties& properties = snapshot.properties();
  shape.json_statistics = !property_is_false(properties, "delta.checkpoint.writeStatsAsJson");
  shape.typed_values = property_is_true(properties, "delta.checkpoint.writeStatsAsStruct");
  if (!shape.typed_values) return shape;
  shape.schema = snapshot.schema();
  shape.statistics_columns = snapshot.write_layout().statistics_columns;
  for (const PartitionField& field : snapshot.partitioning().fields) {
    shape.partition_columns.push_back(*find_field(shape.schema, {field.column}));
  }
  return shape;
}

}  // namespace

CheckpointContents::CheckpointContents(const DeltaSnapshot& of, std::int64_t now_ms)
    : snapshot(of), shape(shape_of(of)) {
  const auto retention = transaction_retention_ms(of.properties());
  for (const auto& [application, txn] : of.state().transactions) {
    const bool expired = retention && txn.last_updated_ms && *txn.last_updated_ms <= now_ms - *retention;
    if (!expired) transactions.push_back(txn);
  }
  for (const auto& [name, domain] : of.state().domains) domains.push_back(domain);
  const std::int64_t oldest = now_ms - deleted_file_retention_ms(of.properties());
  for (RemoveFile& remove : of.tombstones()) {
    // A tombstone without a time is as old as can be (it counts as 0).
    if (remove.deletion_timestamp_ms.value_or(0) > oldest) tombstones.push_back(std::move(remove));
  }
  shape.domains = !domains.empty();
}

FileActions::FileActions(const CheckpointContents& contents)
    : contents_(contents), files_(contents.snapshot.context(), contents.snapshot.files(), everything()) {}

OwnedArrowStream checkpoint_part_stream(const CheckpointContents& contents, int part, int parts) {
  const auto mine = [part, parts](std::string_view path, const std::optional<DeletionVectorDescriptor>& vector) {
    if (parts == 1) return true;
    return checkpoint_part(path, vector ? std::optional(vector->unique_id()) : std::nullopt, parts) == part;
  };
  const bool has_table = parts == 1 || checkpoint_part(std::nullopt, std::nullopt, parts) == part;
  auto actions = std::make_shared<FileActions>(contents);
  return BatchStream::make(contents.shape, [=, &contents, first = true](CheckpointBatch& batch) mutable {
    if (first && has_table) append_table(contents, batch);
    first = false;
    while (batch.rows() < kBatchRows && actions->next(batch, mine)) continue;
  });
}

OwnedArrowStream v2_checkpoint_stream(const CheckpointContents& contents, const CheckpointMetadata& metadata,
                                      const std::vector<Sidecar>& sidecars) {
  CheckpointShape shape = contents.shape;
  shape.v2 = shape.sidecars = true;
  shape.files = sidecars.empty();
  auto actions = shape.files ? std::make_shared<FileActions>(contents) : nullptr;
  return BatchStream::make(shape, [=, &contents, first = true](CheckpointBatch& batch) mutable {
    if (first) {
      batch.append(metadata);
      append_table(contents, batch);
      for (const Sidecar& sidecar : sidecars) batch.append(sidecar);
    }
    first = false;
    while (actions && batch.rows() < kBatchRows && actions->next(batch, wants_all)) continue;
  });
}

OwnedArrowStream sidecar_stream(const CheckpointContents& contents, FileActions& actions, std::int64_t most) {
  CheckpointShape shape = contents.shape;
  shape.others = false;
  return BatchStream::make(shape, [&actions, end = actions.appended() + most](CheckpointBatch& batch) {
    while (batch.rows() < kBatchRows && actions.appended() < end && actions.next(batch, wants_all)) continue;
  });
}

}  // namespace lakelet::delta
