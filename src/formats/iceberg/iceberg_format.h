// Apache Iceberg, versions 1 to 3 of the table specification.
#pragma once

#include "table/table_format.h"

namespace lakelet::iceberg {

// A table is a folder with metadata/*.metadata.json in it, or one such file: then the table as it was written there.
class IcebergFormat final : public TableFormat {
 public:
  std::string_view name() const override { return "iceberg"; }
  Capabilities capabilities() const override;
  bool detect(const Location& location) const override;
  std::unique_ptr<FormatTable> open(const FormatContext& context, const Location& location) const override;
  std::unique_ptr<Transaction> create(const FormatContext& context, const Location& location,
                                      const CreateSpec& spec) const override;
  std::unique_ptr<Transaction> clone(const FormatContext& context, const Location& location,
                                     std::shared_ptr<const Snapshot> source) const override;
  void drop(const FormatContext& context, const Location& location) const override;
};

}  // namespace lakelet::iceberg
