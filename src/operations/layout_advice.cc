#include "operations/layout_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "base/amount_text.h"

namespace lakelet::operations {
namespace {

constexpr std::int64_t kFewestSmallFiles = 8;  // fewer aren't worth a word
constexpr double kSkew = 10;
constexpr double kManyDeleted = 0.1;

// Only to tell partitions apart.
std::string key_of(const Value& value) {
  struct Text {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(const Decimal& d) const { return fmt::format("d{}", static_cast<double>(d.unscaled)); }
    std::string operator()(const std::string& s) const { return "s" + s; }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const { return fmt::format("i{}", i); }
    std::string operator()(double d) const { return fmt::format("f{}", d); }
  };
  return std::visit(Text{}, value.storage());
}

}  // namespace

void LayoutAdvice::add(const DataFile& file, std::int64_t deleted_rows) {
  std::vector<std::string> key;
  for (const Value& value : file.partition_values) key.push_back(key_of(value));
  Partition& partition = partitions_[std::move(key)];
  ++partition.files;
  partition.bytes += file.bytes;
  if (file.bytes < target_ / 2) {
    ++partition.small_files;
    partition.small_bytes += file.bytes;
  }
  ++files_;
  rows_ += file.rows.value_or(0);
  deleted_rows_ += deleted_rows;
  files_with_deletes_ += deleted_rows > 0;
}

std::vector<Finding> LayoutAdvice::findings() const {
  std::vector<Finding> findings;
  const auto advise = [&](const char* check, std::string message, const char* remedy) {
    findings.push_back({Severity::Advice, check, "", std::move(message), remedy, false, false});
  };
  std::int64_t small = 0, merged = 0;
  std::uint64_t bytes = 0, total = 0, largest = 0;
  std::vector<std::uint64_t> sizes;
  for (const auto& [key, partition] : partitions_) {
    sizes.push_back(partition.bytes);
    total += partition.bytes;
    largest = std::max(largest, partition.bytes);
    if (partition.small_files < 2) continue;
    small += partition.small_files;
    bytes += partition.small_bytes;
    merged += static_cast<std::int64_t>((partition.small_bytes + target_ - 1) / std::max<std::uint64_t>(target_, 1));
  }
  if (small >= kFewestSmallFiles) {
    advise("small files",
           fmt::format("{} of {} files are small ({} together): {} would do", small, files_, byte_count(bytes),
                       std::max<std::int64_t>(merged, 1)),
           "`lakelet optimize` merges them");
  }
  if (deleted_rows_ > 0 && static_cast<double>(deleted_rows_) > kManyDeleted * static_cast<double>(rows_)) {
    advise("deleted rows",
           fmt::format("{} of {} stored rows are deleted, in {}", deleted_rows_, rows_,
                       counted(files_with_deletes_, "file")),
           "`lakelet optimize` writes files without them");
  }
  std::sort(sizes.begin(), sizes.end());
  const std::uint64_t median = sizes.empty() ? 0 : sizes[sizes.size() / 2];
  if (sizes.size() > 2 && largest > target_ && static_cast<double>(largest) > kSkew * static_cast<double>(median)) {
    advise("skew",
           fmt::format("the largest of {} partitions has {} of {}, the median one {}", sizes.size(),
                       byte_count(largest), byte_count(total), byte_count(median)),
           "partition by a column whose values are more alike in number");
  }
  return findings;
}

}  // namespace lakelet::operations
