// How rows look in each format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/render/display_width.h"
#include "cli/render/row_formats.h"
#include "cli/render/text_table.h"

namespace lakelet::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Grid sample() {
  Grid grid({{"name"}, {"count", true}});
  grid.add({"a", std::int64_t{1}});
  grid.add({Cell(), std::int64_t{1000}});
  return grid;
}

template <typename Write>
std::string written(Grid grid, Write&& write) {
  StringSink sink;
  write(grid, sink);
  return sink.text();
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("größe"), 5u);
  EXPECT_EQ(display_width("日本"), 4u);
  EXPECT_EQ(display_width("e\xCC\x81"), 1u);  // e and a combining acute accent
  EXPECT_EQ(display_width("🌧"), 1u);
  EXPECT_EQ(display_width("🚀"), 2u);
  EXPECT_EQ(display_width("a\xFFz"), 3u);
  EXPECT_EQ(display_width(""), 0u);
}

TEST(DisplayWidth, TruncatesOnCharacters) {
  EXPECT_EQ(truncate_to_width("weather", 7), "weather");
  EXPECT_EQ(truncate_to_width("weather", 4), "wea…");
  EXPECT_EQ(truncate_to_width("日本語", 4), "日…");
  EXPECT_EQ(truncate_to_width("abc", 1), "…");
  EXPECT_EQ(truncate_to_width("abc", 0), "");
}

TEST(DisplayWidth, ControlCharactersAreShown) {
  EXPECT_EQ(one_line("a\nb\tc\x1b[31m"), "a\\nb\\tc\\x1b[31m");
}

TEST(TextTable, DrawsLinesAndAlignsNumbersToTheRight) {
  const std::string table = written(sample(), [](auto& rows, auto& out) { EXPECT_EQ(write_table(rows, out, {}), 2); });
  EXPECT_EQ(table,
            "┌──────┬───────┐\n"
            "│ name │ count │\n"
            "├──────┼───────┤\n"
            "│ a    │     1 │\n"
            "│ NULL │  1000 │\n"
            "└──────┴───────┘\n");
}

TEST(TextTable, ColoursOnlyWhereTheyAreWelcome) {
  EXPECT_THAT(written(sample(), [](auto& rows, auto& out) { write_table(rows, out, {}); }), Not(HasSubstr("\x1b")));
  EXPECT_THAT(written(sample(),
                      [](auto& rows, auto& out) {
                        write_table(rows, out, {true, 80});
                      }),
              HasSubstr("\x1b[1m"));
}

TEST(TextTable, FitsTheTerminal) {
  Grid grid({{"a"}, {"b"}});
  grid.add({std::string(50, 'x'), "short"});
  const std::string table = written(std::move(grid), [](auto& rows, auto& out) {
    write_table(rows, out, {false, 30});
  });
  EXPECT_THAT(table, HasSubstr("…"));
  for (std::size_t begin = 0, end; (end = table.find('\n', begin)) != std::string::npos; begin = end + 1) {
    EXPECT_LE(display_width(std::string_view(table).substr(begin, end - begin)), 30u);
  }
}

TEST(TextTable, LeavesColumnsInTheMiddleOutIfThereAreTooMany) {
  EXPECT_THAT(fit_widths({5, 5}, 80), ElementsAre(5u, 5u));
  EXPECT_THAT(fit_widths({30, 5}, 30), ElementsAre(18u, 5u));
  const auto widths = fit_widths({8, 8, 8, 8, 8, 8}, 40);
  EXPECT_THAT(widths, ElementsAre(8u, 8u, 0u, 0u, 0u, 8u));
  Grid grid({{"c1"}, {"c2"}, {"c3"}, {"c4"}});
  grid.add({"11111111", "22222222", "33333333", "44444444"});
  const std::string table = written(std::move(grid), [](auto& rows, auto& out) {
    write_table(rows, out, {false, 30});
  });
  EXPECT_THAT(table, HasSubstr("│ 11111111 │ … │ 44444444 │"));
  EXPECT_THAT(table, HasSubstr("┌──────────┬───┬──────────┐"));
}

TEST(TextTable, RowsBehindTheMeasuredOnesAreStillThere) {
  Grid grid({{"n", true}});
  for (std::int64_t i = 0; i < 2500; ++i) grid.add({i});
  const std::string table =
      written(std::move(grid), [](auto& rows, auto& out) { EXPECT_EQ(write_table(rows, out, {}), 2500); });
  EXPECT_THAT(table, HasSubstr("2499"));
}

TEST(RowFormats, Csv) {
  Grid grid({{"plain"}, {"with,comma"}});
  grid.add({"a", "say \"hi\""});
  grid.add({Cell(), ""});
  grid.add({"two\nlines", " padded "});
  EXPECT_EQ(written(std::move(grid), write_csv),
            "plain,\"with,comma\"\n"
            "a,\"say \"\"hi\"\"\"\n"
            ",\"\"\n"
            "\"two\nlines\",\" padded \"\n");
}

TEST(RowFormats, JsonAndJsonl) {
  EXPECT_EQ(written(sample(), write_json), "[\n{\"name\":\"a\",\"count\":1},\n{\"name\":null,\"count\":1000}\n]\n");
  EXPECT_EQ(written(sample(), write_jsonl), "{\"name\":\"a\",\"count\":1}\n{\"name\":null,\"count\":1000}\n");
  EXPECT_EQ(written(Grid({{"a"}}), write_json), "[]\n");
  EXPECT_EQ(written(sample(), write_json_object), "{\n  \"name\": \"a\",\n  \"count\": 1\n}\n");
}

TEST(RowFormats, Markdown) {
  Grid grid({{"a|b"}, {"n", true}});
  grid.add({"x|y\nz", std::int64_t{1}});
  EXPECT_EQ(written(std::move(grid), write_markdown), "| a\\|b | n |\n| --- | ---: |\n| x\\|y<br>z | 1 |\n");
}

TEST(Cells, TimestampsAndObjects) {
  const Cell time = Cell::timestamp(1'738'324'800'500'000);
  EXPECT_EQ(time.text, "2025-01-31 12:00:00.5+00");
  EXPECT_EQ(time.json, "\"2025-01-31T12:00:00.5Z\"");
  const Cell object = Cell::object({{"a", "1"}, {"b", "x\"y"}});
  EXPECT_EQ(object.text, "a: 1, b: x\"y");
  EXPECT_EQ(object.json, "{\"a\":\"1\",\"b\":\"x\\\"y\"}");
  EXPECT_EQ(Cell::list({}).json, "[]");
  EXPECT_TRUE(Cell(std::optional<std::int64_t>()).null);
}

}  // namespace
}  // namespace lakelet::cli
