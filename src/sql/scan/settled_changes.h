// Changes without the rows that a commit only wrote again.
#pragma once

#include <string>
#include <string_view>

#include "table/change_feed.h"

namespace lakelet::sql {

// A query over `relation`, which has the rows of scannable(feed). Of the feed's rewriting versions it counts equal rows
// (NULL equals NULL, NaN equals NaN; 0.0 isn't -0.0, but is inside of nested values) against each other; those that are
// left were deleted or inserted. Empty: the relation has what it should.
std::string settled_changes(const ChangeFeed& feed, std::string_view relation);

}  // namespace lakelet::sql
