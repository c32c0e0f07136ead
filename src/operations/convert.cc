#include "operations/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <set>

#include "lakelet/error.h"
#include "operations/convert_table.h"
#include "operations/create.h"
#include "operations/destination.h"
#include "operations/file_columns.h"
#include "operations/footers.h"
#include "operations/hive_folders.h"
#include "operations/shared_columns.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

struct Listed {
  FoundFile found;
  ObjectInfo object;
};

struct Listing {
  std::vector<Listed> files;
  std::int64_t passed_over = 0;
  std::set<std::string> folders_with_hidden;  // relative; of tables, perhaps
};

std::string extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  std::string extension(dot == std::string_view::npos ? "" : name.substr(dot + 1));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

// Hive calls its files 000000_0.
bool begins_as_parquet(ObjectStore& store, const ObjectInfo& object) {
  constexpr std::string_view kMagic = "PAR1";
  std::string begin(kMagic.size(), '\0');
  if (object.size < 12) return false;
  const std::size_t got = store.open(object.path)->read(0, std::as_writable_bytes(std::span(begin)));
  return got == begin.size() && begin == kMagic;
}

bool is_parquet(ObjectStore& store, const ObjectInfo& object) {
  const std::string extension = extension_of(object.path);
  if (extension == "parquet" || extension == "parq" || extension == "pqt") return true;
  return extension.empty() && begins_as_parquet(store, object);
}

Listing list_files(const Location& folder) {
  Listing listing;
  const std::string prefix = folder.path.ends_with('/') ? folder.path : folder.path + "/";
  folder.store->list(prefix, {}, [&](const ObjectInfo& object) {
    std::string path = object.path.substr(prefix.size());
    if (is_hidden(path)) {
      ++listing.passed_over;
      const std::size_t at = path.find("/_"), dot = path.find("/.");
      const std::size_t end = std::min(at, dot);
      if (end != std::string::npos) listing.folders_with_hidden.insert(path.substr(0, end));
    } else if (!is_parquet(*folder.store, object)) {
      ++listing.passed_over;
    } else {
      FolderValues values = folder_values(path);
      listing.files.push_back({{std::move(path), std::move(values)}, object});
    }
    return true;
  });
  return listing;
}

void require_no_table_inside(const FormatRegistry& formats, const Location& folder, const Listing& listing) {
  for (const std::string& inside : listing.folders_with_hidden) {
    const TableFormat* there = formats.try_detect(folder.child(inside));
    if (!there) continue;
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("there is a table in the folder: {}/{} ({})", folder.uri, inside, there->name()),
                "convert a folder that has no table in it");
  }
}

// What the files themselves have of the table: folders tell the rest.
Schema without(const Schema& schema, const Schema& partition) {
  std::vector<Field> fields;
  for (const Field& field : schema.fields()) {
    if (!partition.find(field.name)) fields.push_back(field);
  }
  return Schema(std::move(fields));
}

Schema table_schema(const std::vector<Listed>& files, const std::vector<ParquetFooter>& footers,
                    const Schema& partition, const Schema& given) {
  FileColumns columns(without(given, partition));
  for (std::size_t i = 0; i < files.size(); ++i) {
    columns.add(files[i].found.path, without(as_table_columns(footers[i].schema), partition));
  }
  std::vector<Field> fields = columns.finish().fields();
  if (fields.empty()) {
    throw Error(ErrorCode::InvalidArgument, "the files have no columns but those of their folders");
  }
  fields.insert(fields.end(), partition.fields().begin(), partition.fields().end());
  return Schema(std::move(fields));
}

// Where the new table finds columns by ids, those that files have are kept to, and names tell in files without. It
// reads some types of files only as they are.
void settle_columns(ConvertPlan& plan, const FormatContext& context, const std::vector<std::string>& uris,
                    const std::vector<ParquetFooter>& footers) {
  const auto trial = plan.format->create(context, plan.destination, plan.spec);
  if (trial->base().column_matching() == ColumnMatching::ByName) return;
  ColumnRules rules;
  rules.matching = ColumnMatching::ById;
  rules.widens = [&](const Type& a, const Type& b) { return trial->base().widens(a, b); };
  rules.partition_columns = {plan.spec.partition_by.begin(), plan.spec.partition_by.end()};
  SharedColumns columns(plan.spec.schema, ColumnMatching::ByName, std::move(rules));
  for (std::size_t i = 0; i < footers.size(); ++i) {
    DataFile file;
    file.uri = uris[i];
    columns.add(file, footers[i].schema, {});
  }
  plan.spec.schema = columns.finish();
}

DataFile data_file(const Location& folder, const Listed& file, const ParquetFooter& footer, const Schema& partition,
                   const Schema& schema) {
  DataFile result;
  result.uri = folder.child(file.found.path).uri;
  result.bytes = file.object.size;
  result.rows = footer.rows;
  result.modified_us = file.object.modified_us;
  result.format = "parquet";
  result.partition_values = partition_values(file.found, partition);
  result.statistics = statistics_for(schema, footer.schema, footer.statistics);
  return result;
}

}  // namespace

ConvertPlan plan_convert(const FormatRegistry& formats, const FormatContext& context, const Location& folder,
                         const Location& destination, const ConvertOptions& options, const CommitOptions& commit) {
  const TableFormat& format = choose_format(formats, options.format);
  const TableFormat* const there = formats.try_detect(folder);
  const bool in_place = folder.uri == destination.uri;
  if (there && there == &format) {
    throw Error(ErrorCode::AlreadyExists, fmt::format("there is already a table at {} ({})", folder.uri, there->name()),
                "open it, or `lakelet clone` it");
  }
  if (there && in_place) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} holds a table already ({}): two in one folder would take one another's files for "
                            "nobody's",
                            folder.uri, there->name()),
                "say where the new table is to be (--into FOLDER); the files stay where they are");
  }
  if (!in_place) require_no_table_at(formats, destination);
  if (there) return plan_convert_table(*there, format, context, folder, destination, options, commit);

  ConvertPlan plan;
  plan.format = &format;
  plan.destination = destination;
  plan.in_place = in_place;
  plan.statistics = options.statistics;
  plan.user_metadata = options.user_metadata;
  if (!in_place) {
    require_beside(folder, destination);
    require_empty(destination);
  }
  const Listing listing = list_files(folder);
  require_no_table_inside(formats, folder, listing);
  if (listing.files.empty()) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no Parquet file in {}", folder.uri),
                "`lakelet create` makes an empty table");
  }
  std::vector<FoundFile> found;
  std::vector<std::string> uris;
  for (const Listed& file : listing.files) {
    found.push_back(file.found);
    uris.push_back(folder.child(file.found.path).uri);
  }
  const Schema partition = partition_columns(found, options.partition_by);
  const auto footers = read_footers(context, uris, options.statistics, "convert", commit);
  plan.spec.schema = table_schema(listing.files, footers, partition, options.schema);
  plan.spec.for_files = true;
  plan.spec.name = options.name;
  plan.spec.description = options.description;
  plan.spec.properties = options.properties;
  for (const Field& field : partition.fields()) plan.spec.partition_by.push_back(field.name);
  ConvertReport& report = plan.report;
  settle_columns(plan, context, uris, footers);
  for (std::size_t i = 0; i < footers.size(); ++i) {
    FileTask& task = plan.files.emplace_back();
    task.file = data_file(folder, listing.files[i], footers[i], partition, plan.spec.schema);
    report.bytes += task.file.bytes;
    report.rows += footers[i].rows;
  }
  report.uri = destination.uri;
  report.format = format.name();
  report.schema = plan.spec.schema;
  report.partition_columns = plan.spec.partition_by;
  report.files = static_cast<std::int64_t>(plan.files.size());
  report.passed_over = listing.passed_over;
  format.create(context, destination, plan.spec);  // says what of it no such table can have; writes nothing
  return plan;
}

ConvertReport run(const ConvertPlan& plan, const FormatContext& context, const CommitOptions& commit) {
  const auto start = std::chrono::steady_clock::now();
  const auto transaction = plan.format->create(context, plan.destination, plan.spec);
  for (const FileTask& task : plan.files) {
    if (plan.in_place) {
      transaction->add(task.file);
    } else {
      transaction->adopt(task, task.file.uri);
    }
  }
  CommitInfo info;
  info.operation = Operation::Convert;
  info.conversion = ConversionOrigin{plan.source_format, plan.statistics};
  info.user_metadata = plan.user_metadata;
  ConvertReport report = plan.report;
  report.version = require_committed(transaction->commit(info, commit), plan.destination.uri).version;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace lakelet::operations
