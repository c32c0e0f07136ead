// The delta.* properties of a table: which there are, what they may hold, and those that the writing half acts on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "table/snapshot.h"

namespace lakelet::delta {

// Checks what `after` sets and `before` hasn't. Properties that don't start with "delta." are the user's own.
// Throws Error(InvalidArgument) for a delta. property that there isn't or a value that it can't have, and
// Error(UnsupportedFeature) for one that asks for a table feature that lakelet doesn't write.
void check_properties(const Properties& before, const Properties& after);

// "interval 1 week", "7 days", "interval 1 hour 30 minutes" in milliseconds; nullopt if it isn't one.
std::optional<std::int64_t> parse_interval_ms(std::string_view text);

bool property_is_true(const Properties& properties, const std::string& name);
bool property_is_false(const Properties& properties, const std::string& name);
// Whether it is set to this text, which is in lower case, in any case.
bool property_is(const Properties& properties, const std::string& name, std::string_view text);
std::int64_t log_compaction_interval(const Properties& properties);    // lakelet.logCompactionInterval, 0: never
std::int64_t checkpoint_interval(const Properties& properties);        // delta.checkpointInterval, 10
std::int64_t deleted_file_retention_ms(const Properties& properties);  // delta.deletedFileRetentionDuration, 1 week
std::int64_t log_retention_ms(const Properties& properties);           // delta.logRetentionDuration, 30 days
// delta.setTransactionRetentionDuration; nullopt: txn actions never expire.
std::optional<std::int64_t> transaction_retention_ms(const Properties& properties);

}  // namespace lakelet::delta
