// Keys to a part of an object store that somebody else gives, such as a catalog for the files of one of its tables.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace lakelet {

using StoreOptions = std::map<std::string, std::string>;

struct LentAccess {
  StoreOptions options;  // "s3.access-key-id", "s3.endpoint" ...; they go before the session's
  // Newer ones, when these have ended or are refused. Throws where nobody gives any.
  std::function<StoreOptions()> renew{};
};

// Takes what is lent for all that lies at and below a URI, in place of what was lent for it before. Never written down
// anywhere. Throws Error(UnsupportedFeature) and Error(Permission) for what isn't to be used.
using Lend = std::function<void(const std::string& uri, LentAccess access)>;

}  // namespace lakelet
