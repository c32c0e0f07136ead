#include "lakelet/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "lakelet/error.h"
#include "lakelet/schema.h"

namespace lakelet {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

std::string round_trip(const std::string& text, const Type& type) {
  return to_text(parse_value(text, type), type);
}

void expect_refused(const std::string& text, const Type& type) {
  try {
    const Value value = parse_value(text, type);
    ADD_FAILURE() << "'" << text << "' was read as " << to_string(type) << " " << to_text(value, type);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_NE(error.message().find(to_string(type)), std::string::npos) << error.message();
  }
}

TEST(Value, ComparesByUnsignedBytes) {
  EXPECT_EQ(compare_values("a", "b"), -1);
  EXPECT_EQ(compare_values("a", "a\x01"), -1);
  EXPECT_EQ(compare_values("z", "\xc3\xa9"), -1);
  EXPECT_EQ(compare_values("\xff", "\x7f"), 1);
  EXPECT_EQ(compare_values(std::string("a\0b", 3), std::string("a\0b", 3)), 0);
}

TEST(Value, ComparesNumbersWithNanLast) {
  EXPECT_EQ(compare_values(kNan, kInfinity), 1);
  EXPECT_EQ(compare_values(1.0, kNan), -1);
  EXPECT_EQ(compare_values(kNan, kNan), 0);
  EXPECT_EQ(compare_values(-0.0, 0.0), 0);
  EXPECT_EQ(compare_values(std::int64_t{-5}, std::int64_t{3}), -1);
  EXPECT_EQ(compare_values(Decimal{-1}, Decimal{-2}), 1);
  EXPECT_EQ(compare_values(false, true), -1);
  EXPECT_EQ(Value(kNan), Value(kNan));
  EXPECT_EQ(Value(), Value());
  EXPECT_FALSE(Value(1) == Value(1.0));
}

TEST(Value, RefusesToCompareWhatHasNoOrder) {
  EXPECT_THROW(compare_values(Value(), Value(1)), Error);
  EXPECT_THROW(compare_values(Value(1), Value("1")), Error);
}

TEST(ValueText, ReadsBackWhatItWrote) {
  const std::vector<std::pair<Type, std::string>> cases = {
      {TypeKind::Boolean, "true"},
      {TypeKind::Int8, "-128"},
      {TypeKind::Int64, "-9223372036854775808"},
      {TypeKind::UInt32, "4294967295"},
      {TypeKind::Double, "0.1"},
      {TypeKind::Double, "-1e+300"},
      {TypeKind::Double, "3.0"},
      {TypeKind::Double, "NaN"},
      {TypeKind::Double, "-Infinity"},
      {TypeKind::Float, "0.1"},
      {Type::decimal(5, 2), "-1.50"},
      {Type::decimal(3, 3), "0.001"},
      {Type::decimal(38, 0), "99999999999999999999999999999999999999"},
      {Type::decimal(38, 38), "-0.99999999999999999999999999999999999999"},
      {Type::decimal(10, 0), "0"},
      {TypeKind::String, "NULL"},
      {TypeKind::String, ""},
      {TypeKind::Binary, "00ff1a"},
      {TypeKind::Binary, ""},
      {Type::fixed(2), "beef"},
      {TypeKind::Uuid, "6ba7b810-9dad-41d1-80b4-00c04fd430c8"},
      {TypeKind::Date, "2024-02-29"},
      {TypeKind::Date, "1582-10-10"},  // a day that the Julian switch skipped: the proleptic calendar has it
      {TypeKind::Date, "0001-01-01"},
      {TypeKind::Date, "-0044-03-15"},
      {TypeKind::Time, "23:59:59.999999"},
      {TypeKind::Timestamp, "2025-01-31 12:00:00.5"},
      {TypeKind::Timestamp, "1969-12-31 23:59:59.999999"},
      {TypeKind::Timestamp, "1500-03-01 00:00:00.000001"},
      {TypeKind::Timestamp, "0001-01-01 00:00:00"},
      {TypeKind::TimestampTz, "2025-01-31 12:00:00+00"},
      {TypeKind::TimestampNs, "1677-09-22 00:00:00.000000001"},
      {TypeKind::TimestampNsTz, "2262-04-11 23:47:16.854775807+00"},
  };
  for (const auto& [type, text] : cases) EXPECT_EQ(round_trip(text, type), text) << to_string(type);
}

TEST(ValueText, ReadsOtherSpellings) {
  const Type tz(TypeKind::TimestampTz), wall(TypeKind::Timestamp);
  EXPECT_EQ(round_trip("2025-01-31T12:00:00Z", tz), "2025-01-31 12:00:00+00");
  EXPECT_EQ(round_trip("2025-01-31T12:00:00.123456Z", tz), "2025-01-31 12:00:00.123456+00");
  EXPECT_EQ(round_trip("2025-01-31 12:00:00+02:00", tz), "2025-01-31 10:00:00+00");
  EXPECT_EQ(round_trip("2025-01-31T12:00:00", wall), "2025-01-31 12:00:00");
  EXPECT_EQ(round_trip("2025-01-31T12:00:00Z", wall), "2025-01-31 12:00:00");
  EXPECT_EQ(round_trip("2025-01-31", wall), "2025-01-31 00:00:00");
  EXPECT_EQ(round_trip("2025-01-31 12:00:00.123000000", wall), "2025-01-31 12:00:00.123");
  EXPECT_EQ(round_trip("TRUE", TypeKind::Boolean), "true");
  EXPECT_EQ(round_trip("+5", TypeKind::Int32), "5");
  EXPECT_EQ(round_trip("inf", TypeKind::Double), "Infinity");
  EXPECT_EQ(round_trip("1.5E3", Type::decimal(6, 1)), "1500.0");
  EXPECT_EQ(round_trip("0E-18", Type::decimal(4, 2)), "0.00");
  EXPECT_EQ(round_trip("1.5000", Type::decimal(2, 1)), "1.5");
  EXPECT_EQ(round_trip(".5", Type::decimal(2, 1)), "0.5");
  EXPECT_EQ(round_trip("6BA7B8109DAD41D180B400C04FD430C8", TypeKind::Binary), "6ba7b8109dad41d180b400c04fd430c8");
}

TEST(ValueText, RefusesWhatIsNotOfTheType) {
  expect_refused("", TypeKind::Int32);
  expect_refused("12x", TypeKind::Int32);
  expect_refused(" 12", TypeKind::Int32);
  expect_refused("128", TypeKind::Int8);
  expect_refused("-1", TypeKind::UInt8);
  expect_refused("18446744073709551615", TypeKind::UInt64);
  expect_refused("1.5", TypeKind::Int64);
  expect_refused("yes", TypeKind::Boolean);
  expect_refused("1e39", TypeKind::Float);
  expect_refused("nanny", TypeKind::Double);
  expect_refused("", TypeKind::Double);
  expect_refused("-", Type::decimal(3, 1));
  expect_refused("1.25", Type::decimal(3, 1));
  expect_refused("100", Type::decimal(3, 1));
  expect_refused("1e9999", Type::decimal(38, 0));
  expect_refused("1e", Type::decimal(38, 0));
  expect_refused("abc", TypeKind::Binary);
  expect_refused("0g", TypeKind::Binary);
  expect_refused("00", Type::fixed(2));
  expect_refused("6ba7b810", TypeKind::Uuid);
  expect_refused("2023-02-29", TypeKind::Date);
  expect_refused("2023-13-01", TypeKind::Date);
  expect_refused("2023-01-01 00:00:00", TypeKind::Date);
  expect_refused("25:00:00", TypeKind::Time);
  expect_refused("2025-01-31 12:00:00.1234567", TypeKind::Timestamp);
  expect_refused("2025-01-31 24:00:00", TypeKind::Timestamp);
  expect_refused("2025-01-31 12:00:00 Europe/Paris", TypeKind::TimestampTz);
  expect_refused("2300-01-01", TypeKind::TimestampNs);
  expect_refused("x", TypeKind::Variant);
  expect_refused("[1]", Type::list(TypeKind::Int32));
}

TEST(ValueText, RandomValuesSurviveTheRoundTrip) {
  std::mt19937_64 random(2);
  const std::vector<Type> types = {TypeKind::Date,        TypeKind::Timestamp, TypeKind::TimestampTz,
                                   Type::decimal(38, 10), TypeKind::Double,    TypeKind::Int64};
  for (int i = 0; i < 20'000; ++i) {
    const Type& type = types[i % types.size()];
    const auto bits = static_cast<std::int64_t>(random());
    Value value;
    if (type.kind() == TypeKind::Date) {
      value = Value(bits % 1'000'000);
    } else if (type.kind() == TypeKind::Decimal) {
      value = Value(Decimal{static_cast<__int128>(bits) * (bits >> 3)});
    } else if (type.kind() == TypeKind::Double) {
      value = Value(std::ldexp(static_cast<double>(bits), static_cast<int>(random() % 200) - 100));
    } else {
      value = Value(type.kind() == TypeKind::Int64 ? bits : bits % 100'000'000'000'000'000);
    }
    const std::string text = to_text(value, type);
    ASSERT_EQ(parse_value(text, type), value) << text << " " << to_string(type);
  }
}

TEST(ValueText, NullIsShownAsNull) {
  EXPECT_EQ(to_text(Value(), TypeKind::Int32), "NULL");
}

}  // namespace
}  // namespace lakelet
