// One table, put back to where an operation starts from before each trial.
#pragma once

#include <filesystem>
#include <string>

#include "fault/operations.h"
#include "support/scratch_folder.h"

namespace lakelet::fault {

class TrialFolder {
 public:
  TrialFolder(Format format, const LakeOperation& operation) {
    Session session = open_session(format);
    prepare(operation, session, table());
    if (operation.base >= 0) std::filesystem::rename(table(), untouched());
  }

  std::string table() const { return folder_ / "table"; }
  // Always under the same name: a format may know its files by their absolute paths.
  void reset() const {
    std::filesystem::remove_all(table());
    if (!std::filesystem::exists(untouched())) return;
    std::filesystem::copy(untouched(), table(), std::filesystem::copy_options::recursive);
  }

 private:
  std::string untouched() const { return folder_ / "untouched"; }

  ScratchFolder folder_;
};

}  // namespace lakelet::fault
