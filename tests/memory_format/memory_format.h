// A table format for tests: see memory_commits.h for where its metadata lives and memory_properties.h for what it can
// be told to do. Data files are real; they go to the location's store.
#pragma once

#include <memory>

#include "memory_format/memory_commits.h"
#include "table/table_format.h"

namespace lakelet {

class MemoryFormat final : public TableFormat {
 public:
  // Formats that share `commits` see each other's tables, as two processes see those of a real format.
  explicit MemoryFormat(std::shared_ptr<MemoryCommits> commits = std::make_shared<MemoryCommits>());

  std::string_view name() const override { return "memory_format"; }
  Capabilities capabilities() const override;
  bool detect(const Location& location) const override;
  std::unique_ptr<FormatTable> open(const FormatContext& context, const Location& location) const override;
  std::unique_ptr<Transaction> create(const FormatContext& context, const Location& location,
                                      const CreateSpec& spec) const override;
  void drop(const FormatContext& context, const Location& location) const override;

 private:
  const std::shared_ptr<MemoryCommits> commits_;
};

}  // namespace lakelet
