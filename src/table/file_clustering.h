// That the rows of a data file were placed by their values.
#pragma once

#include <string>
#include <vector>

namespace lakelet {

// What a file says of the rewriting that it came from. The files of one rewriting have ranges of values that hardly
// overlap; those of two rewritings do, so a file is known by which one it came from.
struct FileClustering {
  std::vector<std::string> columns;  // logical names, dotted where nested, the first counts most
  std::string curve;                 // "zorder", "hilbert", "sort"; empty: not told
  std::string rewriting;             // an id
  bool by_table = false;             // the table itself says which columns, and wants its files so
  // Another implementation's work, which isn't to be touched.
  bool foreign = false;
};

}  // namespace lakelet
