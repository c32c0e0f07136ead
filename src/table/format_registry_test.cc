#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "storage/memory/memory_store.h"
#include "table/table_format.h"

namespace lakelet {
namespace {

using testing::HasSubstr;
using testing::Not;

// A format whose tables are the folders with a certain file in them. Only detection is asked of it here.
class MarkerFormat : public TableFormat {
 public:
  explicit MarkerFormat(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  Capabilities capabilities() const override { return {}; }
  bool detect(const Location& location) const override {
    return location.store->find(location.child("_" + name_).path).has_value();
  }
  std::unique_ptr<FormatTable> open(const FormatContext&, const Location&) const override {
    throw Error(ErrorCode::Internal, "not asked here");
  }
  std::unique_ptr<Transaction> create(const FormatContext&, const Location&, const CreateSpec&) const override {
    throw Error(ErrorCode::Internal, "not asked here");
  }

 private:
  std::string name_;
};

class Registry : public testing::Test {
 protected:
  Registry() {
    formats.add(std::make_unique<MarkerFormat>("blue"));
    formats.add(std::make_unique<MarkerFormat>("red"));
  }
  Location at(const std::string& path) { return {store, path, "memory://m/" + path}; }
  Error error_at(const std::string& path) {
    try {
      formats.detect(at(path));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::NotFound);
      return error;
    }
    ADD_FAILURE() << path << " is a table";
    return Error(ErrorCode::Internal, "");
  }

  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  FormatRegistry formats;
};

TEST_F(Registry, FindsFormatsByNameAndByLocation) {
  store->put("lake/t/_red", "");
  EXPECT_EQ(formats.find("green"), nullptr);
  EXPECT_EQ(formats.find("red")->name(), "red");
  EXPECT_EQ(formats.detect(at("lake/t")).name(), "red");
  EXPECT_EQ(formats.try_detect(at("lake/u")), nullptr);
  EXPECT_THROW(formats.add(std::make_unique<MarkerFormat>("red")), Error);
}

TEST_F(Registry, AMissingPathNamesTheTablesBesideIt) {
  store->put("lake/weather/_red", "");
  store->put("lake/trips/_blue", "");
  store->put("lake/other/file", "");
  const Error error = error_at("lake/wether");
  EXPECT_STREQ(error.what(), "there is no table at 'memory://m/lake/wether': the path doesn't exist");
  EXPECT_EQ(error.hint(), "tables beside it: 'memory://m/lake/trips', 'memory://m/lake/weather'");
}

TEST_F(Registry, AMissingPathInTheOpenHintsAtCreate) {
  const Error error = error_at("x/y");
  EXPECT_THAT(error.message(), HasSubstr("the path doesn't exist"));
  EXPECT_THAT(error.hint(), HasSubstr("lakelet create memory://m/x/y"));
}

TEST_F(Registry, AFolderNamesTheTablesInIt) {
  for (const char* name : {"a", "b", "c", "d"}) store->put(std::string("lake/") + name + "/_blue", "");
  const Error error = error_at("lake");
  EXPECT_STREQ(error.what(), "'memory://m/lake' is a folder, but no table (looked for: blue, red)");
  EXPECT_EQ(error.hint(), "tables in it: 'memory://m/lake/a', 'memory://m/lake/b', 'memory://m/lake/c'");
}

TEST_F(Registry, AFileIsNamedByWhatItIs) {
  store->put("x.parquet", "PAR1....PAR1");
  store->put("data.bin", "PAR1....PAR1");
  store->put("x.csv", "a,b\n");
  store->put("notes.txt", "hello");
  store->put("empty", "");
  EXPECT_STREQ(error_at("x.parquet").what(), "'memory://m/x.parquet' is not a table: it is a Parquet file");
  EXPECT_THAT(error_at("x.parquet").hint(), HasSubstr("FROM 'memory://m/x.parquet'"));
  EXPECT_THAT(error_at("data.bin").message(), HasSubstr("a Parquet file"));
  EXPECT_THAT(error_at("x.csv").hint(), HasSubstr("lakelet import"));
  EXPECT_THAT(error_at("notes.txt").message(), HasSubstr("it is a file"));
  EXPECT_THAT(error_at("empty").message(), HasSubstr("it is a file"));
}

TEST_F(Registry, APathWithinATableNamesTheTable) {
  store->put("lake/t/_red", "");
  store->put("lake/t/day=1/part.parquet", "PAR1");
  for (const char* path : {"lake/t/day=1", "lake/t/day=1/part.parquet", "lake/t/_red", "lake/t/none"}) {
    const Error error = error_at(path);
    EXPECT_THAT(error.message(), HasSubstr("it lies within the table 'memory://m/lake/t'")) << path;
    EXPECT_EQ(error.hint(), "use 'memory://m/lake/t'");
  }
}

}  // namespace
}  // namespace lakelet
