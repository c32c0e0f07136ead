#include "operations/xlsx_workbook.h"

#include <expat.h>
#include <fmt/format.h>
#include <zip.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

constexpr std::size_t kMostCells = 20'000'000;
constexpr std::size_t kMostColumns = 16'384;  // of a sheet, by the specification

using Attributes = std::map<std::string, std::string>;

// Calls back for the elements of an XML part, by their names without a namespace's prefix.
struct Handler {
  std::function<void(const std::string& name, const Attributes&)> begin;
  std::function<void(const std::string& name)> end;
  std::function<void(std::string_view)> text;
};

std::string local_name(const char* name) {
  const char* colon = std::strrchr(name, ':');
  return colon ? colon + 1 : name;
}

class Archive {
 public:
  Archive(const std::string& bytes, const std::string& shown) : shown_(shown) {
    if (bytes.starts_with("\xd0\xcf\x11\xe0")) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("{} is encrypted, or a workbook of the old kind (.xls)", shown),
                  "save it as .xlsx without a password, or as .csv");
    }
    zip_error_t problem;
    zip_error_init(&problem);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &problem);
    zip_t* opened = source ? zip_open_from_source(source, ZIP_RDONLY, &problem) : nullptr;
    if (!opened && source) zip_source_free(source);
    zip_error_fini(&problem);
    if (!opened) fail("it is no zip archive");
    zip_.reset(opened);
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} can't be read as an Excel workbook: {}", shown_, why));
  }

  bool has(const std::string& part) const { return zip_name_locate(zip_.get(), part.c_str(), ZIP_FL_NOCASE) >= 0; }

  // Piece by piece: a part may be many times larger than the archive.
  void parse(const std::string& part, Handler& handler) const {
    const zip_int64_t index = zip_name_locate(zip_.get(), part.c_str(), ZIP_FL_NOCASE);
    if (index < 0) fail(fmt::format("there is no {} in it", part));
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen_index(zip_.get(), static_cast<zip_uint64_t>(index), 0), &zip_fclose);
    if (!file) fail(fmt::format("{} can't be unpacked", part));
    const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), &XML_ParserFree);
    State state{&handler, parser.get(), {}};
    XML_SetUserData(parser.get(), &state);
    XML_SetElementHandler(parser.get(), &begin_element, &end_element);
    XML_SetCharacterDataHandler(parser.get(), &character_data);
    // No document type is in a workbook: entities are how small files grow without end.
    XML_SetStartDoctypeDeclHandler(parser.get(), &refuse_doctype);
    std::vector<char> bytes(1 << 16);
    for (;;) {
      const zip_int64_t got = zip_fread(file.get(), bytes.data(), bytes.size());
      if (got < 0) fail(fmt::format("{} can't be unpacked", part));
      const bool good = XML_Parse(parser.get(), bytes.data(), static_cast<int>(got), got == 0) == XML_STATUS_OK;
      if (state.thrown) std::rethrow_exception(state.thrown);
      if (!good)
        fail(fmt::format("{}, line {}: {}", part, XML_GetCurrentLineNumber(parser.get()),
                         XML_ErrorString(XML_GetErrorCode(parser.get()))));
      if (got == 0) return;
    }
  }

 private:
  struct State {
    Handler* handler;
    XML_Parser parser;
    std::exception_ptr thrown;  // an exception can't pass through C
  };

  template <typename Call>
  static void guarded(void* data, const Call& call) {
    State& state = *static_cast<State*>(data);
    if (state.thrown) return;
    try {
      call(*state.handler);
    } catch (...) {
      state.thrown = std::current_exception();
      XML_StopParser(state.parser, XML_FALSE);
    }
  }
  static void begin_element(void* data, const char* name, const char** attributes) {
    guarded(data, [&](Handler& handler) {
      Attributes found;
      for (; *attributes; attributes += 2) found[local_name(attributes[0])] = attributes[1];
      if (handler.begin) handler.begin(local_name(name), found);
    });
  }
  static void end_element(void* data, const char* name) {
    guarded(data, [&](Handler& handler) {
      if (handler.end) handler.end(local_name(name));
    });
  }
  static void character_data(void* data, const char* text, int length) {
    guarded(data, [&](Handler& handler) {
      if (handler.text) handler.text(std::string_view(text, static_cast<std::size_t>(length)));
    });
  }
  static void refuse_doctype(void* data, const char*, const char*, const char*, int) {
    XML_StopParser(static_cast<State*>(data)->parser, XML_FALSE);
  }

  const std::string& shown_;
  std::unique_ptr<zip_t, decltype(&zip_discard)> zip_{nullptr, &zip_discard};
};

std::string attribute(const Attributes& attributes, const char* name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

long number_of(const std::string& text, long otherwise) {
  long number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

enum class Shown { Number, Moment, Duration };  // how a format shows a number

// "yyyy-mm-dd" -> Moment, "hh:mm" -> Duration, "0.00 \"days\"" -> Number.
Shown shown_by(const std::string& code) {
  bool day = false, time = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = static_cast<char>(std::tolower(static_cast<unsigned char>(code[i])));
    if (c == ';') break;  // how others than positive numbers are shown
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '[') {
      const std::size_t end = std::min(code.find(']', i), code.size());
      const std::string inside = code.substr(i + 1, end - i - 1);
      time = time || (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string::npos);
      i = end;
    } else if (c == 'y' || c == 'd') {
      day = true;
    } else if (c == 'h' || c == 's') {
      time = true;
    } else if (c == 'm') {
      day = day || (!time && code.find_first_of("hHsS", i) == std::string::npos);
    } else if (c == 'g' && code.compare(i, 7, "General") == 0) {
      i += 6;
    }
  }
  return day ? Shown::Moment : time ? Shown::Duration : Shown::Number;
}

// ECMA-376 part 1, 18.8.30: formats that have a number and no code in the file.
Shown shown_by_number(long id) {
  const auto between = [&](long first, long last) { return id >= first && id <= last; };
  if (between(18, 21) || between(45, 47)) return Shown::Duration;
  if (between(14, 17) || id == 22 || between(27, 36) || between(50, 58)) return Shown::Moment;
  return Shown::Number;
}

std::vector<Shown> read_styles(const Archive& archive) {
  std::vector<Shown> styles;
  if (!archive.has("xl/styles.xml")) return styles;
  std::map<long, std::string> codes;
  bool within = false;
  Handler handler;
  handler.begin = [&](const std::string& name, const Attributes& attributes) {
    if (name == "numFmt") codes[number_of(attribute(attributes, "numFmtId"), 0)] = attribute(attributes, "formatCode");
    if (name == "cellXfs") within = true;
    if (name != "xf" || !within) return;
    const long id = number_of(attribute(attributes, "numFmtId"), 0);
    const auto code = codes.find(id);
    styles.push_back(code == codes.end() ? shown_by_number(id) : shown_by(code->second));
  };
  handler.end = [&](const std::string& name) { within = within && name != "cellXfs"; };
  archive.parse("xl/styles.xml", handler);
  return styles;
}

std::vector<std::string> read_shared_strings(const Archive& archive) {
  std::vector<std::string> strings;
  if (!archive.has("xl/sharedStrings.xml")) return strings;
  bool text = false, phonetic = false;
  Handler handler;
  handler.begin = [&](const std::string& name, const Attributes&) {
    if (name == "si") strings.emplace_back();
    if (name == "rPh") phonetic = true;  // how it is pronounced is no part of it
    text = name == "t" && !phonetic;
  };
  handler.end = [&](const std::string& name) {
    text = false;
    if (name == "rPh") phonetic = false;
  };
  handler.text = [&](std::string_view piece) {
    if (text && !strings.empty()) strings.back() += piece;
  };
  archive.parse("xl/sharedStrings.xml", handler);
  return strings;
}

struct Sheet {
  std::string name, part;
};

struct Workbook {
  std::vector<Sheet> sheets;
  bool from_1904 = false;
};

constexpr std::size_t kMostSheets = 10'000;

// What isn't a worksheet (a chart, a dialog) has no cells.
Workbook read_workbook(const Archive& archive) {
  Workbook workbook;
  std::vector<std::pair<std::string, std::string>> listed;  // name, relation
  Handler handler;
  handler.begin = [&](const std::string& name, const Attributes& attributes) {
    if (name == "sheet" && listed.size() == kMostSheets) archive.fail("it has too many sheets");
    if (name == "sheet") listed.emplace_back(attribute(attributes, "name"), attribute(attributes, "id"));
    if (name == "workbookPr") {
      const std::string flag = attribute(attributes, "date1904");
      workbook.from_1904 = flag == "1" || flag == "true";
    }
  };
  archive.parse("xl/workbook.xml", handler);
  std::map<std::string, std::string> parts;
  Handler relations;
  relations.begin = [&](const std::string& name, const Attributes& attributes) {
    if (name == "Relationship" && attribute(attributes, "Type").ends_with("/worksheet")) {
      if (parts.size() == kMostSheets) archive.fail("it has too many sheets");
      parts[attribute(attributes, "Id")] = attribute(attributes, "Target");
    }
  };
  archive.parse("xl/_rels/workbook.xml.rels", relations);
  for (const auto& [name, id] : listed) {
    const auto part = parts.find(id);
    if (part == parts.end() || part->second.empty()) continue;
    workbook.sheets.push_back({name, part->second.starts_with('/') ? part->second.substr(1) : "xl/" + part->second});
  }
  if (workbook.sheets.empty()) archive.fail("there is no sheet in it");
  return workbook;
}

const Sheet& chosen_sheet(const Workbook& workbook, const std::string& wanted, const std::string& shown) {
  if (wanted.empty()) return workbook.sheets.front();
  std::string names;
  for (const Sheet& sheet : workbook.sheets) {
    if (sheet.name == wanted) return sheet;
    names += (names.empty() ? "" : ", ") + sheet.name;
  }
  const long number = wanted.find_first_not_of("0123456789") == std::string::npos ? number_of(wanted, 0) : 0;
  if (number >= 1 && number <= static_cast<long>(workbook.sheets.size())) {
    return workbook.sheets[static_cast<std::size_t>(number - 1)];
  }
  throw Error(ErrorCode::NotFound, fmt::format("{} has no sheet '{}'", shown, wanted),
              fmt::format("its sheets: {}", names));
}

// "BC12" -> 54; -1 for what names no column.
long column_of(const std::string& reference) {
  long column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + (c - 'A' + 1);
    if (column > static_cast<long>(kMostColumns)) return -1;
  }
  return column - 1;
}

std::string duration_text(double days) {
  const auto seconds = static_cast<std::int64_t>(std::llround(days * 86400));
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

class SheetReader {
 public:
  SheetReader(const Archive& archive, const Workbook& workbook, const Sheet& sheet)
      : archive_(archive),
        workbook_(workbook),
        sheet_(sheet),
        styles_(read_styles(archive)),
        strings_(read_shared_strings(archive)) {}

  std::vector<XlsxRow> run() {
    Handler handler;
    handler.begin = [&](const std::string& name, const Attributes& attributes) { begin(name, attributes); };
    handler.end = [&](const std::string& name) { end(name); };
    handler.text = [&](std::string_view piece) {
      if (in_value_) value_ += piece;
    };
    archive_.parse(sheet_.part, handler);
    return std::move(rows_);
  }

 private:
  void begin(const std::string& name, const Attributes& attributes) {
    if (name == "row") row_.clear();
    if (name == "c") {
      const std::string reference = attribute(attributes, "r");
      column_ = reference.empty() ? static_cast<long>(row_.size()) : column_of(reference);
      if (column_ < 0) archive_.fail(fmt::format("'{}' is no cell", reference));
      type_ = attribute(attributes, "t");
      style_ = number_of(attribute(attributes, "s"), -1);
      value_.clear();
    }
    if (name == "rPh") phonetic_ = true;
    in_value_ = (name == "v" || (name == "t" && type_ == "inlineStr")) && !phonetic_;
  }

  void end(const std::string& name) {
    in_value_ = false;
    if (name == "rPh") phonetic_ = false;
    if (name == "c") {
      XlsxCell cell = take();
      if (cell.kind == XlsxCell::Kind::Empty) return;
      if (++cells_ > kMostCells) {
        throw Error(ErrorCode::Exhausted, "the sheet has more than 20 million cells", "save it as .csv");
      }
      if (row_.size() <= static_cast<std::size_t>(column_)) row_.resize(static_cast<std::size_t>(column_) + 1);
      row_[static_cast<std::size_t>(column_)] = std::move(cell);
    }
    if (name == "row" && !row_.empty()) rows_.push_back(std::move(row_));
    if (name == "row") row_.clear();
  }

  XlsxCell take() const {
    XlsxCell cell;
    if (value_.empty() && type_ != "inlineStr" && type_ != "str") return cell;
    if (type_ == "e") return cell;
    if (type_ == "s") return text(string_at(value_));
    if (type_ == "str" || type_ == "inlineStr" || type_ == "d") return text(value_);
    const auto [end, problem] = std::from_chars(value_.data(), value_.data() + value_.size(), cell.number);
    if (problem != std::errc() || end != value_.data() + value_.size())
      archive_.fail(fmt::format("'{}' is no number", value_));
    cell.text = value_;
    cell.kind = type_ == "b" ? XlsxCell::Kind::Boolean : XlsxCell::Kind::Number;
    if (cell.kind == XlsxCell::Kind::Boolean || style_ < 0 || style_ >= static_cast<long>(styles_.size())) return cell;
    const Shown shown = styles_[static_cast<std::size_t>(style_)];
    if (shown == Shown::Duration && cell.number >= 0 && cell.number < 1e6) return text(duration_text(cell.number));
    // Before 0 and after 9999-12-31 Excel shows no date either.
    if (shown == Shown::Moment && cell.number >= 0 && cell.number < 2'958'466) return moment(cell.number);
    return cell;
  }

  static XlsxCell text(std::string value) {
    XlsxCell cell;
    cell.kind = XlsxCell::Kind::Text;
    cell.text = std::move(value);
    return cell;
  }

  const std::string& string_at(const std::string& index) const {
    const long at = number_of(index, -1);
    if (at < 0 || at >= static_cast<long>(strings_.size()))
      archive_.fail(fmt::format("there is no shared string {}", index));
    return strings_[static_cast<std::size_t>(at)];
  }

  // Day 60 of the 1900 system is a 29 February that never was: what comes before it is a day later than it seems.
  XlsxCell moment(double serial) const {
    constexpr double kEpoch1900 = -25569, kEpoch1904 = -24107;
    double days = serial + (workbook_.from_1904 ? kEpoch1904 : kEpoch1900);
    if (!workbook_.from_1904 && serial < 60) days += 1;
    XlsxCell cell;
    cell.kind = XlsxCell::Kind::Moment;
    // Excel keeps milliseconds; what is beyond is rounding.
    cell.microseconds = static_cast<std::int64_t>(std::llround(days * 86'400'000)) * 1000;
    return cell;
  }

  const Archive& archive_;
  const Workbook& workbook_;
  const Sheet& sheet_;
  const std::vector<Shown> styles_;
  const std::vector<std::string> strings_;
  std::vector<XlsxRow> rows_;
  XlsxRow row_;
  std::size_t cells_ = 0;
  long column_ = 0, style_ = -1;
  std::string type_, value_;
  bool in_value_ = false, phonetic_ = false;
};

}  // namespace

std::vector<XlsxRow> read_sheet(const std::string& bytes, const std::string& sheet, const std::string& shown) {
  const Archive archive(bytes, shown);
  const Workbook workbook = read_workbook(archive);
  return SheetReader(archive, workbook, chosen_sheet(workbook, sheet, shown)).run();
}

std::vector<std::string> sheet_names(const std::string& bytes, const std::string& shown) {
  const Archive archive(bytes, shown);
  std::vector<std::string> names;
  for (Sheet& sheet : read_workbook(archive).sheets) names.push_back(std::move(sheet.name));
  return names;
}

}  // namespace lakelet::operations
