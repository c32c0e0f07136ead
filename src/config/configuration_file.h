// lakelet.yml (and laketower.yml, whose shape it has) as values. Reads no file, no environment and no table itself.
//
// Each of these looks at its own part of the document alone, variables in it too: what others are about may be broken.
// They throw Error(InvalidArgument) whose message begins with "name:line: ".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/configuration_source.h"
#include "lakelet/configured.h"

namespace lakelet::config {

// What a catalog's server is told. Holds secrets.
struct ConfiguredCatalog {
  std::string name;
  std::string uri;                             // "iceberg+https://host/base"; may have options behind it
  std::map<std::string, std::string> options;  // "token", "credential", "scope", "header.X-Tenant" ...
  std::string where;                           // "lakelet.yml:3", for messages
};

// A table without name or uri is wrong, as are two of one name.
std::vector<ConfiguredTable> read_tables(const ConfigNode& document, const Variables& variable);
// The catalogs whose URI is wanted: variables of the others may be unset. A catalog without uri, or with an option that
// is none, is wrong.
std::vector<ConfiguredCatalog> read_catalogs(const ConfigNode& document, const Variables& variable,
                                             const std::function<bool(const std::string& uri)>& wanted);
// The members of the s3 of a storage credential; empty: there is none of the name, or it is for another kind of store.
// Holds secrets.
std::map<std::string, std::string> read_s3_credential(const ConfigNode& document, const Variables& variable,
                                                      const std::string& name);
// A query without name or sql is wrong, as are two of one name.
std::vector<SavedQuery> read_queries(const ConfigNode& document, const Variables& variable);
ConfiguredSettings read_settings(const ConfigNode& document, const Variables& variable);

// All that is wrong with any part, in the order of the lines; keys that nothing takes notice of too.
// `formats`: what a table's format may be.
std::vector<ConfigurationProblem> find_problems(const ConfigurationSource& source,
                                                const std::vector<std::string>& formats);

// The whole document as YAML, included files in it. Secrets are "***" where they stand themselves, or, if `substitute`,
// their variables' values would.
std::string shown_document(const ConfigurationSource& source, bool substitute);

// A JSON schema of the file, for editors.
std::string configuration_schema();

}  // namespace lakelet::config
