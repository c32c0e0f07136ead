#include "formats/delta/checkpoint/checkpoint_adds.h"

#include <algorithm>

#include "formats/delta/checkpoint/arrow_rows.h"
#include "formats/delta/statistics/parsed_statistics.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// A checkpoint of so many bytes lists some 20,000 files.
constexpr std::uint64_t kKeptBytes = std::uint64_t{2} << 20;

enum Column : std::size_t {
  kPath,
  kSize,
  kDvStorage,
  kDvPath,
  kDvOffset,
  kDvSize,
  kDvCardinality,
  kPartitionValues,
  kModificationTime,
  kDataChange,
  kTags,
  kBaseRowId,
  kDefaultRowCommitVersion,
  kClusteringProvider,
  kStats,
  kColumns
};
constexpr const char* kNames[kColumns] = {"add.path",
                                          "add.size",
                                          "add.deletionVector.storageType",
                                          "add.deletionVector.pathOrInlineDv",
                                          "add.deletionVector.offset",
                                          "add.deletionVector.sizeInBytes",
                                          "add.deletionVector.cardinality",
                                          "add.partitionValues",
                                          "add.modificationTime",
                                          "add.dataChange",
                                          "add.tags",
                                          "add.baseRowId",
                                          "add.defaultRowCommitVersion",
                                          "add.clusteringProvider",
                                          "add.stats"};
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

const Field* child(const std::vector<Field>& fields, std::string_view name) {
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

// Which statistics the adds of a file have columns for.
struct Kept {
  bool text = true, parsed = false;
};
Kept statistics_kept(const Schema& schema) {
  const Field* add = child(schema.fields(), "add");
  if (!add || add->type.kind() != TypeKind::Struct) return {};
  const Field* parsed = child(add->type.children(), "stats_parsed");
  return {child(add->type.children(), "stats") != nullptr, parsed && parsed->type.kind() == TypeKind::Struct};
}

}  // namespace

struct AddStream::Impl {
  Impl(TabularIo& io, const std::vector<std::string>& files, const FileRequest& wanted)
      : tabular(io),
        uris(files),
        request(wanted),
        text_statistics(wanted.columns),
        columns_of_statistics(wanted.columns) {}

  TabularIo& tabular;
  const std::vector<std::string>& uris;
  const FileRequest& request;
  StatisticsReader text_statistics;
  ParsedStatistics columns_of_statistics;

  std::size_t file = 0;
  std::unique_ptr<ArrowRows> rows;
  std::int64_t row = -1;
  Kept kept;
  bool parsed = false,
       judged = false;            // of the open file: its parsed statistics are read; they
                                  // were seen to be there
  std::size_t at[kColumns] = {};  // the place of each column in the rows, or kNone
  std::size_t first_parsed = kNone;
  std::string text;
  std::optional<std::string_view> stats;

  void open(bool with_parsed) {
    TabularRead read;
    read.uris = {uris[file]};
    const auto ask = [&](Column column, bool wanted) {
      at[column] = wanted ? read.columns.size() : kNone;
      if (wanted) read.columns.emplace_back(kNames[column]);
    };
    for (std::size_t column = kPath; column <= kDvCardinality; ++column) ask(static_cast<Column>(column), true);
    ask(kPartitionValues, request.partition_values);
    for (std::size_t column = kModificationTime; column <= kClusteringProvider; ++column) {
      ask(static_cast<Column>(column), request.details);
    }
    const bool columns = request.statistics == FileRequest::Statistics::Columns;
    const bool texts = request.statistics == FileRequest::Statistics::Text;
    parsed = with_parsed && (columns || texts);
    ask(kStats, texts || (columns && !parsed));
    first_parsed = read.columns.size();
    if (parsed && columns) {
      for (std::string& name : columns_of_statistics.names()) read.columns.push_back(std::move(name));
    } else if (parsed) {
      read.columns.emplace_back("add.stats_parsed");
    }
    rows = std::make_unique<ArrowRows>(tabular.read_parquet(read), uris[file]);
    for (std::size_t& place : at) {
      if (place != kNone && rows->column(place).storage_type == NANOARROW_TYPE_NA) place = kNone;
    }
    row = -1;
    judged = !parsed || texts || !kept.text;
  }

  // The next row that there is; false at the end of the last file.
  bool advance() {
    while (true) {
      if (!rows) {
        if (file == uris.size()) return false;
        const bool any = request.statistics != FileRequest::Statistics::None;
        kept = any ? statistics_kept(tabular.parquet_schema(uris[file])) : Kept{};
        open(kept.parsed);
      }
      if (++row < rows->size()) return true;
      if (!rows->next()) {
        rows.reset();
        ++file;
        continue;
      }
      row = -1;
      if (parsed && request.statistics == FileRequest::Statistics::Columns) {
        columns_of_statistics.bind(*rows, first_parsed);
        // Columns that nobody filled, beside texts that somebody did.
        if (!judged && !columns_of_statistics.any(rows->size())) open(false);
        judged = true;
      } else if (parsed) {
        text_of_columns.bind(rows->column_schema(first_parsed), rows->column(first_parsed));
      }
    }
  }
  ParsedStatisticsText text_of_columns;

  std::optional<std::string_view> cell(Column column) const {
    return at[column] == kNone ? std::nullopt : rows->text(at[column], row);
  }
  std::optional<std::int64_t> integer(Column column) const {
    return at[column] == kNone ? std::nullopt : rows->integer(at[column], row);
  }

  void read_vector(FileActionView& out) const {
    out.deletion_vector.reset();
    const auto storage = cell(kDvStorage);
    if (!storage || storage->empty()) return;
    DeletionVectorDescriptor dv;
    dv.storage_type = (*storage)[0];
    dv.path_or_inline_dv = std::string(cell(kDvPath).value_or(""));
    dv.offset = integer(kDvOffset);
    dv.size_in_bytes = integer(kDvSize).value_or(0);
    dv.cardinality = integer(kDvCardinality).value_or(0);
    out.deletion_vector = std::move(dv);
  }

  void read_details(FileActionView& out) const {
    out.modification_time_ms = integer(kModificationTime).value_or(0);
    out.data_change = integer(kDataChange).value_or(0) != 0;
    out.tags.clear();
    if (at[kTags] != kNone) {
      rows->each_entry(at[kTags], row, [&out](std::string_view key, std::optional<std::string_view> value) {
        if (value) out.tags.emplace_back(key, *value);
      });
    }
    out.base_row_id = integer(kBaseRowId);
    out.default_row_commit_version = integer(kDefaultRowCommitVersion);
    out.clustering_provider = cell(kClusteringProvider);
  }

  void read(std::string_view path, FileActionView& out) {
    out.path = path;
    out.size = integer(kSize);
    read_vector(out);
    out.partition_values.clear();
    if (at[kPartitionValues] != kNone) {
      rows->each_entry(at[kPartitionValues], row, [&out](std::string_view key, std::optional<std::string_view> value) {
        out.partition_values.emplace_back(key, value);
      });
    }
    stats = cell(kStats);
    if (!stats && parsed && request.statistics == FileRequest::Statistics::Text) {
      text = text_of_columns.text(row);
      if (!text.empty()) stats = text;
    }
    out.stats = stats;
  }
};

AddStream::AddStream(TabularIo& tabular, const std::vector<std::string>& uris, const FileRequest& request)
    : impl_(std::make_unique<Impl>(tabular, uris, request)) {}
AddStream::~AddStream() = default;

bool AddStream::next(FileActionView& file) {
  while (impl_->advance()) {
    const auto path = impl_->cell(kPath);
    if (!path) continue;
    impl_->read(*path, file);
    return true;
  }
  return false;
}

void AddStream::read_details(FileActionView& file) const {
  if (impl_->request.details) impl_->read_details(file);
}

FileStatistics AddStream::statistics() {
  if (impl_->parsed) return impl_->columns_of_statistics.read(impl_->row);
  return impl_->text_statistics.read(impl_->stats.value_or(std::string_view{}));
}

bool CheckpointAdds::large() const {
  return bytes_ > kKeptBytes;
}

std::shared_ptr<const FileBlock> CheckpointAdds::kept(TabularIo& tabular) const {
  if (large()) return nullptr;
  const std::lock_guard lock(mutex_);
  if (kept_) return kept_;
  FileRequest everything;
  everything.statistics = FileRequest::Statistics::Text;
  AddStream stream(tabular, uris_, everything);
  FileBlockBuilder builder;
  FileActionView file;
  while (stream.next(file)) {
    stream.read_details(file);
    builder.append(file);
  }
  kept_ = builder.finish();
  return kept_;
}

std::int64_t CheckpointAdds::rows(TabularIo& tabular) const {
  const std::lock_guard lock(mutex_);
  if (rows_ < 0) rows_ = tabular.row_count(uris_).value_or(0);
  return rows_;
}

}  // namespace lakelet::delta
