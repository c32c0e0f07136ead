// What a catalog keeps of a namespace: "location", "comment", "owner" and whatever else people put there.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lakelet {

using NamespaceProperties = std::map<std::string, std::string>;

// Properties that are in neither stay as they are.
struct NamespaceChange {
  NamespaceProperties set;
  std::vector<std::string> remove;  // those that aren't there are passed over
};

}  // namespace lakelet
