// What all requests work on: the sessions, the tables that are shown, the queries that run.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/lakelet.h"
#include "server/query_list.h"

namespace lakelet::server {

// A table as the pages call it: its name is also what SQL calls it, in quotes.
struct ShownTable {
  std::string name;
  std::string schema;  // the folder that it is in; empty: directly in one of the folders
  std::string uri;
  bool configured = false;  // by the configuration file, whose names they are
};

// What the pages show.
struct Shown {
  std::vector<std::string> folders;
  std::vector<ShownTable> tables;
};

struct Workspace {
  Session session;
  std::optional<Session> reader;  // made when it is needed: read-only, and for what is run a second time
  Configuration configuration;    // of the session
  std::vector<std::string> folders;
  std::vector<ShownTable> configured;
  std::optional<ConfigurationFile> configuration_file;  // of the saved queries; need not be there
  ConfiguredSettings settings;
  std::string base;  // against which names are resolved
  std::string temporary_folder;
  bool read_only = false;
  QueryList queries;
  std::mutex mutex;

  Workspace(Configuration given, Shown shown, bool only_reads);

  // Throws Error(Permission) for --read-only.
  void require_writable() const;

  // Looks each time: tables come and go.
  std::vector<ShownTable> tables();
  // At a version, where `version` isn't empty: a number or a time.
  Table open(const std::string& name, const std::string& version);
  Session& reading_session();
  // A path for a file of this process.
  std::string temporary_path(const std::string& suffix) const;
};

}  // namespace lakelet::server
