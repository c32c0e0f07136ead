// Changes of how a table's files are laid out and its versions are named: no column and no row changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lakelet/metadata.h"
#include "lakelet/partition_field.h"

namespace lakelet {

// How new files are partitioned; those that are there stay as they are.
struct AddPartitionField {
  PartitionField field;  // without a name: the format's
};
struct DropPartitionField {
  std::string field;  // its name, or what it is: "bucket(16, id)"
};
struct ReplacePartitionField {
  std::string field;
  PartitionField with;
};
// How rows of new files are sorted; no fields: not at all.
struct SetSortOrder {
  std::vector<SortField> fields;
};

// A name for a version: a branch, which commits to it move, or a tag, which stays.
struct Reference {
  std::string name;
  Version version = 0;
  bool branch = false;
};
// How long a named version and those behind it are kept; what is absent is as the table says.
struct ReferenceRetention {
  std::optional<std::int64_t> reference_age_ms{};  // the name itself goes, once its version is that old
  // Of branches: versions before its newest one.
  std::optional<std::int64_t> version_age_ms{};
  std::optional<int> versions{};  // at least so many stay

  bool operator==(const ReferenceRetention&) const = default;
};
struct SetReference {
  std::string name;
  bool branch = true;
  VersionSelector version{};  // the newest of the table's main line if nobody says
  bool create = true;         // it may be new
  bool replace = false;       // it may be there
  bool keep = false;          // if it is there, nothing is to be done
  ReferenceRetention retention{};
};
struct SetReferenceRetention {
  std::string name;
  ReferenceRetention retention;  // what is absent stays
};
struct DropReference {
  std::string name;
  bool branch = true;
  bool if_exists = false;
};
// The branch goes on to a version that came out of its own.
struct FastForward {
  std::string branch;
  std::string to;  // a branch or tag
};

using LayoutChange = std::variant<AddPartitionField, DropPartitionField, ReplacePartitionField, SetSortOrder,
                                  SetReference, SetReferenceRetention, DropReference, FastForward>;

}  // namespace lakelet
