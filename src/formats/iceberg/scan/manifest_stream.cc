#include "formats/iceberg/scan/manifest_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr std::size_t kMostAhead = 8;

std::size_t most_ahead() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostAhead);
}

// As the manifest list says, which needn't be true.
std::size_t expected_files(const ManifestFile& manifest) {
  constexpr std::int64_t kMostExpected = 10'000;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(
      manifest.added_files.value_or(0) + manifest.existing_files.value_or(0), 0, kMostExpected));
}

}  // namespace

ManifestContents read_manifest(const ManifestFile& manifest, const ManifestRead& read) {
  const std::string uri = read.paths->resolve(manifest.path);
  try {
    const Location file = read.stores->resolve(uri);
    const std::string bytes = file.store->read_all(file.path);
    ManifestReader reader(
        std::as_bytes(std::span(bytes)), manifest, [&](int spec_id) { return read.fields->layout_of(spec_id); },
        read.wanted);
    ManifestContents contents;
    contents.spec_id = reader.spec_id();
    if (!read.keep_partition) contents.entries.reserve(expected_files(manifest));
    reader.set_keep_partition(read.keep_partition);
    ManifestEntry entry;
    while (reader.next(entry)) {
      if (entry.status == EntryStatus::Deleted) continue;
      ++contents.files;
      contents.bytes += entry.bytes;
      if (!entry.ruled_out && read.keep(contents.spec_id, entry)) {
        contents.entries.push_back(std::move(entry));
      } else {
        ++contents.left_out;
        contents.bytes_left_out += entry.bytes;
      }
    }
    return contents;
  } catch (Error& error) {
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the manifest {} is missing", uri));
    }
    throw error.add_context("manifest " + uri);
  }
}

// The first is read by the caller: who wants but one row starts no threads.
std::optional<ManifestContents> ManifestStream::next() {
  if (running_.empty()) {
    if (begun_ == manifests_.size()) return std::nullopt;
    if (begun_ == 0 || manifests_.size() - begun_ == 1) return read_manifest(*manifests_[begun_++], read_);
  }
  ahead_ = std::min(ahead_ * 2, most_ahead() + 1);
  while (begun_ < manifests_.size() && running_.size() < ahead_) {
    running_.push_back(std::async(std::launch::async,
                                  [this, manifest = manifests_[begun_++]] { return read_manifest(*manifest, read_); }));
  }
  ManifestContents contents = running_.front().get();
  running_.pop_front();
  return contents;
}

}  // namespace lakelet::iceberg
