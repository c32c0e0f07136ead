#include "catalogs/sql/sql_catalog.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "catalogs/sql/catalog_options.h"
#include "catalogs/sql/sqlite_database.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {
namespace {

ErrorCode code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::Internal;
}

class SqlCatalogInAFile : public ::testing::Test {
 protected:
  SqlCatalogInAFile() {
    std::string name = (std::filesystem::temp_directory_path() / "lakelet-catalog-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    catalog_ = other();
  }
  ~SqlCatalogInAFile() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<SqlCatalog> other() const {
    const std::string file = folder_ + "/cat.db";
    return std::make_shared<SqlCatalog>("sqlite:///" + file,
                                        std::make_unique<SqliteDatabase>("sqlite:///" + file, file),
                                        SqlCatalogOptions{"prod", "/warehouse/"});
  }

  std::string folder_;
  std::shared_ptr<SqlCatalog> catalog_;
};

TEST_F(SqlCatalogInAFile, ReadingMakesNoFile) {
  EXPECT_TRUE(catalog_->namespaces().empty());
  EXPECT_TRUE(catalog_->tables("ns").empty());
  EXPECT_FALSE(catalog_->table("ns", "t")->pointer());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/cat.db"));
}

TEST_F(SqlCatalogInAFile, NamespacesOfSeveralLevels) {
  catalog_->create_namespace("a.b");
  EXPECT_EQ(catalog_->namespaces(), (std::vector<std::string>{"a", "a.b"}));
  EXPECT_EQ(code_of([&] { catalog_->create_namespace("a.b"); }), ErrorCode::AlreadyExists);
  EXPECT_EQ(code_of([&] { catalog_->create_namespace("a..b"); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { catalog_->drop_namespace("a"); }), ErrorCode::InvalidArgument);
  catalog_->drop_namespace("a.b");
  EXPECT_TRUE(catalog_->namespaces().empty());
  EXPECT_EQ(code_of([&] { catalog_->drop_namespace("a.b"); }), ErrorCode::NotFound);
}

TEST_F(SqlCatalogInAFile, OneOfTwoMovesWins) {
  catalog_->create_namespace("ns");
  const auto table = catalog_->table("ns", "t");
  EXPECT_EQ(table->new_location(), "/warehouse/ns/t");
  EXPECT_EQ(table->move(std::nullopt, {"one"}), CatalogTable::Moved::Done);
  EXPECT_EQ(table->move(std::nullopt, {"two"}), CatalogTable::Moved::Lost);
  EXPECT_EQ(other()->table("ns", "t")->move(CatalogPointer{"one"}, {"two"}), CatalogTable::Moved::Done);
  EXPECT_EQ(table->move(CatalogPointer{"one"}, {"three"}), CatalogTable::Moved::Lost);
  EXPECT_EQ(table->pointer()->metadata, "two");
}

TEST_F(SqlCatalogInAFile, SeveralMoveTogetherOrNoneDoes) {
  catalog_->create_namespace("ns");
  const auto a = catalog_->table("ns", "a");
  const auto b = catalog_->table("ns", "b");
  a->move(std::nullopt, {"a1"});
  EXPECT_EQ(catalog_->move_all({{a, CatalogPointer{"a1"}, {"a2"}}, {b, std::nullopt, {"b1"}}}),
            CatalogTable::Moved::Done);
  EXPECT_EQ(a->pointer()->metadata, "a2");
  EXPECT_EQ(b->pointer()->metadata, "b1");
  EXPECT_EQ(catalog_->move_all({{b, CatalogPointer{"b1"}, {"b2"}}, {a, CatalogPointer{"a1"}, {"a3"}}}),
            CatalogTable::Moved::Lost);
  EXPECT_EQ(catalog_->move_all({{a, CatalogPointer{"a2"}, {"a3"}}, {b, CatalogPointer{"b0"}, {"b2"}}}),
            CatalogTable::Moved::Lost);
  EXPECT_EQ(catalog_->move_all({{a, CatalogPointer{"a2"}, {"a3"}}, {b, std::nullopt, {"b2"}}}),
            CatalogTable::Moved::Lost);
  EXPECT_EQ(a->pointer()->metadata, "a2");
  EXPECT_EQ(b->pointer()->metadata, "b1");
  EXPECT_EQ(other()->table("ns", "a")->move(CatalogPointer{"a2"}, {"a3"}), CatalogTable::Moved::Done);
}

TEST_F(SqlCatalogInAFile, TablesOfAnotherCatalogArentMovedWithItsOwn) {
  catalog_->create_namespace("ns");
  const auto own = catalog_->table("ns", "t");
  EXPECT_EQ(own->catalog(), catalog_);
  EXPECT_NE(other()->table("ns", "t")->catalog(), catalog_);
}

TEST_F(SqlCatalogInAFile, NamesMoveAndGo) {
  catalog_->create_namespace("ns");
  catalog_->table("ns", "t")->move(std::nullopt, {"one"});
  catalog_->table("ns", "taken")->move(std::nullopt, {"other"});
  EXPECT_EQ(code_of([&] { catalog_->rename("ns", "t", "ns", "taken"); }), ErrorCode::AlreadyExists);
  EXPECT_EQ(code_of([&] { catalog_->rename("ns", "t", "nowhere", "t"); }), ErrorCode::NotFound);
  EXPECT_EQ(code_of([&] { catalog_->rename("ns", "none", "ns", "t2"); }), ErrorCode::NotFound);
  catalog_->rename("ns", "t", "ns", "t2");
  EXPECT_EQ(catalog_->tables("ns"), (std::vector<std::string>{"t2", "taken"}));
  catalog_->table("ns", "t2")->drop();
  EXPECT_EQ(code_of([&] { catalog_->table("ns", "t2")->drop(); }), ErrorCode::NotFound);
  EXPECT_EQ(code_of([&] { catalog_->table("nowhere", "t")->new_location(); }), ErrorCode::NotFound);
}

TEST(CatalogOptions, StandBehindTheUri) {
  const auto options = sql_options(parse_catalog_address("sqlite:///c.db?warehouse=wh%2Fa&catalog_name=prod"), "/home");
  EXPECT_EQ(options.name, "prod");
  EXPECT_EQ(options.warehouse, "/home/wh/a");
  EXPECT_EQ(sql_options(parse_catalog_address("x?warehouse=file:/a"), "/home").warehouse, "file:/a");
  EXPECT_EQ(code_of([] { parse_catalog_address("x?warehouse"); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([] { sql_options(parse_catalog_address("x?where=y"), "/home"); }), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace lakelet::catalogs
