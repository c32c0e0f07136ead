// Tables as text where there should be Parquet: any columns of any types, as a hostile checkpoint may have them, in a
// form that a fuzzer can change line by line.
//
// A line is a column: NAME, TYPE and its cells, with tabs between them. NAME is the dotted path ("add.path"). TYPE is s
// (text), S (large text), i (64 bits), j (32 bits), d (double), b (boolean), D (date), t (timestamp), m (map of texts:
// "k=v;k"), l (list of texts: "a;b") or n (nothing). A cell "~" is null, and so are those that a shorter line lacks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/location.h"
#include "table/tabular_io.h"

namespace lakelet::fuzz {

class TextTables final : public TabularIo {
 public:
  explicit TextTables(std::shared_ptr<StoreRegistry> stores) : stores_(std::move(stores)) {}

  Schema parquet_schema(const std::string& uri) override;
  OwnedArrowStream read_parquet(const TabularRead& request) override;
  std::uint64_t write_parquet(const std::string& uri, OwnedArrowStream rows, const std::string& compression) override;

 private:
  struct Column {
    std::string name;
    char type = 'n';
    std::vector<std::string> cells;
  };
  struct Table {
    std::vector<Column> columns;
    std::size_t rows = 0;
  };
  Table read(const std::string& uri) const;

  std::shared_ptr<StoreRegistry> stores_;
  friend struct ArrowTable;
};

}  // namespace lakelet::fuzz
