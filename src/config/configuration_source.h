// The bytes of a configuration file and what it leans on: included files, variables. Reads no file and no environment
// itself.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/config_node.h"

namespace lakelet::config {

using Variables = std::function<std::optional<std::string>(const std::string& name)>;

struct ConfigurationSource {
  std::string name;  // for messages
  std::string text;
  // The value of ${NAME} and of {env: NAME}; nullopt: it isn't set. Empty: there are none.
  Variables variable;
  // The text of a file under `include`, whose path is from the file's own folder. Throws Error. Empty: none can be
  // included.
  std::function<std::string(const std::string& path)> include;
};

// The document with those that it includes below it; variables stand as they are written. Throws Error(InvalidArgument)
// for text that is no YAML, a document that is no mapping, and includes that can't be had.
ConfigNode merged_document(const ConfigurationSource& source);

// Puts in what variables say: {env: NAME} becomes a variable's text, or what it says if that is a JSON list, object or
// text; ${NAME} in a text its value. Throws Error(InvalidArgument) for one that isn't set.
class Substitution {
 public:
  explicit Substitution(const Variables& variable) : variable_(variable) {}

  ConfigNode node(const ConfigNode& given) const;        // {env: NAME} alone, not what is in a mapping or list
  std::string text(const ConfigNode& scalar) const;      // ${NAME}
  ConfigNode everywhere(const ConfigNode& given) const;  // all of it

 private:
  std::string value(const Place& place, const std::string& name) const;

  const Variables& variable_;
};

}  // namespace lakelet::config
