// Delta Lake as a table format: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
#pragma once

#include "table/table_format.h"

namespace lakelet::delta {

class DeltaFormat final : public TableFormat {
 public:
  std::string_view name() const override { return "delta"; }
  Capabilities capabilities() const override;
  // Whether the folder has a _delta_log with something of Delta's in it: two look-ups, and a listing if they fail.
  bool detect(const Location& location) const override;
  std::unique_ptr<FormatTable> open(const FormatContext& context, const Location& location) const override;
  std::unique_ptr<Transaction> create(const FormatContext& context, const Location& location,
                                      const CreateSpec& spec) const override;
  std::unique_ptr<Transaction> clone(const FormatContext& context, const Location& location,
                                     std::shared_ptr<const Snapshot> source) const override;
  void drop(const FormatContext& context, const Location& location) const override;
};

}  // namespace lakelet::delta
