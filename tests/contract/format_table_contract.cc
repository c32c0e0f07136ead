// Tables, their versions and their history.
#include <limits>

#include "contract/format_contract.h"

namespace lakelet {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_P(FormatContract, DetectsATableOnlyWhereOneIs) {
  EXPECT_FALSE(format->detect(location));
  store->put(location.child("some/file.txt").path, "not a table");
  EXPECT_FALSE(format->detect(location));
  EXPECT_FALSE(format->detect(location.child("some/file.txt")));
  create();
  EXPECT_TRUE(format->detect(location));
  EXPECT_FALSE(format->detect(location.child("some")));
}

TEST_P(FormatContract, OpeningWhatIsNoTableIsNotFound) {
  EXPECT_EQ(error_of([&] { open(); }).code(), ErrorCode::NotFound);
  store->put(location.child("some/file.txt").path, "not a table");
  const Error error = error_of([&] { open(); });
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_THAT(error.message(), HasSubstr(location.uri));
}

TEST_P(FormatContract, CreatesWhatWasAskedFor) {
  CreateSpec wanted = spec({"city"});
  wanted.schema = parse_schema(
      "id bigint not null comment 'the key', city string, s struct<a: int not null, l: list<double>>, "
      "m map<string, decimal(20,3)>, d date, t timestamp, b binary");
  wanted.name = "Weather";
  wanted.description = "it's \"wet\"\nand cold: été";
  wanted.properties["owner"] = "me";
  const auto table = create(wanted);
  const auto snapshot = table->snapshot(LatestVersion{});
  EXPECT_EQ(ordinal(snapshot->version()), 0);
  EXPECT_EQ(snapshot->schema(), wanted.schema);
  EXPECT_EQ(snapshot->schema()[0].doc, "the key");
  EXPECT_EQ(snapshot->partitioning().columns(), std::vector<std::string>{"city"});
  EXPECT_TRUE(snapshot->partitioning().identity_only());
  EXPECT_EQ(snapshot->metadata().name, wanted.name);
  EXPECT_EQ(snapshot->metadata().description, wanted.description);
  EXPECT_EQ(snapshot->metadata().format, format->name());
  EXPECT_EQ(snapshot->properties().at("owner"), "me");
  EXPECT_EQ(snapshot->location().uri, location.uri);
  EXPECT_GT(snapshot->timestamp_us(), 1'600'000'000'000'000);
  EXPECT_EQ(snapshot->size().files, 0);
  EXPECT_EQ(snapshot->size().rows, 0);
  EXPECT_TRUE(plan(*snapshot).empty());
}

TEST_P(FormatContract, CreatingWritesNothingBeforeItsCommit) {
  const auto transaction = format->create(context, location, spec());
  EXPECT_EQ(transaction->base().version(), -1);
  EXPECT_EQ(transaction->base().schema(), spec().schema);
  EXPECT_EQ(store->changing_calls(), 0);
  EXPECT_FALSE(format->detect(location));
}

TEST_P(FormatContract, ATableMayBeginWithFiles) {
  const auto transaction = format->create(context, location, spec());
  transaction->add(file(*transaction));
  EXPECT_EQ(ordinal(commit(*transaction, Operation::Create)), counts_versions() ? 0 : 1);
  EXPECT_EQ(plan(*latest()).size(), 1u);
}

TEST_P(FormatContract, CreatingOverATableIsRefused) {
  const auto early = format->create(context, location, spec());
  create();
  append(*open());
  const Error raced = error_of([&] { try_commit(*early, {}, Operation::Create); });
  EXPECT_EQ(raced.code(), ErrorCode::AlreadyExists);
  EXPECT_THAT(raced.message(), HasSubstr(location.uri));
  const Error late = error_of([&] { try_commit(*format->create(context, location, spec()), {}, Operation::Create); });
  EXPECT_EQ(late.code(), ErrorCode::AlreadyExists);
  EXPECT_EQ(ordinal(latest()->version()), 1);
}

TEST_P(FormatContract, ASchemaWithoutItsPartitionColumnIsRefused) {
  EXPECT_EQ(error_of([&] { create(spec({"nowhere"})); }).code(), ErrorCode::InvalidArgument);
  EXPECT_FALSE(format->detect(location));
}

TEST_P(FormatContract, FilesComeBackAsTheyWereAdded) {
  const auto table = create();
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  EXPECT_TRUE(transaction->empty());
  DataFile added = file(*transaction, {}, 7);
  added.statistics[{"city"}] = {3, Value("Bern"), Value("Oslo"), false};
  const std::string uri = added.uri;
  transaction->add(std::move(added));
  EXPECT_FALSE(transaction->empty());
  EXPECT_EQ(ordinal(commit(*transaction)), 1);
  const std::vector<FileTask> tasks = plan(*latest());
  ASSERT_EQ(tasks.size(), 1u);
  const DataFile& found = tasks[0].file;
  EXPECT_EQ(context.stores->resolve(found.uri).path, context.stores->resolve(uri).path);
  EXPECT_EQ(found.bytes, 1000u);
  EXPECT_EQ(found.rows, 10);
  EXPECT_TRUE(tasks[0].deletes.none());
  const ColumnStatistics& id = found.statistics.at({"id"});
  EXPECT_EQ(id.null_count, 0);
  EXPECT_EQ(id.min, Value(7));
  EXPECT_EQ(id.max, Value(16));
  EXPECT_EQ(found.statistics.at({"city"}).null_count, 3);
  EXPECT_EQ(latest()->size().files, 1);
  EXPECT_EQ(latest()->size().bytes, 1000u);
  EXPECT_EQ(latest()->size().rows, 10);
}

TEST_P(FormatContract, NewFilesLieInTheTableUnderTheirOwnNames) {
  const auto table = create(spec({"city"}));
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  std::set<std::string> uris;
  for (const Value& city : {Value("Oslo"), Value(), Value("a/b=c %d é"), Value("..")}) {
    for (const char* unique : {"one", "two"}) {
      const std::string uri = transaction->new_file_uri({city}, unique);
      EXPECT_TRUE(context.stores->resolve(uri).path.starts_with(location.path + "/")) << uri;
      EXPECT_THAT(uri, HasSubstr(unique));
      uris.insert(uri);
    }
  }
  EXPECT_GE(uris.size(), 2u);
  EXPECT_FALSE(transaction->write_layout().file_schema.empty());
}

TEST_P(FormatContract, PartitionValuesSurvive) {
  CreateSpec wanted;
  wanted.schema =
      parse_schema("id bigint, s string, b boolean, i int, d date, t timestamp, n timestamp_ntz, x decimal(20,3)");
  wanted.partition_by = {"s", "b", "i", "d", "t", "n", "x"};
  const auto table = create(wanted);
  const auto value = [&](const char* text, const char* type) { return parse_value(text, parse_type(type)); };
  const std::vector<std::vector<Value>> rows = {
      {"Oslo", true, -3, value("2025-01-31", "date"), value("2025-01-31 12:00:00.5", "timestamp"),
       value("2025-01-31 12:00:00", "timestamp_ntz"), value("-1.500", "decimal(20,3)")},
      {"a/b=c %20+d é\n'\"\\", false, 2147483647, value("0001-01-01", "date"),
       value("1969-12-31 23:59:59.999999", "timestamp"), value("1500-03-01 00:00:00.000001", "timestamp_ntz"),
       value("12345678901234567.891", "decimal(20,3)")},
      {Value(), Value(), Value(), Value(), Value(), Value(), Value()},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) append(*table, rows[i], static_cast<std::int64_t>(i) * 100);
  std::map<std::int64_t, std::vector<Value>> found;
  for (const FileTask& task : plan(*latest())) {
    found[task.file.statistics.at({"id"}).min->integer() / 100] = task.file.partition_values;
  }
  ASSERT_EQ(found.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t column = 0; column < rows[i].size(); ++column) {
      EXPECT_EQ(found[static_cast<std::int64_t>(i)][column], rows[i][column]) << "row " << i << ", column " << column;
    }
  }
}

TEST_P(FormatContract, FilesCanBeReplacedInOneCommit) {
  const auto table = create();
  append(*table);
  append(*table);
  const auto before = table->snapshot(LatestVersion{});
  const auto transaction = table->begin(before);
  for (const FileTask& task : plan(*before)) transaction->remove(task.file);
  transaction->add(file(*transaction, {}, 500));
  EXPECT_EQ(ordinal(commit(*transaction, Operation::Overwrite)), 3);
  ASSERT_EQ(plan(*latest()).size(), 1u);
  EXPECT_EQ(plan(*latest())[0].file.statistics.at({"id"}).min, Value(500));
}

TEST_P(FormatContract, ASnapshotNeverChanges) {
  const auto table = create();
  append(*table);
  const auto snapshot = table->snapshot(LatestVersion{});
  const std::set<std::string> files = paths(*snapshot);
  const auto transaction = table->begin(snapshot);
  transaction->remove(plan(*snapshot)[0].file);
  commit(*transaction, Operation::Delete);
  append(*table);
  EXPECT_EQ(ordinal(snapshot->version()), 1);
  EXPECT_EQ(paths(*snapshot), files);
  EXPECT_EQ(ordinal(table->snapshot(LatestVersion{})->version()), 3);
}

TEST_P(FormatContract, EveryVersionIsAddressable) {
  const auto table = create();
  std::vector<std::int64_t> times = {table->snapshot(LatestVersion{})->timestamp_us()};
  for (int i = 0; i < 3; ++i) {
    append(*table);
    times.push_back(table->snapshot(LatestVersion{})->timestamp_us());
    ASSERT_GT(times.back(), times[times.size() - 2]);
  }
  // Where versions are names, a table has none before its first files.
  const Version first = counts_versions() ? 0 : 1;
  for (Version number = first; number <= 3; ++number) {
    const std::int64_t time = times[static_cast<std::size_t>(number)];
    const Version version = nth(number);
    EXPECT_EQ(at(version)->version(), version);
    EXPECT_EQ(plan(*at(version)).size(), static_cast<std::size_t>(number));
    EXPECT_EQ(at(version)->timestamp_us(), time);
    EXPECT_EQ(at(AtTimestamp{time})->version(), version);
    if (number > first) {
      EXPECT_EQ(at(AtTimestamp{time - 1})->version(), nth(number - 1));
    }
  }
  EXPECT_EQ(ordinal(at(AtTimestamp{times.back() + 1'000'000'000})->version()), 3);
}

TEST_P(FormatContract, AMissingVersionSaysWhichExist) {
  const auto table = create();
  append(*table);
  append(*table);
  const Error error = error_of([&] { at(Version{42}); });
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_THAT(std::string(error.what()) + error.hint(), HasSubstr("42"));
  if (counts_versions()) {
    EXPECT_THAT(std::string(error.what()) + error.hint(), AllOf(HasSubstr("0"), HasSubstr("2")));
  }
  EXPECT_EQ(error_of([&] { at(Version{-1}); }).code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { at(AtTimestamp{1'000'000}); }).code(), ErrorCode::NotFound);
  EXPECT_THAT(error_of([&] { at(AtReference{"no-such-branch"}); }).code(),
              AnyOf(ErrorCode::NotFound, ErrorCode::UnsupportedFeature));
}

TEST_P(FormatContract, HistoryIsNewestFirstAndStopsWhenTold) {
  const auto table = create();
  for (int i = 0; i < 4; ++i) {
    append(*table);
  }
  std::vector<Version> versions;
  std::int64_t newer = std::numeric_limits<std::int64_t>::max();
  table->history([&](const HistoryEntry& entry) {
    versions.push_back(ordinal(entry.version));
    EXPECT_FALSE(entry.operation.empty());
    EXPECT_THAT(entry.engine, HasSubstr("lakelet"));
    EXPECT_LE(entry.timestamp_us, newer);
    EXPECT_EQ(entry.timestamp_us, at(entry.version)->timestamp_us());
    newer = entry.timestamp_us;
    return true;
  });
  if (!counts_versions()) versions.push_back(0);  // that a table was made is no entry
  EXPECT_THAT(versions, ElementsAre(4, 3, 2, 1, 0));
  versions.clear();
  open()->history([&](const HistoryEntry& entry) {
    versions.push_back(ordinal(entry.version));
    return versions.size() < 2;
  });
  EXPECT_THAT(versions, ElementsAre(4, 3));
}

TEST_P(FormatContract, HistoryKeepsWhatTheCommitSays) {
  const auto table = create();
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  transaction->add(file(*transaction));
  CommitInfo info;
  info.operation = Operation::Append;
  info.user_metadata["job"] = "nightly";
  require_committed(transaction->commit(info, {}), location.uri);
  table->history([&](const HistoryEntry& entry) {
    EXPECT_EQ(entry.other.at("job"), "nightly");
    return false;
  });
}

TEST_P(FormatContract, SchemaAndPropertiesHaveVersionsToo) {
  const auto table = create();
  append(*table);
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  std::vector<Field> fields = transaction->base().schema().fields();
  Field extra;
  extra.name = "extra";
  extra.type = TypeKind::String;
  fields.push_back(extra);
  transaction->set_schema(Schema(fields));
  EXPECT_GE(transaction->write_layout().file_schema.index_of("extra"), 0);
  Properties properties = transaction->base().properties();
  properties["owner"] = "you";
  transaction->set_properties(properties);
  transaction->set_name("New", "newer");
  EXPECT_EQ(ordinal(commit(*transaction, Operation::ChangeSchema)), counts_versions() ? 2 : 1);
  EXPECT_EQ(latest()->schema().size(), 4u);
  EXPECT_EQ(latest()->properties().at("owner"), "you");
  EXPECT_EQ(latest()->metadata().name, "New");
  EXPECT_EQ(plan(*latest()).size(), 1u);
  EXPECT_EQ(at(nth(1))->schema().size(), 3u);
  if (counts_versions()) {
    EXPECT_EQ(at(Version{1})->properties().count("owner"), 0u);
  }
}

TEST_P(FormatContract, RefreshingReadsOnlyWhatIsNew) {
  if (!counts_versions()) GTEST_SKIP() << "a version's metadata is one file, which is read whole";
  const auto table = create();
  for (int i = 0; i < 8; ++i) append(*table);
  table->snapshot(LatestVersion{});
  append(*open());
  const std::int64_t before = store->calls();
  EXPECT_EQ(ordinal(table->snapshot(LatestVersion{})->version()), 9);
  const std::int64_t refresh = store->calls() - before;
  EXPECT_EQ(ordinal(latest()->version()), 9);
  const std::int64_t anew = store->calls() - before - refresh;
  EXPECT_LT(refresh * 2, anew);
}

}  // namespace
}  // namespace lakelet
