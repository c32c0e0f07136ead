#include "formats/delta/action_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "formats/delta/action_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {

struct ActionReader::Impl {
  simdjson::dom::parser parser;
  FileActionView file;  // its vectors are reused

  void dispatch(std::string_view name, simdjson::dom::element value, ActionVisitor& visitor) {
    if (value.is_null()) return;  // a checkpoint in JSON may spell out what a row doesn't hold
    if (name == "add") {
      read_file_action(value, "add", file);
      visitor.on_add(file);
    } else if (name == "remove") {
      read_file_action(value, "remove", file);
      visitor.on_remove(file);
    } else if (name == "commitInfo") {
      if (visitor.wants_commit_info()) visitor.on_commit_info(read_commit_info(value));
    } else if (name == "metaData") {
      visitor.on_metadata(read_metadata(value));
    } else if (name == "protocol") {
      visitor.on_protocol(read_protocol(value));
    } else if (name == "txn") {
      visitor.on_txn(read_txn(value));
    } else if (name == "domainMetadata") {
      visitor.on_domain_metadata(read_domain_metadata(value));
    } else if (name == "cdc") {
      visitor.on_cdc(read_cdc(value));
    } else if (name == "sidecar") {
      visitor.on_sidecar(read_sidecar(value));
    } else if (name == "checkpointMetadata") {
      visitor.on_checkpoint_metadata(read_checkpoint_metadata(value));
    }
  }

  void read_line(const char* line, std::size_t length, ActionVisitor& visitor) {
    simdjson::dom::element root;
    // The text goes on behind the line, or is padded: the parser may look there, and needs no copy.
    if (const auto error = parser.parse(line, length, false).get(root)) {
      throw Error(ErrorCode::CorruptTable, fmt::format("no whole JSON document ({})", simdjson::error_message(error)));
    }
    simdjson::dom::object object;
    if (root.get(object)) throw Error(ErrorCode::CorruptTable, "no JSON object");
    for (const auto& [name, value] : object) dispatch(name, value, visitor);
  }
};

ActionReader::ActionReader() : impl_(std::make_unique<Impl>()) {}
ActionReader::~ActionReader() = default;

void ActionReader::read(std::string text, std::string_view file, ActionVisitor& visitor) {
  const std::size_t size = text.size();
  text.resize(size + simdjson::SIMDJSON_PADDING);
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < size && visitor.more();) {
    const std::size_t newline = std::min(text.find('\n', begin), size);
    ++number;
    std::size_t length = newline - begin;
    if (length > 0 && text[newline - 1] == '\r') --length;
    const bool blank = std::string_view(text).substr(begin, length).find_first_not_of(" \t") == std::string_view::npos;
    if (!blank) {
      try {
        impl_->read_line(text.data() + begin, length, visitor);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::CorruptTable) throw;
        throw Error(ErrorCode::CorruptTable,
                    fmt::format("{}, line {} (byte {}): {}", file, number, begin, error.what()),
                    "the file was cut short or changed after it was written: restore it from a copy, or look with "
                    "`lakelet doctor`");
      }
    }
    begin = newline + 1;
  }
}

namespace {

class ActionCollector final : public ActionVisitor {
 public:
  std::vector<Action> actions;
  void on_add(const FileActionView& add) override { actions.emplace_back(to_add_file(add)); }
  void on_remove(const FileActionView& remove) override { actions.emplace_back(to_remove_file(remove)); }
  void on_protocol(Protocol action) override { actions.emplace_back(std::move(action)); }
  void on_metadata(Metadata action) override { actions.emplace_back(std::move(action)); }
  void on_txn(Txn action) override { actions.emplace_back(std::move(action)); }
  void on_domain_metadata(DomainMetadata action) override { actions.emplace_back(std::move(action)); }
  void on_cdc(Cdc action) override { actions.emplace_back(std::move(action)); }
  void on_checkpoint_metadata(CheckpointMetadata action) override { actions.emplace_back(std::move(action)); }
  void on_sidecar(Sidecar action) override { actions.emplace_back(std::move(action)); }
  void on_commit_info(CommitInfoAction action) override { actions.emplace_back(std::move(action)); }
  bool wants_commit_info() const override { return true; }
};

PartitionValues to_map(const std::vector<std::pair<std::string_view, std::optional<std::string_view>>>& values) {
  PartitionValues result;
  for (const auto& [name, value] : values) {
    result.emplace(name, value ? std::optional<std::string>(*value) : std::nullopt);
  }
  return result;
}

StringMap to_map(const std::vector<std::pair<std::string_view, std::string_view>>& values) {
  StringMap result;
  for (const auto& [name, value] : values) result.emplace(name, value);
  return result;
}

std::optional<std::string> to_string(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

AddFile to_add_file(const FileActionView& view) {
  AddFile add;
  add.path = view.path;
  add.partition_values = to_map(view.partition_values);
  add.size = view.size.value_or(0);
  add.modification_time_ms = view.modification_time_ms;
  add.data_change = view.data_change;
  add.stats = to_string(view.stats);
  add.tags = to_map(view.tags);
  add.deletion_vector = view.deletion_vector;
  add.base_row_id = view.base_row_id;
  add.default_row_commit_version = view.default_row_commit_version;
  add.clustering_provider = to_string(view.clustering_provider);
  return add;
}

RemoveFile to_remove_file(const FileActionView& view) {
  RemoveFile remove;
  remove.path = view.path;
  remove.deletion_timestamp_ms = view.deletion_timestamp_ms;
  remove.data_change = view.data_change;
  remove.extended_file_metadata = view.extended_file_metadata;
  remove.partition_values = to_map(view.partition_values);
  remove.size = view.size;
  remove.stats = to_string(view.stats);
  remove.tags = to_map(view.tags);
  remove.deletion_vector = view.deletion_vector;
  remove.base_row_id = view.base_row_id;
  remove.default_row_commit_version = view.default_row_commit_version;
  return remove;
}

std::vector<Action> read_actions(std::string text, std::string_view file) {
  ActionCollector collector;
  ActionReader().read(std::move(text), file, collector);
  return std::move(collector.actions);
}

}  // namespace lakelet::delta
