// A YAML document as plain values that know where they stood.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/error.h"

namespace lakelet::config {

struct Place {
  std::string file;
  int line = 0;  // from 1; 0: not known
};

std::string to_string(const Place& place);  // "lakelet.yml:3"

struct ConfigNode {
  enum class Kind { Null, Scalar, List, Mapping };
  Kind kind = Kind::Null;
  std::string text;     // of a scalar
  bool quoted = false;  // a scalar that is a text, whatever it looks like
  std::vector<ConfigNode> items;
  std::vector<std::pair<std::string, ConfigNode>> members;  // in the order of the file
  Place place;

  const ConfigNode* find(const std::string& key) const;  // null: a mapping without it, or no mapping
  ConfigNode* find(const std::string& key);
  bool is_null() const { return kind == Kind::Null; }
  bool is_scalar() const { return kind == Kind::Scalar; }
  bool is_list() const { return kind == Kind::List; }
  bool is_mapping() const { return kind == Kind::Mapping; }

  static ConfigNode scalar(std::string text, bool quoted);
};

// The same values, wherever they stood.
bool same_values(const ConfigNode& a, const ConfigNode& b);

// Throws Error(InvalidArgument), "file:line: ...", for text that is no YAML, a key that is there twice, and a document
// of more than 200 000 values.
ConfigNode parse_yaml(const std::string& file, const std::string& text);

// Mappings are merged key by key, lists are put one after the other; otherwise `over` wins.
ConfigNode deep_merge(ConfigNode base, ConfigNode over);

// Error(InvalidArgument) for what a document says: "lakelet.yml:3: message".
class PlacedError : public Error {
 public:
  PlacedError(Place place, const std::string& message);
  const Place& place() const { return place_; }
  const std::string& bare_message() const { return bare_; }  // without the place

 private:
  Place place_;
  std::string bare_;
};

// Throws PlacedError.
[[noreturn]] void fail_at(const Place& place, const std::string& message);

}  // namespace lakelet::config
