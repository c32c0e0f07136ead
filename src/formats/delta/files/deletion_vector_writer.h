// Writes deletion vectors (PROTOCOL.md, "Deletion Vectors", "Deletion Vector Format").
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "storage/location.h"
#include "table/row_positions.h"

namespace lakelet::delta {

// A vector of at most so many bytes goes into the log itself. It saves every reader a request, and takes 320 characters
// there at most: less than the statistics of a few columns, so that no checkpoint grows by much. The rows of a point
// delete fit (some 100 neighbours of 65,536, or a dozen rows anywhere in a million); a scattered delete doesn't.
inline constexpr std::size_t kLargestInlineVector = 256;

// The vectors of one commit: small ones inline, the others side by side in one file of the table's folder.
class DeletionVectorWriter {
 public:
  // `prefix_length`: of the random folder that the file lies in; 0: none (delta.randomizeFilePrefixes).
  explicit DeletionVectorWriter(Location table, int prefix_length = 0);
  // Removes the file, as far as it can, unless it is to be kept: a commit that didn't happen leaves nothing behind.
  ~DeletionVectorWriter();
  DeletionVectorWriter(const DeletionVectorWriter&) = delete;
  DeletionVectorWriter& operator=(const DeletionVectorWriter&) = delete;

  // The descriptor of a vector of these rows, of which there must be some.
  DeletionVectorDescriptor add(const RowPositions& positions);
  // Makes the file durable, if there is one: before the commit that names it is put.
  void finish();
  // Whether the file stays: it belongs to a commit that happened, or may have.
  void keep(bool keep) { keep_ = keep; }

 private:
  void open_file();

  Location table_;
  int prefix_length_;
  std::string name_;  // in the descriptor
  Location file_;
  std::unique_ptr<ObjectWriter> writer_;
  bool written_ = false, keep_ = false;
};

// The bitmap itself: magic number and 64-bit Roaring bitmap, ascending, with runs as runs.
std::string encode_deletion_vector(const RowPositions& positions);

// Z85 (https://rfc.zeromq.org/spec/32/). Other lengths than multiples of four are filled up with zeros, which the
// reader of a vector cuts off by its size.
std::string encode_z85(std::string_view bytes);

}  // namespace lakelet::delta
