#include "cli/render/text_table.h"

#include <algorithm>
#include <string>

#include "cli/render/display_width.h"

namespace lakelet::cli {
namespace {

constexpr std::size_t kRowsToMeasure = 1000;
constexpr std::size_t kLeastWidth = 8;  // below that, a column is left out rather than cut more
constexpr std::size_t kGapWidth = 3;    // " … " in the place of columns that are left out
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kDim = "\x1b[2m";
constexpr const char* kReset = "\x1b[0m";

struct Printed {
  std::string text;
  bool null = false;
};

// Borders: "│ " before the first, " │ " between, " │" after the last.
std::size_t total_width(const std::vector<std::size_t>& widths) {
  std::size_t total = 1;
  for (const std::size_t width : widths) total += width == 0 ? 0 : width + 3;
  return total;
}

std::string repeat(const char* text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

class TableWriter {
 public:
  TableWriter(RowSource& rows, ByteSink& out, const TableStyle& style) : rows_(rows), out_(out), style_(style) {}

  std::int64_t write() {
    std::vector<std::vector<Printed>> first;
    bool more = false;
    while (first.size() < kRowsToMeasure && (more = rows_.next())) first.push_back(read_row());
    measure(first);
    rule("┌", "┬", "┐");
    header();
    rule("├", "┼", "┤");
    for (const auto& row : first) line(row);
    std::int64_t count = static_cast<std::int64_t>(first.size());
    for (; more && rows_.next(); ++count) line(read_row());
    rule("└", "┴", "┘");
    return count;
  }

 private:
  std::vector<Printed> read_row() const {
    std::vector<Printed> row;
    for (std::size_t i = 0; i < rows_.columns().size(); ++i) {
      const bool null = rows_.is_null(i);
      row.push_back({null ? "NULL" : one_line(rows_.text(i)), null});
    }
    return row;
  }

  void measure(const std::vector<std::vector<Printed>>& rows) {
    for (const Column& column : rows_.columns()) widths_.push_back(display_width(one_line(column.name)));
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], display_width(row[i].text));
    }
    for (std::size_t& width : widths_) width = std::max<std::size_t>(width, 1);
    if (style_.width > 0) widths_ = fit_widths(std::move(widths_), style_.width);
  }

  void rule(const char* left, const char* middle, const char* right) {
    std::string text;
    bool gap = false;
    for (const std::size_t width : widths_) {
      if (width == 0 && gap) continue;
      gap = width == 0;
      text += (text.empty() ? left : middle) + repeat("─", gap ? kGapWidth : width + 2);
    }
    paint(kDim, text + right);
    out_.append("\n");
  }

  void header() {
    std::vector<Printed> names;
    for (const Column& column : rows_.columns()) names.push_back({one_line(column.name)});
    cells(names, kBold);
  }

  void line(const std::vector<Printed>& row) { cells(row, nullptr); }

  void cells(const std::vector<Printed>& row, const char* colour) {
    paint(kDim, "│");
    bool gap = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths_[i] == 0) {
        if (!gap) paint(kDim, " … │");
        gap = true;
        continue;
      }
      // Rows after the measured ones may be wider; a pipe gets them whole.
      const std::string text = style_.width > 0 ? truncate_to_width(row[i].text, widths_[i]) : row[i].text;
      const std::size_t used = display_width(text);
      const std::string padding(used < widths_[i] ? widths_[i] - used : 0, ' ');
      const bool right = rows_.columns()[i].right;
      out_.append(right ? " " + padding : " ");
      paint(row[i].null ? kDim : colour, text);
      out_.append(right ? " " : padding + " ");
      paint(kDim, "│");
    }
    out_.append("\n");
  }

  void paint(const char* colour, const std::string& text) {
    if (style_.colour && colour) out_.append(colour);
    out_.append(text);
    if (style_.colour && colour) out_.append(kReset);
  }

  RowSource& rows_;
  ByteSink& out_;
  const TableStyle& style_;
  std::vector<std::size_t> widths_;
};

// What EXPLAIN gives: boxes over many lines, which a cell would break.
bool is_plan(const RowSource& rows) {
  const auto& columns = rows.columns();
  return columns.size() == 2 && columns[0].name == "explain_key" && columns[1].name == "explain_value";
}

std::int64_t write_plan(RowSource& rows, ByteSink& out) {
  std::int64_t count = 0;
  for (; rows.next(); ++count) {
    if (!rows.is_null(1)) out.append(rows.text(1) + "\n");
  }
  return count;
}

}  // namespace

std::vector<std::size_t> fit_widths(std::vector<std::size_t> widths, std::size_t total) {
  const auto needed = [&] {
    const bool gap = std::find(widths.begin(), widths.end(), 0) != widths.end();
    return total_width(widths) + (gap ? kGapWidth + 1 : 0);
  };
  // The widest columns give first.
  while (needed() > total) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kLeastWidth) break;
    --*widest;
  }
  // Then those in the middle go, so that both ends of the row are seen.
  std::size_t left = (widths.size() + 1) / 2;
  std::size_t right = widths.size() - left;
  while (needed() > total && left + right > 2) {
    widths[left > right ? --left : widths.size() - right--] = 0;
  }
  return widths;
}

std::int64_t write_table(RowSource& rows, ByteSink& out, const TableStyle& style) {
  if (is_plan(rows)) return write_plan(rows, out);
  return TableWriter(rows, out, style).write();
}

}  // namespace lakelet::cli
