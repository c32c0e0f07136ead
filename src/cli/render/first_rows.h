// As many rows of others as people look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/render/row_source.h"

namespace lakelet::cli {

// The first `limit` rows of others, and whether there was one more.
class FirstRows : public RowSource {
 public:
  FirstRows(RowSource& rows, std::int64_t limit) : rows_(rows), left_(limit) {}
  const std::vector<Column>& columns() const override { return rows_.columns(); }
  bool next() override {
    const bool there = rows_.next();
    cut_ = there && left_ == 0;
    return there && left_-- > 0;
  }
  bool is_null(std::size_t column) const override { return rows_.is_null(column); }
  std::string text(std::size_t column) const override { return rows_.text(column); }
  std::string json(std::size_t column) const override { return rows_.json(column); }
  bool cut() const { return cut_; }

 private:
  RowSource& rows_;
  std::int64_t left_;
  bool cut_ = false;
};

}  // namespace lakelet::cli
