// Properties of a table that lakelet keeps for itself, beside those that people set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lakelet/metadata.h"

namespace lakelet::iceberg {

inline constexpr const char* kCommentProperty = "comment";  // of Spark and others too
inline constexpr const char* kNameProperty = "lakelet.name";
inline constexpr const char* kApplicationPrefix = "lakelet.application.";  // and its name: the version it wrote last

bool is_own_property(const std::string& key);
Properties without_own_properties(const Properties& properties);
// What people set, with what `before` has of lakelet's own.
Properties with_own_properties(Properties properties, const Properties& before);

std::optional<std::int64_t> application_version(const Properties& properties, const std::string& application);

// Throws Error(InvalidArgument) for what is no number above 0.
std::int64_t positive_number(const Properties& properties, const char* key, std::int64_t otherwise);

// The format version that properties ask for; they are left without it. Throws Error(InvalidArgument),
// Error(UnsupportedFeature) for one above 3.
std::optional<int> take_format_version(Properties& properties);

}  // namespace lakelet::iceberg
