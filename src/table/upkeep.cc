#include "table/upkeep.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "table/table_format.h"

namespace lakelet {
namespace {

[[noreturn]] void refuse(const std::string& uri, std::string_view what) {
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{}: tables of its format {}", uri, what));
}

}  // namespace

std::unique_ptr<FileRetention> FormatTable::retention(std::shared_ptr<const Snapshot>, const RetentionRequest&) {
  refuse(location().uri, "can't be vacuumed yet");
}

LogPlan FormatTable::plan_log(const LogRequest& request) {
  switch (request.task) {
    case LogTask::Checkpoint:
      refuse(location().uri, "have no checkpoints");
    case LogTask::Compact:
      refuse(location().uri, "have no log to compact");
    case LogTask::CleanUp:
      break;
  }
  refuse(location().uri, "have no log to clean up");
}

LogReport FormatTable::run_log(const LogPlan&, const CommitOptions&) {
  refuse(location().uri, "have no log");
}

Restoration Transaction::restore(const Snapshot&, const std::set<std::string>&) {
  refuse(base().location().uri, "can't be restored yet");
}

}  // namespace lakelet
