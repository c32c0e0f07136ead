// The tables that a session has open: one handle for each URI, shared by its connections and by whoever else reads
// through it, so that a log is read once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "table/table_format.h"

namespace lakelet::sql {

struct OpenTable {
  std::shared_ptr<FormatTable> table;
  const TableFormat* format = nullptr;
};

// Thread-safe. Keeps the handles that were used last; one that fell out lives on with those who hold it.
class OpenTables {
 public:
  OpenTables(std::shared_ptr<const FormatRegistry> formats, FormatContext context)
      : formats_(std::move(formats)), context_(std::move(context)) {}

  // Throws NotFound (telling what is there instead), and what TableFormat::open throws. A handle that is open already
  // is given as it is, also if its table has gone since: the next snapshot() finds out.
  OpenTable open(const Location& location);
  // Null where no table is.
  std::optional<OpenTable> try_open(const Location& location);
  // The version as it is now. A handle whose table has gone is let go: another table may be there.
  struct AtVersion {
    OpenTable opened;
    std::shared_ptr<const Snapshot> snapshot;
  };
  AtVersion open_at(const Location& location, const VersionSelector& selector);
  std::optional<AtVersion> try_open_at(const Location& location, const VersionSelector& selector);
  // Forgets the handle, after its table was made or dropped.
  void forget(const std::string& uri);

 private:
  std::optional<OpenTable> find(const std::string& uri);
  OpenTable keep(const std::string& uri, OpenTable opened);
  std::optional<AtVersion> known_at(const std::string& uri, const VersionSelector& selector);

  const std::shared_ptr<const FormatRegistry> formats_;
  const FormatContext context_;
  std::mutex mutex_;
  struct Entry {
    OpenTable opened;
    std::uint64_t used = 0;
  };
  std::map<std::string, Entry> open_;  // by Location::uri
  std::uint64_t clock_ = 0;
};

}  // namespace lakelet::sql
