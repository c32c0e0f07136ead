#include "formats/iceberg/manifest/manifest_entries.h"

#include <fmt/format.h>

#include "formats/iceberg/snapshot.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

void read_entries(const IcebergSnapshot& snapshot, const ManifestFile& manifest, bool with_details,
                  const std::function<void(ManifestEntry&)>& take) {
  const std::string uri = snapshot.paths().resolve(manifest.path);
  try {
    const Location file = snapshot.context().stores->resolve(uri);
    const std::string bytes = file.store->read_all(file.path);
    const std::vector<std::int32_t> none;
    ManifestReader reader(
        std::as_bytes(std::span(bytes)), manifest, [&](int spec) { return snapshot.fields().layout_of(spec); }, none,
        with_details);
    ManifestEntry entry;
    while (reader.next(entry)) take(entry);
  } catch (Error& error) {
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the manifest {} is missing", uri));
    }
    throw error.add_context("manifest " + uri);
  }
}

}  // namespace lakelet::iceberg
