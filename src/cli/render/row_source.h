// Rows to be shown, whatever they are of: a query, or a list of files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lakelet/rows.h"

namespace lakelet::cli {

struct Column {
  std::string name;
  bool right = false;  // numbers stand to the right
};

class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual const std::vector<Column>& columns() const = 0;
  virtual bool next() = 0;
  virtual bool is_null(std::size_t column) const = 0;
  virtual std::string text(std::size_t column) const = 0;  // not asked for nulls
  virtual std::string json(std::size_t column) const = 0;
};

// The rows of a query or a scan.
class QueryRows : public RowSource {
 public:
  explicit QueryRows(Rows rows);
  const std::vector<Column>& columns() const override { return columns_; }
  bool next() override { return rows_.next(); }
  bool is_null(std::size_t column) const override { return rows_.is_null(column); }
  std::string text(std::size_t column) const override { return rows_.text(column); }
  std::string json(std::size_t column) const override { return rows_.json(column); }

 private:
  Rows rows_;
  std::vector<Column> columns_;
};

// A cell of a Grid: how it is read, and how it is in JSON.
struct Cell {
  Cell() = default;  // NULL
  Cell(std::string text);
  Cell(const char* text) : Cell(std::string(text)) {}
  Cell(std::int64_t number);
  Cell(std::uint64_t number);
  Cell(bool truth);
  Cell(const std::optional<std::int64_t>& number);
  Cell(const std::optional<std::string>& text);
  static Cell with_json(std::string text, std::string json);
  static Cell timestamp(std::int64_t us);                                               // microseconds since the epoch
  static Cell object(const std::vector<std::pair<std::string, std::string>>& members);  // "a: 1, b: 2", JSON strings
  static Cell list(const std::vector<std::string>& items);

  bool null = true;
  std::string text;
  std::string json = "null";
};

// A small table that is at hand as a whole.
class Grid : public RowSource {
 public:
  explicit Grid(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

  const std::vector<Column>& columns() const override { return columns_; }
  bool next() override { return ++row_ < rows_.size() + 1; }
  bool is_null(std::size_t column) const override { return cell(column).null; }
  std::string text(std::size_t column) const override { return cell(column).text; }
  std::string json(std::size_t column) const override { return cell(column).json; }

 private:
  const Cell& cell(std::size_t column) const { return rows_[row_ - 1][column]; }

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::size_t row_ = 0;
};

}  // namespace lakelet::cli
