#include "formats/delta/schema/listed_columns.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

Field column(const std::string& name, int id, Type type = Type(TypeKind::Int32)) {
  Field field;
  field.name = name;
  field.type = std::move(type);
  field.id = id;
  return field;
}

TEST(ListedColumnsTest, NamesFollowTheColumns) {
  const Schema before({column("a", 1), column("b", 2), column("odd,name", 3),
                       column("s", 4, Type::structure({column("x", 5), column("y", 6)}))});
  const Schema after(
      {column("a", 1), column("new b", 2), column("odd,name", 3), column("s", 4, Type::structure({column("z", 5)}))});
  EXPECT_EQ(follow_columns("a, b, s.x , s.y,`odd,name`, none", before, after), "a,`new b`,s.z,`odd,name`,none");
  EXPECT_EQ(follow_columns("s", before, after), "s");
  EXPECT_EQ(follow_columns("A, `odd,name` , None", before, after), "A, `odd,name` , None");
  EXPECT_EQ(follow_columns("s.y", before, after), "");
  EXPECT_EQ(follow_columns("", before, after), "");
  EXPECT_EQ(follow_columns("a,,`b", before, after), "a,,`b");
  // A column that takes the name of another isn't the other.
  EXPECT_EQ(follow_columns("a,b", Schema({column("a", 1), column("b", 2)}), Schema({column("b", 1)})), "b");
}

}  // namespace
}  // namespace lakelet::delta
