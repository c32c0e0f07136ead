#include "operations/xlsx_file.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "lakelet/error.h"
#include "operations/xlsx_workbook.h"

namespace lakelet::operations {
namespace {

using Kind = XlsxCell::Kind;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
constexpr std::int64_t kDay = 86'400'000'000;

enum class ColumnType { Text, Integer, Number, Boolean, Date, Moment };

void check(ArrowErrorCode code) {
  if (code != NANOARROW_OK) throw Error(ErrorCode::Exhausted, "the sheet doesn't fit into memory");
}

std::string moment_text(std::int64_t us) {
  const std::int64_t day = (us >= 0 ? us : us - kDay + 1) / kDay;
  const std::time_t seconds = static_cast<std::time_t>(day * 86400);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  const std::string date = fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
  const std::int64_t rest = (us - day * kDay) / 1000;
  if (rest == 0) return date;
  return fmt::format("{} {:02}:{:02}:{:02}.{:03}", date, rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60,
                     rest % 1000);
}

std::string text_of(const XlsxCell& cell) {
  if (cell.kind == Kind::Boolean) return cell.number != 0 ? "true" : "false";
  return cell.kind == Kind::Moment ? moment_text(cell.microseconds) : cell.text;
}

class Sheet {
 public:
  Sheet(std::vector<XlsxRow> rows, const std::string& shown, const FileOptions& options, const Schema* table)
      : rows_(std::move(rows)), shown_(shown), table_(table) {
    std::size_t width = 0;
    for (const XlsxRow& row : rows_) width = std::max(width, row.size());
    first_ = options.header ? 1 : 0;
    if (options.header && rows_.empty()) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("{}: {} is empty", shown,
                              options.sheet.empty() ? "its first sheet" : "the sheet " + options.sheet));
    }
    for (std::size_t i = 0; i < width; ++i) add_column(i, options.header);
  }

  OwnedArrowStream stream() const {
    OwnedArrowSchema schema;
    ArrowSchemaInit(schema.get());
    check(ArrowSchemaSetTypeStruct(schema.get(), static_cast<std::int64_t>(names_.size())));
    for (std::size_t i = 0; i < names_.size(); ++i) describe(schema->children[i], i);
    OwnedArrowArray batch;
    check(ArrowArrayInitFromSchema(batch.get(), schema.get(), nullptr));
    check(ArrowArrayStartAppending(batch.get()));
    for (std::size_t row = first_; row < rows_.size(); ++row) {
      for (std::size_t i = 0; i < names_.size(); ++i) append(batch->children[i], rows_[row], i);
      check(ArrowArrayFinishElement(batch.get()));
    }
    check(ArrowArrayFinishBuildingDefault(batch.get(), nullptr));
    OwnedArrowStream out;
    check(ArrowBasicArrayStreamInit(out.get(), schema.get(), 1));
    ArrowBasicArrayStreamSetArray(out.get(), 0, batch.get());
    return out;
  }

 private:
  void add_column(std::size_t i, bool header) {
    std::string name;
    if (header && i < rows_.front().size()) name = text_of(rows_.front()[i]);
    if (!header && table_ && i < table_->size()) name = (*table_)[i].name;
    if (name.empty()) name = fmt::format("column{}", i);
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{}: two columns are called '{}'", shown_, name));
    }
    names_.push_back(name);
    const Field* field = table_ ? table_->find(name) : nullptr;
    types_.push_back(field && !fits_a_cell(field->type) ? ColumnType::Text : type_of(i));
  }

  // Text goes into each of the others as it is written; a number of the sheet would be rounded on its way to a decimal.
  static bool fits_a_cell(const Type& type) {
    return type.kind() != TypeKind::String && type.kind() != TypeKind::Decimal;
  }

  ColumnType type_of(std::size_t column) const {
    bool whole = true, midnight = true;
    Kind kind = Kind::Empty;
    for (std::size_t row = first_; row < rows_.size(); ++row) {
      if (column >= rows_[row].size() || rows_[row][column].kind == Kind::Empty) continue;
      const XlsxCell& cell = rows_[row][column];
      if (kind != Kind::Empty && kind != cell.kind) return ColumnType::Text;
      kind = cell.kind;
      whole = whole && std::abs(cell.number) <= 9'007'199'254'740'991 && cell.number == std::floor(cell.number);
      midnight = midnight && cell.microseconds % kDay == 0;
    }
    switch (kind) {
      case Kind::Number:
        return whole ? ColumnType::Integer : ColumnType::Number;
      case Kind::Boolean:
        return ColumnType::Boolean;
      case Kind::Moment:
        return midnight ? ColumnType::Date : ColumnType::Moment;
      case Kind::Text:
      case Kind::Empty:
        break;
    }
    return ColumnType::Text;
  }

  void describe(ArrowSchema* field, std::size_t column) const {
    switch (types_[column]) {
      case ColumnType::Text:
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_STRING));
        break;
      case ColumnType::Integer:
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_INT64));
        break;
      case ColumnType::Number:
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_DOUBLE));
        break;
      case ColumnType::Boolean:
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_BOOL));
        break;
      case ColumnType::Date:
        check(ArrowSchemaSetType(field, NANOARROW_TYPE_DATE32));
        break;
      case ColumnType::Moment:
        check(ArrowSchemaSetTypeDateTime(field, NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_MICRO, nullptr));
        break;
    }
    check(ArrowSchemaSetName(field, names_[column].c_str()));
  }

  void append(ArrowArray* to, const XlsxRow& row, std::size_t column) const {
    if (column >= row.size() || row[column].kind == Kind::Empty) return check(ArrowArrayAppendNull(to, 1));
    const XlsxCell& cell = row[column];
    switch (types_[column]) {
      case ColumnType::Text: {
        const std::string text = text_of(cell);
        return check(ArrowArrayAppendString(to, {text.data(), static_cast<std::int64_t>(text.size())}));
      }
      case ColumnType::Integer:
        return check(ArrowArrayAppendInt(to, static_cast<std::int64_t>(cell.number)));
      case ColumnType::Number:
        return check(ArrowArrayAppendDouble(to, cell.number));
      case ColumnType::Boolean:
        return check(ArrowArrayAppendInt(to, cell.number != 0 ? 1 : 0));
      case ColumnType::Date:
        return check(ArrowArrayAppendInt(to, cell.microseconds / kDay));
      case ColumnType::Moment:
        return check(ArrowArrayAppendInt(to, cell.microseconds));
    }
  }

  const std::vector<XlsxRow> rows_;
  const std::string& shown_;
  const Schema* table_;
  std::size_t first_ = 0;
  std::vector<std::string> names_;
  std::vector<ColumnType> types_;
};

}  // namespace

OwnedArrowStream open_xlsx_file(const Location& file, const std::string& shown, const FileOptions& options,
                                const Schema* table) {
  const std::string bytes = file.store->read_all(file.path, kMostBytes);
  return Sheet(read_sheet(bytes, options.sheet, shown), shown, options, table).stream();
}

std::vector<std::string> xlsx_sheets(const Location& file, const std::string& shown) {
  return sheet_names(file.store->read_all(file.path, kMostBytes), shown);
}

}  // namespace lakelet::operations
