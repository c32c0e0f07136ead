#include "operations/upkeep_advice.h"

#include <fmt/format.h>

#include "base/amount_text.h"
#include "lakelet/error.h"
#include "table/upkeep.h"

namespace lakelet::operations {
namespace {

constexpr Version kManyCommits = 30;  // that a reader has to open one by one

Finding advice(const char* check, std::string message, const char* remedy) {
  return {Severity::Advice, check, "", std::move(message), remedy, false, false};
}

// What is damaged was told by others, and what a format can't do isn't advised. A property that nobody can make sense
// of stops upkeep, and no look at the rest.
template <typename Look>
void look(std::vector<Finding>& findings, Look look_at) {
  try {
    look_at();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::InvalidArgument) {
      findings.push_back({Severity::Warning, "property", "", error.what(), error.hint(), false, false});
      return;
    }
    const bool expected = error.code() == ErrorCode::UnsupportedFeature || error.code() == ErrorCode::CorruptTable ||
                          error.code() == ErrorCode::NotFound;
    if (!expected) throw;
  }
}

}  // namespace

std::vector<Finding> upkeep_advice(
    FormatTable& table, const std::shared_ptr<const Snapshot>& newest, std::int64_t now_us,
    const std::function<std::optional<std::uint64_t>(const std::string& path)>& size_of) {
  std::vector<Finding> findings;
  look(findings, [&] {
    RetentionRequest request;
    request.now_us = now_us;
    request.by_log = true;
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
    table.retention(newest, request)->each_removed([&](const std::string& path) {
      const auto size = size_of(path);
      files += size.has_value();
      bytes += size.value_or(0);
      return true;
    });
    if (files == 0) return;
    findings.push_back(advice(
        "old files",
        fmt::format("{} ({}) {} past {} retention: no version needs {}", counted(files, "file"), byte_count(bytes),
                    files == 1 ? "is" : "are", files == 1 ? "its" : "their", files == 1 ? "it" : "them"),
        "`lakelet vacuum` deletes them"));
  });
  look(findings, [&] {
    LogRequest request;
    request.task = LogTask::CleanUp;
    request.now_us = now_us;
    const LogPlan plan = table.plan_log(request);
    std::uint64_t bytes = 0;
    for (const ObjectInfo& object : plan.removes) bytes += object.size;
    if (plan.removes.empty()) return;
    findings.push_back(advice("old log",
                              fmt::format("{} of the log ({}) {} past its retention",
                                          counted(static_cast<std::int64_t>(plan.removes.size()), "file"),
                                          byte_count(bytes), plan.removes.size() == 1 ? "is" : "are"),
                              "`lakelet clean-log` deletes them"));
  });
  look(findings, [&] {
    LogRequest request;
    request.task = LogTask::Compact;
    request.now_us = now_us;
    const LogPlan plan = table.plan_log(request);
    const Version commits = plan.writes.empty() ? 0 : plan.last - plan.first + 1;
    if (commits < kManyCommits) return;
    findings.push_back(advice("long log", fmt::format("{} commits came since the last checkpoint", commits),
                              "`lakelet checkpoint` lets readers open one file in their place"));
  });
  return findings;
}

}  // namespace lakelet::operations
