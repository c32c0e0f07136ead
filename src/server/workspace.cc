#include "server/workspace.h"

#include <algorithm>
#include <variant>

namespace lakelet::server {

Workspace::Workspace(Configuration given, Shown shown, bool only_reads)
    : session(given),
      configuration(given),
      folders(std::move(shown.folders)),
      configured(std::move(shown.tables)),
      base(given.working_folder),
      temporary_folder(given.temp_folder),
      read_only(only_reads) {}

void Workspace::require_writable() const {
  if (read_only) throw Error(ErrorCode::Permission, "this console only reads (--read-only)");
}

std::vector<ShownTable> Workspace::tables() {
  std::vector<ShownTable> shown;
  const std::string prefix = base.ends_with('/') ? base : base + '/';
  for (const std::string& folder : folders) {
    for (const TableName& found : session.tables(folder)) {
      const bool below = found.uri.starts_with(prefix);
      shown.push_back({below ? found.uri.substr(prefix.size()) : found.uri, found.schema, found.uri});
    }
  }
  std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto same = [](const auto& a, const auto& b) { return a.uri == b.uri; };
  shown.erase(std::unique(shown.begin(), shown.end(), same), shown.end());
  std::erase_if(shown, [&](const ShownTable& found) {
    return std::any_of(configured.begin(), configured.end(), [&](const auto& one) { return same(one, found); });
  });
  shown.insert(shown.begin(), configured.begin(), configured.end());
  return shown;
}

Table Workspace::open(const std::string& name, const std::string& version) {
  Table table = session.open(name);
  if (version.empty()) return table;
  const VersionSelector selector = parse_version_selector(version);
  if (const auto* number = std::get_if<Version>(&selector)) return table.at_version(*number);
  if (const auto* time = std::get_if<AtTimestamp>(&selector)) return table.at_timestamp(time->us);
  return session.open(name + "@" + version);
}

Session& Workspace::reading_session() {
  const std::lock_guard lock(mutex);
  if (!reader) {
    Configuration only_reads = configuration;
    only_reads.read_only = true;
    only_reads.temp_folder += "/reader";  // two engines in one folder would take each other's files for their own
    reader.emplace(only_reads);
  }
  return *reader;
}

std::string Workspace::temporary_path(const std::string& suffix) const {
  return temporary_folder + "/" + random_token() + suffix;
}

}  // namespace lakelet::server
