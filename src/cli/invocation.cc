#include "cli/invocation.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/amount_text.h"
#include "cli/byte_sink.h"
#include "cli/command_line.h"
#include "cli/render/row_formats.h"
#include "cli/render/text_table.h"

namespace lakelet::cli {
namespace {

const std::map<std::string, OutputFormat>& format_names() {
  static const std::map<std::string, OutputFormat> kNames = {
      {"table", OutputFormat::Table},     {"csv", OutputFormat::Csv},      {"json", OutputFormat::Json},
      {"jsonl", OutputFormat::Jsonl},     {"ndjson", OutputFormat::Jsonl}, {"md", OutputFormat::Markdown},
      {"parquet", OutputFormat::Parquet}, {"arrow", OutputFormat::Arrow},
  };
  return kNames;
}

std::string extension_of(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  const std::size_t dot = name.rfind('.');
  std::string extension = dot == std::string::npos ? "" : name.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension;
}

std::string temporary_root() {
  const char* root = std::getenv("TMPDIR");
  return root && *root != '\0' ? root : "/tmp";
}

std::string configuration_file(const std::string& given) {
  std::error_code problem;
  if (!given.empty()) {
    if (std::filesystem::is_regular_file(given, problem)) return given;
    throw Error(ErrorCode::NotFound, fmt::format("there is no configuration file {}", given));
  }
  for (const char* name : {"lakelet.yml", "laketower.yml"}) {
    if (std::filesystem::is_regular_file(name, problem)) return name;
  }
  return {};
}

Configuration configuration_of(const GlobalOptions& options, Messages& messages) {
  Configuration configuration;
  if (!options.memory_limit.empty()) configuration.memory_limit_bytes = parse_byte_size(options.memory_limit);
  if (options.threads) {
    if (*options.threads < 1 || *options.threads > 1024) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("--threads {} is not between 1 and 1024", *options.threads));
    }
    configuration.threads = static_cast<int>(*options.threads);
  }
  for (auto& [key, value] : split_pairs(options.storage_options, "--storage-option")) {
    configuration.store_options[key] = value;
  }
  configuration.configuration_file = configuration_file(options.config);
  configuration.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
  configuration.temp_folder = fmt::format("{}/lakelet-{}", temporary_root(), ::getpid());
  configuration.events = [&messages](const Event& event) { messages.event(event); };
  return configuration;
}

// "1 row", "2 rows".
std::string rows(std::int64_t count) {
  return counted(count, "row");
}

void write_report_json(const Report& report, ByteSink& sink) {
  std::vector<Column> columns;
  std::vector<Cell> cells;
  const auto add = [&](const char* name, Cell cell) {
    columns.push_back({name, false});
    cells.push_back(std::move(cell));
  };
  add("version", report.version >= 0 ? Cell(report.version) : Cell());
  add("rows_read", report.rows_read);
  add("rows_inserted", report.rows_inserted);
  add("rows_updated", report.rows_updated);
  add("rows_deleted", report.rows_deleted);
  add("rows_copied", report.rows_copied);
  add("files_added", report.files_added);
  add("files_removed", report.files_removed);
  add("files_scanned", report.files_scanned);
  add("files_pruned", report.files_pruned);
  add("bytes_added", report.bytes_added);
  add("bytes_removed", report.bytes_removed);
  add("bytes_read", report.bytes_read);
  add("bytes_spilled", report.bytes_spilled);
  add("commit_retries", std::int64_t{report.commit_retries});
  const auto seconds = [](double value) {
    return Cell::with_json(fmt::format("{:.6f}", value), fmt::format("{:.6f}", value));
  };
  add("seconds", seconds(report.seconds));
  std::string stages;
  for (const Stage& stage : report.stages) {
    stages += fmt::format("{}{{\"name\": {}, \"seconds\": {:.6f}}}", stages.empty() ? "" : ", ", Cell(stage.name).json,
                          stage.seconds);
  }
  add("stages", Cell::with_json(stages, "[" + stages + "]"));
  Grid grid(std::move(columns));
  grid.add(std::move(cells));
  write_json_object(grid, sink);
}

}  // namespace

OutputFormat choose_output_format(const GlobalOptions& options) {
  if (!options.format.empty()) return format_names().at(options.format);
  if (options.output.empty()) return OutputFormat::Table;
  const std::string extension = extension_of(options.output);
  const auto found = format_names().find(extension == "markdown" ? "md" : extension);
  if (found == format_names().end() || found->second == OutputFormat::Table) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("--output {}: the extension tells no format", options.output),
                "use .csv, .json, .jsonl, .parquet, .arrow or .md, or say it with --format");
  }
  return found->second;
}

Invocation::Invocation(GlobalOptions options, Messages& messages)
    : options_(std::move(options)), format_(choose_output_format(options_)), messages_(messages) {
  messages_.set_quiet(options_.quiet);
  messages_.set_progress(!options_.no_progress);
}

Session& Invocation::session() {
  if (!session_) {
    session_.emplace(configuration_of(options_, messages_));
    interruption_ =
        std::make_unique<Interruption>([session = *session_]() mutable { return session.cancel(); }, &stays_);
  }
  return *session_;
}

void Invocation::stay_when_interrupted() {
  stays_ = true;
}

void Invocation::set_format(const std::string& name) {
  const auto found = format_names().find(name);
  if (found == format_names().end() || found->second == OutputFormat::Parquet || found->second == OutputFormat::Arrow) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is no format '{}'", name),
                "table, csv, json, jsonl or md");
  }
  format_ = found->second;
}

Configuration Invocation::configuration() const {
  return configuration_of(options_, messages_);
}

ConfigurationFile Invocation::configuration_file() const {
  const Configuration found = configuration();
  if (found.configuration_file.empty()) {
    throw Error(ErrorCode::NotFound, "there is no lakelet.yml and no laketower.yml here", "name one with --config");
  }
  return ConfigurationFile(found);
}

void Invocation::show_text(const std::string& text) {
  const auto sink = open_sink();
  sink->append(text);
  sink->finish();
}

std::string Invocation::temporary_folder() const {
  return temporary_root();
}

std::unique_ptr<ByteSink> Invocation::open_sink() const {
  // What comes now is on the same terminal, or on that of a program behind a pipe.
  struct stat status {};
  const bool aside = !options_.output.empty() || (::fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode));
  if (!aside) messages_.end_progress();
  if (options_.output.empty()) return std::make_unique<DescriptorSink>(STDOUT_FILENO);
  return std::make_unique<FileSink>(options_.output);
}

std::int64_t Invocation::write(RowSource& source, ByteSink& sink) const {
  switch (format_) {
    case OutputFormat::Csv:
      return write_csv(source, sink);
    case OutputFormat::Json:
      return write_json(source, sink);
    case OutputFormat::Jsonl:
      return write_jsonl(source, sink);
    case OutputFormat::Markdown:
      return write_markdown(source, sink);
    case OutputFormat::Table:
    case OutputFormat::Parquet:
    case OutputFormat::Arrow:
      break;
  }
  const Terminal terminal = options_.output.empty() ? Terminal::of(STDOUT_FILENO) : Terminal();
  return write_table(source, sink, {terminal.colour, terminal.width});
}

std::int64_t Invocation::show(Rows all) {
  if (format_ == OutputFormat::Parquet || format_ == OutputFormat::Arrow) {
    const bool parquet = format_ == OutputFormat::Parquet;
    const std::uint64_t bytes = parquet ? session().write_parquet(std::move(all), options_.output)
                                        : session().write_arrow(std::move(all), options_.output);
    messages_.summary(fmt::format("{}: {} bytes", options_.output, bytes));
    return -1;
  }
  QueryRows source(std::move(all));
  return show(source);
}

std::int64_t Invocation::show(RowSource& source) {
  if (format_ == OutputFormat::Parquet || format_ == OutputFormat::Arrow) {
    throw Error(ErrorCode::InvalidArgument, "only rows of a table or query can be written as parquet or arrow",
                "use csv, json, jsonl or md");
  }
  const auto sink = open_sink();
  const std::int64_t count = write(source, *sink);
  sink->finish();
  if (!options_.output.empty()) messages_.summary(fmt::format("{}: {}", options_.output, rows(count)));
  return count;
}

void Invocation::show_object(const std::vector<std::pair<std::string, Cell>>& properties) {
  if (format_ == OutputFormat::Json || format_ == OutputFormat::Jsonl) {
    std::vector<Column> columns;
    std::vector<Cell> cells;
    for (const auto& [name, cell] : properties) {
      columns.push_back({name, false});
      cells.push_back(cell);
    }
    Grid grid(std::move(columns));
    grid.add(std::move(cells));
    const auto sink = open_sink();
    format_ == OutputFormat::Json ? write_json_object(grid, *sink) : write_jsonl(grid, *sink);
    sink->finish();
    return;
  }
  Grid grid({{"property", false}, {"value", false}});
  for (const auto& [name, cell] : properties) grid.add({Cell(name), cell});
  show(grid);
}

void Invocation::show_report(const std::string& verb, const Report& report) {
  if (format_ == OutputFormat::Json) {
    const auto sink = open_sink();
    write_report_json(report, *sink);
    sink->finish();
    return;
  }
  messages_.summary(summary_line(verb, report));
}

std::string summary_line(const std::string& verb, const Report& report) {
  std::string done;
  const auto add = [&](std::int64_t count, const char* what) {
    if (count > 0)
      done +=
          fmt::format("{}{} {}", done.empty() ? "" : ", ", done.empty() ? rows(count) : fmt::format("{}", count), what);
  };
  add(report.rows_updated, "updated");
  add(report.rows_inserted, "inserted");
  add(report.rows_deleted, "deleted");
  if (report.version < 0) return fmt::format("{}: nothing to change in {:.2f} s", verb, report.seconds);
  if (done.empty()) done = "no row changed";
  std::string line = fmt::format("version {}: {} in {:.2f} s", report.version, done, report.seconds);
  if (report.bytes_spilled > 0)
    line += fmt::format(", {:.1f} MB spilled", static_cast<double>(report.bytes_spilled) / 1e6);
  if (report.commit_retries > 0)
    line += fmt::format(", {} {}", report.commit_retries, report.commit_retries == 1 ? "retry" : "retries");
  return line;
}

}  // namespace lakelet::cli
