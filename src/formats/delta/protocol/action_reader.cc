#include "formats/delta/protocol/action_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "formats/delta/protocol/action_json.h"
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

  // The text goes on behind the document, or is padded: the parser may look
  // there, and needs no copy.
  simdjson::error_code parse(std::string_view document, simdjson::dom::element& root) {
    return parser.parse(document.data(), document.size(), false).get(root);
  }

  struct Place {
    std::string_view file;
    std::size_t line = 1;
    std::uint64_t byte = 0;
  };
  std::size_t read_documents(std::string_view whole, bool last, Place& place, ActionVisitor& visitor);

  // The document at the front of `rest`, which is a line in all but hand-made
  // logs. Returns how long it is; 0 if it may go on behind a text that isn't
  // the last.
  std::size_t read_document(std::string_view rest, std::size_t line, bool last, ActionVisitor& visitor) {
    simdjson::dom::element root;
    std::size_t length = line;
    auto error = parse(rest.substr(0, length), root);
    if (error && (length = document_length(rest)) > line) error = parse(rest.substr(0, length), root);
    if (error && length == 0 && !last) return 0;
    if (error) throw Error(ErrorCode::CorruptTable, fmt::format("no whole JSON document ({})", short_message(error)));
    simdjson::dom::object object;
    if (root.get(object)) throw Error(ErrorCode::CorruptTable, "no JSON object");
    for (const auto& [name, value] : object) dispatch(name, value, visitor);
    return length;
  }

  // Up to the bracket that closes the first one; 0 if none does.
  static std::size_t document_length(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (quoted) {
        if (c == '\\') ++i;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && --depth <= 0) {
        return i + 1;
      }
    }
    return 0;
  }

  // simdjson's first sentence.
  static std::string_view short_message(simdjson::error_code error) {
    const std::string_view message = simdjson::error_message(error);
    return message.substr(0, message.find_first_of(".:"));
  }
};

// Reads the documents of `whole`, behind which there has to be padding. Unless
// it is the `last` piece, stops in front of a document that may go on in the
// next one. Returns how many bytes were read.
std::size_t ActionReader::Impl::read_documents(std::string_view whole, bool last, Place& place,
                                               ActionVisitor& visitor) {
  std::size_t begin = 0;
  for (; begin < whole.size() && visitor.more(); ++begin) {
    if (whole[begin] == '\n') ++place.line;
    if (whole[begin] == '\n' || whole[begin] == '\r' || whole[begin] == ' ' || whole[begin] == '\t') continue;
    const std::string_view rest = whole.substr(begin);
    const std::size_t end_of_line = rest.find('\n');
    if (!last && end_of_line == std::string_view::npos) break;
    try {
      const std::size_t length = read_document(rest, std::min(end_of_line, rest.size()), last, visitor);
      if (length == 0) break;
      if (length > end_of_line) {
        for (const char c : rest.substr(0, length)) place.line += c == '\n';
      }
      begin += length - 1;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::CorruptTable) throw;
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("{}, line {} (byte {}): {}", place.file, place.line, place.byte + begin, error.what()),
                  "the file was cut short or changed after it was written: put "
                  "back a whole copy of it");
    }
  }
  place.byte += begin;
  return begin;
}

ActionReader::ActionReader() : impl_(std::make_unique<Impl>()) {}
ActionReader::~ActionReader() = default;

void ActionReader::read(std::string text, std::string_view file, ActionVisitor& visitor) {
  const std::size_t size = text.size();
  text.resize(size + simdjson::SIMDJSON_PADDING);
  Impl::Place place{file};
  impl_->read_documents(std::string_view(text).substr(0, size), true, place, visitor);
}

void ActionReader::read_pieces(const Source& source, std::string_view file, std::uint64_t longest,
                               ActionVisitor& visitor) {
  constexpr std::size_t kPiece = std::size_t{4} << 20;
  std::string text;
  std::size_t size = 0;  // of the text that was read, without padding
  Impl::Place place{file};
  bool last = false;
  while (!last && visitor.more()) {
    const std::size_t room = std::max(kPiece, size);
    text.resize(size + room + simdjson::SIMDJSON_PADDING);
    const std::size_t got = source(std::span(text.data() + size, room));
    size += got;
    last = got < room;
    const std::size_t consumed = impl_->read_documents(std::string_view(text).substr(0, size), last, place, visitor);
    text.erase(0, consumed);
    size -= consumed;
    if (size > longest) {
      throw Error(ErrorCode::Exhausted,
                  fmt::format("{}, line {} (byte {}): an action of more than "
                              "{} MB takes more memory than planning may use",
                              file, place.line, place.byte, size / 1000000),
                  "raise the memory limit");
    }
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
