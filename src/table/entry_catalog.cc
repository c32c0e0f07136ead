#include "table/entry_catalog.h"

#include <fmt/format.h>

#include <utility>

#include "lakelet/error.h"

namespace lakelet {

namespace {

class Entry final : public CatalogTable {
 public:
  Entry(std::shared_ptr<EntryCatalog> catalog, std::string name_space, std::string table)
      : catalog_(std::move(catalog)),
        name_space_(std::move(name_space)),
        table_(std::move(table)),
        name_(name_space_ + "." + table_) {}

  const std::string& format() const override { return catalog_->format(); }
  const std::string& name() const override { return name_; }
  std::optional<CatalogPointer> pointer() override { return catalog_->find(name_space_, table_); }
  std::string new_location() override { return catalog_->new_location(name_space_, table_); }
  Moved move(const std::optional<CatalogPointer>& expected, const CatalogPointer& next) override {
    return catalog_->move({entry_move(expected, next)});
  }
  EntryMove entry_move(const std::optional<CatalogPointer>& expected, const CatalogPointer& next) const {
    return {name_space_, table_, expected, next};
  }
  std::shared_ptr<Catalog> catalog() override { return catalog_; }
  bool writes_metadata() const override { return catalog_->writes_metadata(); }
  void drop() override { catalog_->drop(name_space_, table_); }
  std::unique_ptr<CatalogScan> plan(const std::string& request) override {
    return catalog_->plan(name_space_, table_, request);
  }
  std::string instead() override { return catalog_->instead(name_space_, table_); }

 private:
  const std::shared_ptr<EntryCatalog> catalog_;
  const std::string name_space_, table_, name_;
};

}  // namespace

std::shared_ptr<CatalogTable> EntryCatalog::table(const std::string& name_space, const std::string& table) {
  return std::make_shared<Entry>(shared_from_this(), name_space, table);
}

std::unique_ptr<CatalogScan> EntryCatalog::plan(const std::string& name_space, const std::string& table,
                                                const std::string&) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the catalog {} doesn't plan scans of {}.{}", uri(), name_space, table));
}

CatalogTable::Moved EntryCatalog::move_all(const std::vector<CatalogMove>& moves) {
  std::vector<EntryMove> entries;
  for (const CatalogMove& move : moves) {
    const auto* entry = dynamic_cast<const Entry*>(move.table.get());
    if (!entry) throw Error(ErrorCode::Internal, move.table->name() + " isn't a table of " + uri());
    entries.push_back(entry->entry_move(move.expected, move.next));
  }
  return move(entries);
}

}  // namespace lakelet
