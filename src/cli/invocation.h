// One run of one command: its global options, its session, and where its output goes.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/byte_sink.h"
#include "cli/interruption.h"
#include "cli/messages.h"
#include "cli/render/row_source.h"
#include "lakelet/lakelet.h"

namespace lakelet::cli {

enum class OutputFormat { Table, Csv, Json, Jsonl, Markdown, Parquet, Arrow };

struct GlobalOptions {
  std::string config;  // a configuration file; empty: lakelet.yml, then laketower.yml, if there is one
  std::string output;  // a file; empty: stdout
  std::string format;  // "table" ...; empty: by the file's extension, or table
  std::vector<std::string> storage_options;
  std::string memory_limit;
  std::optional<std::int64_t> threads;
  bool quiet = false;
  bool no_progress = false;
};

// By --format, else by the extension of --output, else Table. Throws Error(InvalidArgument).
OutputFormat choose_output_format(const GlobalOptions& options);

class Invocation {
 public:
  // Throws Error(InvalidArgument) for global options that make no sense.
  Invocation(GlobalOptions options, Messages& messages);

  // Made with the first call; from then on Ctrl-C cancels.
  Session& session();
  // From now on an interruption cancels what runs, and never ends the process.
  void stay_when_interrupted();
  // --format, as it may change in a shell. Throws Error(InvalidArgument) for what isn't for reading.
  void set_format(const std::string& name);
  Messages& messages() { return messages_; }
  OutputFormat format() const { return format_; }
  // Whether rows go to a person's eyes, so that a command may show only some of them.
  bool for_reading() const {
    return options_.output.empty() && (format_ == OutputFormat::Table || format_ == OutputFormat::Markdown);
  }
  // Limits and store options as they were given, for a session that a command makes itself.
  Configuration configuration() const;
  // Throws Error(NotFound) if there is none.
  ConfigurationFile configuration_file() const;
  // Where files that this process needs for itself may go.
  std::string temporary_folder() const;

  // Shows rows as --format and --output ask for; returns how many there were (-1 where that isn't known).
  std::int64_t show(Rows rows);
  std::int64_t show(RowSource& rows);
  // One thing with named properties: JSON is an object, everything else has a row for each.
  void show_object(const std::vector<std::pair<std::string, Cell>>& properties);
  // Text as it is.
  void show_text(const std::string& text);
  // What a verb did: a line for people, or the whole Report as JSON if --format json asks for it.
  void show_report(const std::string& verb, const Report& report);

 private:
  std::unique_ptr<ByteSink> open_sink() const;
  std::int64_t write(RowSource& rows, ByteSink& sink) const;

  GlobalOptions options_;
  OutputFormat format_;
  std::atomic<bool> stays_ = false;
  Messages& messages_;
  std::optional<Session> session_;
  std::unique_ptr<Interruption> interruption_;  // ends before the session that it cancels
};

// "version 2: 2 rows updated, 1 row inserted in 0.03 s"
std::string summary_line(const std::string& verb, const Report& report);

}  // namespace lakelet::cli
