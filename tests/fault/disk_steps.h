// The calls by which this program changes the local disk, one by one: the linker puts them (open for writing, write,
// fsync, link, rename, mkdir, unlink) in the place of the C library's. See CMakeLists.txt.
#pragma once

namespace lakelet::fault {

// From now on the process kills itself right before the n-th step. A write is done by half before.
void kill_at_disk_step(int nth);

}  // namespace lakelet::fault
