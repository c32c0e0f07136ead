#include "table/capabilities.h"

#include <string>

#include "lakelet/error.h"

namespace lakelet {
namespace {

// What the user wanted to do, after "can't".
std::string_view verb(Access access) {
  switch (access) {
    case Access::Read:
      return "read";
    case Access::Append:
      return "append to";
    case Access::ChangeRows:
      return "change rows of";
    case Access::Maintain:
      return "maintain";
    case Access::ChangeFeed:
      return "read the change feed of";
  }
  return "use";
}

}  // namespace

std::string_view to_string(Access access) {
  switch (access) {
    case Access::Read:
      return "read";
    case Access::Append:
      return "append";
    case Access::ChangeRows:
      return "change rows";
    case Access::Maintain:
      return "maintain";
    case Access::ChangeFeed:
      return "change feed";
  }
  return "unknown";
}

const Support& Capability::operator[](Access access) const {
  switch (access) {
    case Access::Read:
      return read;
    case Access::Append:
      return append;
    case Access::ChangeRows:
      return change_rows;
    case Access::Maintain:
      return maintain;
    case Access::ChangeFeed:
      return change_feed;
  }
  throw Error(ErrorCode::Internal, "an access that doesn't exist");
}

const Capability* find_capability(Capabilities table, std::string_view feature) {
  for (const Capability& capability : table) {
    if (capability.feature == feature) return &capability;
  }
  return nullptr;
}

void require_capability(Capabilities table, std::string_view feature, Access access, std::string_view table_uri) {
  const Capability* capability = find_capability(table, feature);
  if (capability && (*capability)[access].supported) return;
  std::string message = "can't " + std::string(verb(access)) + " the table '" + std::string(table_uri) +
                        "': it needs the feature '" + std::string(feature) + "'";
  if (!capability) {
    throw Error(ErrorCode::UnsupportedFeature, message + ", which lakelet doesn't know",
                "a newer lakelet may support it; nothing was touched");
  }
  const Support& support = (*capability)[access];
  if (!support.reason.empty()) message += ": " + std::string(support.reason);
  throw Error(ErrorCode::UnsupportedFeature, message, std::string(support.hint));
}

}  // namespace lakelet
