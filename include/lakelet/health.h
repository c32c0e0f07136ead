// What is wrong with a table, or could be better.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/metadata.h"

namespace lakelet {

enum class Severity {
  Advice,   // the table is right; something would make it smaller or faster
  Warning,  // rows are right; something that readers may do without isn't as it should be
  Damage,   // some reader gets no rows, or wrong ones
};

struct Finding {
  Severity severity = Severity::Advice;
  std::string check;    // what kind of thing: "missing file", "checkpoint" ...; the same word for the same kind
  std::string subject;  // the file, version or column; as a path below the table where it is one
  std::string message;  // one sentence
  std::string remedy;   // what to do, or what a repair does; may be empty
  bool repairable = false;
  bool repaired = false;
};

struct DoctorOptions {
  bool repair = false;  // mends what can be mended without losing rows that anybody could still read
  bool full = false;    // reads every row too, and compares with what is known of the files
  std::map<std::string, std::string> user_metadata{};  // kept in the table's history, of a repair that commits
};

// What a format is told to look at.
struct ExamineOptions {
  bool full = false;
};

struct HealthReport {
  std::string uri;
  Version version = -1;           // that was looked at; -1: none could be read
  Version repaired_version = -1;  // that a repair committed; -1: none had to
  std::int64_t files = 0;         // looked at
  std::uint64_t bytes = 0;
  std::vector<Finding> findings;

  // Nothing is damaged, or everything that was is repaired.
  bool healthy() const;
};

std::string_view to_string(Severity severity);

}  // namespace lakelet
