// The columns of a checkpoint in Parquet that lakelet reads, and the actions in their rows (PROTOCOL.md, "Checkpoint
// Schema").
#pragma once

#include <string>
#include <vector>

#include "formats/delta/checkpoint/arrow_rows.h"
#include "formats/delta/protocol/action_reader.h"

namespace lakelet::delta {

// What to ask TabularIo for; the rows' columns are in this order. The columns of add and remove actions, and those of
// all the others.
std::vector<std::string> file_action_columns(const std::string& action);
std::vector<std::string> other_action_columns();

// The add or remove in a row, with its columns beginning at `first`. False if the row is another action.
bool read_file_action(const ArrowRows& rows, std::size_t first, std::int64_t row, FileActionView& out);
// The other actions in a row go to the visitor.
void read_other_actions(const ArrowRows& rows, std::size_t first, std::int64_t row, ActionVisitor& visitor);

}  // namespace lakelet::delta
