// A whole log: any set of files in _delta_log, checkpoints included (see text_tables.h), read as a table in every way.
//
// The input is text: a line "--- NAME" begins the file NAME of _delta_log, and what follows is its content.
#include <memory>
#include <string>
#include <string_view>

#include "formats/delta/delta_format.h"
#include "fuzz/text_tables.h"
#include "fuzz/verdict.h"

namespace {

using lakelet::ErrorCode;

void put_files(const lakelet::Location& table, std::string_view input) {
  constexpr std::string_view kMark = "--- ";
  std::string name = "00000000000000000000.json", content;
  auto put = [&] {
    if (!name.empty() && !name.ends_with('/')) table.store->put(table.path + "/_delta_log/" + name, content);
    content.clear();
  };
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    if (line.starts_with(kMark)) {
      if (!content.empty()) put();
      name = line.substr(kMark.size());
    } else {
      content.append(line).push_back('\n');
    }
  }
  put();
}

void scan(const lakelet::Snapshot& snapshot) {
  using lakelet::Predicate;
  std::vector<Predicate> predicates = {{}};
  for (const lakelet::Field& field : snapshot.schema().fields()) {
    if (predicates.size() > 6) break;
    predicates.push_back(Predicate::is_null({field.name}));
    predicates.push_back(Predicate::compare({field.name}, lakelet::Comparison::Less, lakelet::Value(std::int64_t{5})));
  }
  for (const Predicate& predicate : predicates) {
    lakelet::fuzz::goes_through({ErrorCode::CorruptTable, ErrorCode::NotFound, ErrorCode::UnsupportedFeature}, [&] {
      const auto plan = snapshot.plan({predicate, true});
      std::int64_t files = 0;
      while (plan->next()) ++files;
      const lakelet::ScanCounts counts = plan->counts();
      if (counts.files_total != files + counts.files_pruned) lakelet::fuzz::fail("the plan's counts don't add up");
    });
  }
  snapshot.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lakelet::FormatContext context;
  context.stores = std::make_shared<lakelet::StoreRegistry>("/");
  context.tabular = std::make_shared<lakelet::fuzz::TextTables>(context.stores);
  const lakelet::Location place = context.stores->resolve("memory://fuzz/t");
  put_files(place, lakelet::fuzz::as_text(data, size));
  const std::initializer_list<ErrorCode> refusals = {ErrorCode::CorruptTable, ErrorCode::NotFound,
                                                     ErrorCode::UnsupportedFeature};
  lakelet::fuzz::goes_through(refusals, [&] {
    const lakelet::delta::DeltaFormat format;
    format.detect(place);
    const auto table = format.open(context, place);
    lakelet::fuzz::goes_through(refusals, [&] { scan(*table->snapshot(lakelet::LatestVersion{})); });
    lakelet::fuzz::goes_through(refusals, [&] { scan(*table->snapshot(lakelet::Version{1})); });
    lakelet::fuzz::goes_through(refusals, [&] { table->snapshot(lakelet::AtTimestamp{1'700'000'000'000'000}); });
    lakelet::fuzz::goes_through(refusals, [&] { table->history([](const lakelet::HistoryEntry&) { return true; }); });
  });
  return 0;
}
