#include "formats/delta/checkpoint/checkpoint_reader.h"

#include <fmt/format.h>

#include "formats/delta/checkpoint/checkpoint_adds.h"
#include "formats/delta/checkpoint/checkpoint_columns.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/log/log_file_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

std::string uri_of(const Location& table, const LogFile& file) {
  return log_uri(table, std::string_view(file.path).substr(file.path.rfind('/') + 1));
}

// "URI-encoded path to the sidecar file"; most are bare names.
std::string sidecar_uri(const Location& table, const Sidecar& sidecar) {
  return resolve_path(sidecar.path, log_uri(table, kSidecarFolder));
}

// Takes all that a checkpoint holds, in any order: it has nothing that cancels
// out.
class StateCollector final : public ActionVisitor {
 public:
  TableState state;
  std::vector<Sidecar> sidecars;
  bool has_protocol = false, has_metadata = false;
  FileBlockBuilder files;

  void on_add(const FileActionView& add) override { files.append(add); }
  void on_protocol(Protocol protocol) override {
    if (has_protocol && !(protocol == state.protocol)) contradicts("protocol");
    state.protocol = std::move(protocol), has_protocol = true;
  }
  void on_metadata(Metadata metadata) override {
    if (has_metadata && !(metadata == state.metadata)) contradicts("metaData");
    state.metadata = std::move(metadata), has_metadata = true;
  }
  void on_txn(Txn txn) override {
    std::string application = txn.app_id;
    state.transactions.insert_or_assign(std::move(application), std::move(txn));
  }
  void on_domain_metadata(DomainMetadata domain) override {
    if (domain.removed) return;
    std::string name = domain.domain;
    state.domains.insert_or_assign(std::move(name), std::move(domain));
  }
  void on_sidecar(Sidecar sidecar) override { sidecars.push_back(std::move(sidecar)); }

 private:
  [[noreturn]] static void contradicts(std::string_view action) {
    throw Error(ErrorCode::CorruptTable, fmt::format("it has two {} actions that differ", action));
  }
};

// All actions of a Parquet file but those of files.
void read_others(const FormatContext& context, const std::string& uri, ActionVisitor& out) {
  TabularRead request;
  request.uris = {uri};
  request.columns = other_action_columns();
  request.any_not_null = {"protocol.minReaderVersion", "metaData.schemaString", "txn.appId",
                          "domainMetadata.domain",     "sidecar.path",          "checkpointMetadata.version"};
  ArrowRows rows(context.tabular->read_parquet(request), uri);
  while (rows.next()) {
    for (std::int64_t row = 0; row < rows.size(); ++row) read_other_actions(rows, 0, row, out);
  }
}

[[noreturn]] void incomplete(const std::string& uri, std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the checkpoint {} has no {} action", uri, what),
              "remove the checkpoint if the commits before it are still there, "
              "so that they are read instead");
}

// The files of the checkpoint's adds in Parquet, and their size.
struct Lists {
  std::vector<std::string> uris;
  std::uint64_t bytes = 0;
};

// A sidecar is opened when its files are wanted: that it is there, and whole as
// far as its size tells, is seen now, while older files of the log may still
// serve instead.
void add_sidecar(const FormatContext& context, const Location& table, const Sidecar& sidecar, Lists& lists) {
  const std::string uri = sidecar_uri(table, sidecar);
  const Location place = context.stores->resolve(uri);
  const auto object = place.store->find(place.path);
  if (!object) throw Error(ErrorCode::NotFound, fmt::format("the sidecar {} of the checkpoint is missing", uri));
  if (static_cast<std::int64_t>(object->size) < sidecar.size_in_bytes) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("the sidecar {} has {} bytes, not the {} that its checkpoint names", uri, object->size,
                            sidecar.size_in_bytes));
  }
  lists.uris.push_back(uri);
  lists.bytes += object->size;
}

Lists read_parts(const FormatContext& context, const Location& table, const CheckpointFiles& checkpoint,
                 StateCollector& collector) {
  Lists lists;
  for (const LogFile& part : checkpoint.parts) {
    const std::string uri = uri_of(table, part);
    try {
      if (checkpoint.kind == CheckpointFiles::Kind::V2Json) {
        ActionReader reader;
        read_log_file(context, table, part, reader, collector);
      } else {
        read_others(context, uri, collector);
        lists.uris.push_back(uri);
        lists.bytes += part.size;
      }
    } catch (Error& error) {
      if (error.code() != ErrorCode::CorruptTable || error.message().find(uri) != std::string::npos) throw;
      throw error.add_context(uri);
    }
  }
  for (const Sidecar& sidecar : collector.sidecars) add_sidecar(context, table, sidecar, lists);
  return lists;
}

}  // namespace

void CheckpointState::require_complete() const {
  if (!has_protocol) incomplete(uri, "protocol");
  if (!has_metadata) incomplete(uri, "metaData");
}

CheckpointState read_checkpoint(const FormatContext& context, const Location& table,
                                const CheckpointFiles& checkpoint) {
  StateCollector collector;
  Lists lists = read_parts(context, table, checkpoint, collector);
  CheckpointState result;
  result.uri = uri_of(table, checkpoint.parts.front());
  result.has_protocol = collector.has_protocol;
  result.has_metadata = collector.has_metadata;
  result.state = std::move(collector.state);
  result.state.version = checkpoint.version;
  if (collector.files.size() > 0) {
    FileListPart part;
    part.live = collector.files.size();
    part.block = collector.files.finish();
    result.state.files.parts.push_back(std::move(part));
  }
  if (!lists.uris.empty()) {
    result.state.files.checkpoint = std::make_shared<const CheckpointAdds>(std::move(lists.uris), lists.bytes);
  }
  return result;
}

namespace {

void read_removes(const FormatContext& context, const std::string& uri, std::vector<RemoveFile>& removes) {
  TabularRead request;
  request.uris = {uri};
  request.columns = file_action_columns("remove");
  request.any_not_null = {"remove.path"};
  ArrowRows rows(context.tabular->read_parquet(request), uri);
  FileActionView remove;
  while (rows.next()) {
    for (std::int64_t row = 0; row < rows.size(); ++row) {
      if (read_file_action(rows, 0, row, remove)) removes.push_back(to_remove_file(remove));
    }
  }
}

// The removes of a checkpoint in JSON, and the sidecars of any.
class RemoveCollector final : public ActionVisitor {
 public:
  std::vector<RemoveFile> removes;
  std::vector<Sidecar> sidecars;
  void on_remove(const FileActionView& remove) override { removes.push_back(to_remove_file(remove)); }
  void on_sidecar(Sidecar sidecar) override { sidecars.push_back(std::move(sidecar)); }
};

void read_sidecar_actions(const FormatContext& context, const std::string& uri, ActionVisitor& visitor) {
  TabularRead request;
  request.uris = {uri};
  request.columns = other_action_columns();
  request.any_not_null = {"sidecar.path"};
  ArrowRows rows(context.tabular->read_parquet(request), uri);
  while (rows.next()) {
    for (std::int64_t row = 0; row < rows.size(); ++row) read_other_actions(rows, 0, row, visitor);
  }
}

}  // namespace

std::vector<RemoveFile> read_checkpoint_tombstones(const FormatContext& context, const Location& table,
                                                   const CheckpointFiles& checkpoint) {
  RemoveCollector collector;
  for (const LogFile& part : checkpoint.parts) {
    const std::string uri = uri_of(table, part);
    if (checkpoint.kind == CheckpointFiles::Kind::V2Json) {
      ActionReader reader;
      read_log_file(context, table, part, reader, collector);
    } else {
      read_removes(context, uri, collector.removes);
      if (checkpoint.kind != CheckpointFiles::Kind::MultiPart) read_sidecar_actions(context, uri, collector);
    }
  }
  for (const Sidecar& sidecar : collector.sidecars) {
    read_removes(context, sidecar_uri(table, sidecar), collector.removes);
  }
  return std::move(collector.removes);
}

std::vector<Sidecar> read_checkpoint_sidecars(const FormatContext& context, const Location& table,
                                              const CheckpointFiles& checkpoint) {
  RemoveCollector collector;
  for (const LogFile& part : checkpoint.parts) {
    if (checkpoint.kind == CheckpointFiles::Kind::V2Json) {
      ActionReader reader;
      read_log_file(context, table, part, reader, collector);
    } else if (checkpoint.kind != CheckpointFiles::Kind::MultiPart) {
      read_sidecar_actions(context, uri_of(table, part), collector);
    }
  }
  return std::move(collector.sidecars);
}

}  // namespace lakelet::delta
