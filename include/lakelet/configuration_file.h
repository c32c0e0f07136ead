// A configuration file (lakelet.yml, laketower.yml) by itself: what it says, what is wrong with it, and queries saved
// into it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lakelet/configuration.h"
#include "lakelet/configured.h"

namespace lakelet {

// Reads the file anew with each call, whatever a session is confined to. Relative includes are from the file's folder.
// Thread-safe; copies are the same. Each call throws Error(NotFound) without a file, and Error(InvalidArgument), whose
// message begins with "file:line: ", for one that is wrong.
class ConfigurationFile {
 public:
  // Of `configuration`: configuration_file, working_folder and variable. Throws InvalidArgument if it names no file.
  explicit ConfigurationFile(const Configuration& configuration);

  const std::string& uri() const;
  ConfiguredContents contents() const;
  std::vector<SavedQuery> queries() const;  // of contents(), whatever is wrong with its tables
  // Everything that is wrong, in the order of the lines, and keys that nothing takes notice of; empty: it is fine.
  std::vector<ConfigurationProblem> problems() const;
  // As YAML, with what it includes in it; variables as they are written, or, if `substitute`, their values. Secrets are
  // "***".
  std::string text(bool substitute = false) const;

  // Adds a query, or puts it in the place of the one of that name if `replace`; the rest of the file, comments too,
  // stays as it is. Makes the file if there is none. Throws AlreadyExists, InvalidArgument (a query that can't be
  // kept), UnsupportedFeature (a file whose queries can't be edited; the hint has what to put in by hand).
  void save(const SavedQuery& query, bool replace = false);

  // A JSON schema of such files, for editors.
  static std::string schema();

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace lakelet
