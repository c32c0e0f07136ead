#include "formats/iceberg/values/single_value.h"

#include <gtest/gtest.h>

namespace lakelet::iceberg {
namespace {

const Type kText(TypeKind::String), kBytes(TypeKind::Binary), kDouble(TypeKind::Double);

TEST(CutBounds, ShortValuesStay) {
  EXPECT_EQ(cut_lower("abc", 3, kText), "abc");
  EXPECT_EQ(cut_upper("abc", 3, kText), "abc");
}

TEST(CutBounds, TheUpperEndIsRaised) {
  EXPECT_EQ(cut_lower("abcd", 3, kText), "abc");
  EXPECT_EQ(cut_upper("abcd", 3, kText), "abd");
  EXPECT_EQ(cut_upper(std::string("\x01\xff\xff\x02"), 3, kBytes), "\x02");
  EXPECT_EQ(cut_upper(std::string("\xff\xff\xff\xff"), 3, kBytes), std::nullopt);
}

TEST(CutBounds, CharactersStayWhole) {
  EXPECT_EQ(cut_lower("ééé", 2, kText), "éé");
  EXPECT_EQ(cut_upper("ééé", 2, kText), "éê");
  // The last character has no next one: the one before is raised.
  EXPECT_EQ(cut_upper("a\xf4\x8f\xbf\xbf"
                      "b",
                      2, kText),
            "b");
  EXPECT_EQ(cut_upper("\xf4\x8f\xbf\xbf"
                      "b",
                      1, kText),
            std::nullopt);
  // Behind the surrogates, which no text has.
  EXPECT_EQ(cut_upper("\xed\x9f\xbf"
                      "b",
                      1, kText),
            "\xee\x80\x80");
}

TEST(Bounds, ZeroesHaveAnOrder) {
  EXPECT_EQ(write_lower_bound(Value(0.0), kDouble), write_bound(Value(-0.0), kDouble));
  EXPECT_EQ(write_upper_bound(Value(-0.0), kDouble), write_bound(Value(0.0), kDouble));
  EXPECT_EQ(write_lower_bound(Value(1.5), kDouble), write_bound(Value(1.5), kDouble));
}

}  // namespace
}  // namespace lakelet::iceberg
