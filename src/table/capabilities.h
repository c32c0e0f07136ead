// What of a format is supported, as a table: feature x access -> supported, or refused with reason and hint. It drives
// the checks before any byte moves, the text of the errors, and the compatibility page of the documentation.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lakelet {

enum class Access { Read, Append, ChangeRows, Maintain, ChangeFeed };

std::string_view to_string(Access access);

struct Support {
  bool supported = false;
  std::string_view reason;  // why not, a half-sentence
  std::string_view hint;    // what the user can do instead
};

struct Capability {
  std::string_view feature;  // the format's own name of it: "deletionVectors"
  Support read, append, change_rows, maintain, change_feed;

  const Support& operator[](Access access) const;
};

using Capabilities = std::span<const Capability>;

// The row of `feature`, or nullptr: an unknown feature is refused.
const Capability* find_capability(Capabilities table, std::string_view feature);

// Throws Error(UnsupportedFeature) that names feature, access and table.
void require_capability(Capabilities table, std::string_view feature, Access access, std::string_view table_uri);

}  // namespace lakelet
