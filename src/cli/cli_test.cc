// Options, exit codes and messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/byte_sink.h"
#include "cli/command_line.h"
#include "cli/exit_code.h"
#include "cli/invocation.h"
#include "cli/merge_source.h"

namespace lakelet::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(CommandLine, ListsAndPairs) {
  EXPECT_THAT(split_list("a, b ,,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_list("bucket(4, id), b"), ElementsAre("bucket(4, id)", "b"));
  EXPECT_THAT(split_list(""), IsEmpty());
  EXPECT_THAT(split_pairs({"a=1", "b=x=y", "c="}, "-p"), ElementsAre(Pair("a", "1"), Pair("b", "x=y"), Pair("c", "")));
  EXPECT_THROW(split_pairs({"novalue"}, "-p"), Error);
  EXPECT_THROW(split_pairs({"=1"}, "-p"), Error);
}

TEST(OutputFormats, ByOptionThenByExtension) {
  GlobalOptions options;
  EXPECT_EQ(choose_output_format(options), OutputFormat::Table);
  options.output = "x/data.CSV";
  EXPECT_EQ(choose_output_format(options), OutputFormat::Csv);
  options.output = "data.parquet";
  EXPECT_EQ(choose_output_format(options), OutputFormat::Parquet);
  options.format = "jsonl";
  EXPECT_EQ(choose_output_format(options), OutputFormat::Jsonl);
  options.format = "";
  for (const char* path : {"data", "data.xyz", "dir.csv/data", "data.table"}) {
    options.output = path;
    EXPECT_THROW(choose_output_format(options), Error) << path;
  }
}

TEST(ExitCodes, AreTheContract) {
  EXPECT_EQ(exit_code(ErrorCode::InvalidArgument), 2);
  EXPECT_EQ(exit_code(ErrorCode::NotFound), 3);
  EXPECT_EQ(exit_code(ErrorCode::AlreadyExists), 4);
  EXPECT_EQ(exit_code(ErrorCode::UnsupportedFeature), 5);
  EXPECT_EQ(exit_code(ErrorCode::CorruptTable), 6);
  EXPECT_EQ(exit_code(ErrorCode::Conflict), 7);
  EXPECT_EQ(exit_code(ErrorCode::ConstraintViolation), 8);
  EXPECT_EQ(exit_code(ErrorCode::Permission), 9);
  EXPECT_EQ(exit_code(ErrorCode::Unavailable), 9);
  EXPECT_EQ(exit_code(ErrorCode::Exhausted), 9);
  EXPECT_EQ(exit_code(ErrorCode::CommitUnknown), 1);
  EXPECT_EQ(exit_code(ErrorCode::Internal), 1);
  EXPECT_EQ(exit_code(ErrorCode::Cancelled), 130);
}

TEST(Messages, SummariesSayWhatChanged) {
  Report report;
  report.seconds = 0.034;
  EXPECT_EQ(summary_line("merge", report), "merge: nothing to change in 0.03 s");
  report.version = 2;
  EXPECT_EQ(summary_line("merge", report), "version 2: no row changed in 0.03 s");
  report.rows_updated = 1;
  EXPECT_EQ(summary_line("merge", report), "version 2: 1 row updated in 0.03 s");
  report.rows_inserted = 2;
  report.commit_retries = 3;
  EXPECT_EQ(summary_line("merge", report), "version 2: 1 row updated, 2 inserted in 0.03 s, 3 retries");
}

TEST(Messages, ProgressLines) {
  using std::chrono::milliseconds;
  EXPECT_EQ(progress_line("merge", -1, "", milliseconds(2000)), "merge … 2 s");
  EXPECT_EQ(progress_line("vacuum", -1, "12 files/s", milliseconds(2000)), "vacuum … 2 s, 12 files/s");
  EXPECT_THAT(progress_line("merge", 0.5, "", milliseconds(2000)), ::testing::EndsWith(" 50%, 2 s left"));
  EXPECT_THAT(progress_line("merge", 0.5, "1.2 M rows/s", milliseconds(2000)),
              ::testing::EndsWith(" 50%, 1.2 M rows/s, 2 s left"));
  EXPECT_THAT(progress_line("merge", 0.5, "", milliseconds(500)), ::testing::EndsWith(" 50%"));
  EXPECT_THAT(progress_line("merge", 0.1, "", milliseconds(60000)), ::testing::EndsWith(" 10%, 9 min left"));
  EXPECT_THAT(progress_line("merge", 1.7, "", milliseconds(2000)), ::testing::EndsWith("100%"));
}

TEST(MergeSources, QueriesBeginLikeQueries) {
  for (const char* text : {"select 1", "  SELECT * from t", "with a as (select 1) from a", "from 'x'", "values (1)",
                           "(select 1)", "values(1)"}) {
    EXPECT_TRUE(looks_like_query(text)) << text;
  }
  for (const char* text : {"day2.csv", "lake/weather", "selection.csv", "select", "from/here", "with.csv", ""}) {
    EXPECT_FALSE(looks_like_query(text)) << text;
  }
}

class FileSinkTest : public ::testing::Test {
 protected:
  FileSinkTest() { std::filesystem::create_directories(folder_); }
  ~FileSinkTest() override { std::filesystem::remove_all(folder_); }
  std::string content(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(folder_ + "/" + name).rdbuf();
    return text.str();
  }
  std::size_t files() {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()));
  }
  std::string folder_ = ::testing::TempDir() + "lakelet_sink_" + std::to_string(::getpid());
};

TEST_F(FileSinkTest, AFileIsThereWholeOrNotAtAll) {
  std::ofstream(folder_ + "/a") << "old";
  {
    FileSink sink(folder_ + "/a");
    sink.append(std::string(200'000, 'x'));
    EXPECT_EQ(content("a"), "old");
  }
  EXPECT_EQ(content("a"), "old");
  EXPECT_EQ(files(), 1u);
  FileSink sink(folder_ + "/a");
  sink.append("new");
  sink.finish();
  EXPECT_EQ(content("a"), "new");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FileSinkTest, AFolderThatIsNotThere) {
  try {
    FileSink sink(folder_ + "/no/such/file.csv");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(exit_code(error.code()), kInputOutput);
  }
}

TEST(DescriptorSinkTest, AReaderThatLeftIsNoFailure) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  DescriptorSink sink(ends[1]);
  sink.append("text");
  EXPECT_THROW(sink.finish(), OutputClosed);
  std::signal(SIGPIPE, before);
  ::close(ends[1]);
}

}  // namespace
}  // namespace lakelet::cli
