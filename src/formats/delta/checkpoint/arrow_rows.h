// Rows of a stream that TabularIo gave, cell by cell: the few types that
// Delta's own metadata is made of.
#pragma once

#include <nanoarrow/nanoarrow.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lakelet/arrow.h"

namespace lakelet::delta {

// A pull of batches; the cells of the current one. A column is given by its
// place in the request. Cells of null, and of a column that the file doesn't
// have, are nullopt. Views are valid until the next batch.
class ArrowRows {
 public:
  // `file` goes into messages. Throws Error(CorruptTable) where a batch isn't
  // as it should be, and what TabularIo's stream fails with.
  ArrowRows(OwnedArrowStream stream, std::string file);
  ~ArrowRows();
  ArrowRows(const ArrowRows&) = delete;
  ArrowRows& operator=(const ArrowRows&) = delete;

  bool next();  // false: no more
  std::int64_t size() const { return size_; }
  const ArrowArrayView& column(std::size_t column) const { return *view_.children[column]; }
  const ArrowSchema& column_schema(std::size_t column) const { return *schema_->children[column]; }

  bool is_null(std::size_t column, std::int64_t row) const;
  std::optional<std::string_view> text(std::size_t column, std::int64_t row) const;
  std::optional<std::int64_t> integer(std::size_t column, std::int64_t row) const;
  std::optional<bool> boolean(std::size_t column, std::int64_t row) const;

  // visit(std::string_view key, std::optional<std::string_view> value) for each
  // entry of a map cell.
  template <typename Visit>
  void each_entry(std::size_t index, std::int64_t row, Visit&& visit) const {
    if (is_null(index, row) || column(index).storage_type != NANOARROW_TYPE_MAP) return;
    const ArrowArrayView& map = column(index);
    const ArrowArrayView& entries = *map.children[0];
    for_range(map, row, [&](std::int64_t at) {
      if (auto key = text_of(*entries.children[0], at + entries.offset)) {
        visit(*key, text_of(*entries.children[1], at + entries.offset));
      }
    });
  }
  // visit(std::string_view) for each entry that isn't null of a list cell.
  template <typename Visit>
  void each_text(std::size_t index, std::int64_t row, Visit&& visit) const {
    if (is_null(index, row)) return;
    const ArrowArrayView& list = column(index);
    if (list.storage_type != NANOARROW_TYPE_LIST && list.storage_type != NANOARROW_TYPE_LARGE_LIST) return;
    for_range(list, row, [&](std::int64_t at) {
      if (auto entry = text_of(*list.children[0], at)) visit(*entry);
    });
  }

 private:
  static std::optional<std::string_view> text_of(const ArrowArrayView& view, std::int64_t row);
  template <typename Visit>
  static void for_range(const ArrowArrayView& list, std::int64_t row, Visit&& visit) {
    const std::int64_t end = ArrowArrayViewListChildOffset(&list, list.offset + row + 1);
    for (std::int64_t at = ArrowArrayViewListChildOffset(&list, list.offset + row); at < end; ++at) visit(at);
  }
  [[noreturn]] void fail(std::string_view what, int code = 0) const;

  OwnedArrowStream stream_;
  std::string file_;
  OwnedArrowSchema schema_;
  OwnedArrowArray batch_;
  ArrowArrayView view_;
  std::int64_t size_ = 0;
};

}  // namespace lakelet::delta
