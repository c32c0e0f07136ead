// The members of one mapping of a configuration, with variables put in: what the readers of its parts share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/configuration_source.h"

namespace lakelet::config {

class PartReader {
 public:
  // `what` names it in messages: "a table".
  PartReader(ConfigNode node, std::string what, const Substitution& variables);

  const Place& place() const { return node_.place; }
  // The value of a member, {env: NAME} put in; null where it isn't there or is null.
  std::optional<ConfigNode> member(const char* key) const;
  std::string required_text(const char* key) const;
  std::string text(const char* key) const;  // empty if it isn't there
  bool flag(const char* key) const;         // false if it isn't there
  std::optional<std::int64_t> count(const char* key) const;
  const Substitution& variables() const { return variables_; }
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string text_of(const ConfigNode& value, const char* key) const;

  ConfigNode node_;
  std::string what_;
  const Substitution& variables_;
};

// The parts of a list, or of nothing.
std::vector<PartReader> parts_of_list(const ConfigNode& document, const char* key, const std::string& what,
                                      const std::string& shape, const Substitution& variables);

}  // namespace lakelet::config
