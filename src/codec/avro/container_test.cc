#include <gtest/gtest.h>

#include <limits>
#include <span>

#include "codec/avro/container_reader.h"
#include "codec/avro/container_writer.h"
#include "codec/avro/fastavro_fixture.h"
#include "lakelet/error.h"

namespace lakelet::codec::avro {
namespace {

std::string unhex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

std::span<const std::byte> bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// Reads the fixture's records and says what is in them.
void expect_fixture(const std::string& file) {
  ContainerReader reader(bytes(file));
  EXPECT_EQ(reader.metadata().at("format-version"), "2");
  const Schema& schema = reader.schema();
  ASSERT_EQ(schema.root().fields.size(), 10u);
  EXPECT_EQ(schema.root().fields[0].id, 1);
  EXPECT_EQ(schema.root().fields[2].id, std::nullopt);
  const SchemaNode& at = schema[schema.root().fields[9].type];
  EXPECT_EQ(at.logical_type, "timestamp-micros");
  EXPECT_TRUE(at.adjust_to_utc);
  ASSERT_TRUE(reader.next_block());
  ASSERT_EQ(reader.records(), 2);
  Decoder decoder = reader.decoder();
  EXPECT_EQ(decoder.read_long(), 1);
  EXPECT_EQ(decoder.read_branch(schema[schema.root().fields[1].type]), 1u);
  EXPECT_EQ(decoder.read_bytes(), "one");
  EXPECT_TRUE(decoder.read_boolean());
  EXPECT_EQ(decoder.read_double(), 1.5);
  EXPECT_EQ(decoder.read_float(), -0.5f);
  EXPECT_EQ(decoder.read_int(), 1);
  EXPECT_EQ(decoder.read_fixed(4), "abcd");
  EXPECT_EQ(decoder.read_branch(schema[schema.root().fields[7].type]), 1u);
  EXPECT_EQ(decoder.read_block_count(), 2);
  EXPECT_EQ(decoder.read_int(), 1);
  EXPECT_EQ(decoder.read_long(), 7);
  EXPECT_EQ(decoder.read_int(), 2);
  EXPECT_EQ(decoder.read_long(), -9);
  EXPECT_EQ(decoder.read_block_count(), 0);
  EXPECT_EQ(decoder.read_block_count(), 1);
  EXPECT_EQ(decoder.read_bytes(), "x");
  EXPECT_EQ(decoder.read_bytes(), std::string("\x00\xff", 2));
  EXPECT_EQ(decoder.read_block_count(), 0);
  EXPECT_EQ(decoder.read_long(), 1'700'000'000'000'000);
  decoder.skip(schema, schema.root_id());
  EXPECT_EQ(decoder.remaining(), 0u);
  EXPECT_FALSE(reader.next_block());
}

TEST(AvroContainer, ReadsWhatFastavroWrote) {
  expect_fixture(unhex(kFastavroNull));
  expect_fixture(unhex(kFastavroDeflate));
  expect_fixture(unhex(kFastavroSnappy));
  expect_fixture(unhex(kFastavroZstandard));
}

TEST(AvroContainer, EveryCutIsRefused) {
  for (const char* fixture : {kFastavroNull, kFastavroDeflate, kFastavroSnappy, kFastavroZstandard}) {
    const std::string whole = unhex(fixture);
    ContainerReader complete(bytes(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string cut = whole.substr(0, size);
      bool refused = false;
      std::int64_t records = 0;
      try {
        ContainerReader reader(bytes(cut));
        while (reader.next_block()) records += reader.records();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::CorruptTable) << error.what();
        refused = true;
      }
      // Nothing tells a file without blocks from one that lost them.
      EXPECT_TRUE(refused || records == 0) << size;
    }
  }
}

TEST(AvroContainer, DamageIsRefusedOrRead) {
  for (const char* fixture : {kFastavroNull, kFastavroDeflate, kFastavroSnappy, kFastavroZstandard}) {
    const std::string whole = unhex(fixture);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int flip : {0x01, 0x80, 0xFF}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ flip);
        try {
          ContainerReader reader(bytes(damaged));
          while (reader.next_block()) {
            Decoder decoder = reader.decoder();
            for (std::int64_t i = 0; i < reader.records(); ++i)
              decoder.skip(reader.schema(), reader.schema().root_id());
          }
        } catch (const Error& error) {
          EXPECT_TRUE(error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::UnsupportedFeature ||
                      error.code() == ErrorCode::Exhausted)
              << error.what();
        }
      }
    }
  }
}

constexpr const char* kTwoFields =
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"n\",\"type\":\"long\"},"
    "{\"name\":\"t\",\"type\":\"string\"}]}";

TEST(AvroContainer, WhatIsWrittenIsRead) {
  for (const Compression compression :
       {Compression::None, Compression::Deflate, Compression::Snappy, Compression::Zstd}) {
    ContainerWriter writer(kTwoFields, {{"content", "data"}}, compression, "0123456789abcdef");
    constexpr std::int64_t kRecords = 20'000;  // several blocks
    for (std::int64_t i = 0; i < kRecords; ++i) {
      writer.record().write_long(i % 2 ? -i : std::numeric_limits<std::int64_t>::max() - i);
      writer.record().write_bytes(std::to_string(i));
      writer.end_record();
    }
    const std::string file = writer.finish();
    ContainerReader reader(bytes(file));
    EXPECT_EQ(reader.metadata().at("content"), "data");
    std::int64_t i = 0;
    int blocks = 0;
    for (; reader.next_block(); ++blocks) {
      Decoder decoder = reader.decoder();
      for (std::int64_t n = 0; n < reader.records(); ++n, ++i) {
        ASSERT_EQ(decoder.read_long(), i % 2 ? -i : std::numeric_limits<std::int64_t>::max() - i);
        ASSERT_EQ(decoder.read_bytes(), std::to_string(i));
      }
    }
    EXPECT_EQ(i, kRecords);
    EXPECT_GT(blocks, 1);
  }
}

TEST(AvroSchema, NamesAndNamespaces) {
  const Schema schema = Schema::parse(
      "{\"type\":\"record\",\"name\":\"a\",\"namespace\":\"n\",\"fields\":["
      "{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}},"
      "{\"name\":\"y\",\"type\":\"f\"},{\"name\":\"z\",\"type\":[\"null\",\"n.f\"]},"
      "{\"name\":\"again\",\"type\":[\"null\",\"a\"]}]}");
  EXPECT_EQ(schema.root().name, "n.a");
  EXPECT_EQ(schema.root().fields[0].type, schema.root().fields[1].type);
  EXPECT_EQ(schema[schema.root().fields[3].type].branches[1], schema.root_id());
}

TEST(AvroSchema, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "{", "\"sring\"", "{\"type\":\"record\",\"name\":\"r\"}", "[]", "{\"type\":\"array\"}", "12",
        "{\"type\":\"fixed\",\"name\":\"f\",\"size\":-1}", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[1]}"}) {
    EXPECT_THROW(Schema::parse(text), Error) << text;
  }
  std::string deep = "\"int\"";
  for (int i = 0; i < 500; ++i) deep = "{\"type\":\"array\",\"items\":" + deep + "}";
  EXPECT_THROW(Schema::parse(deep), Error);
}

TEST(AvroDecoder, ARecursiveTypeDoesNotExhaustTheStack) {
  const Schema schema =
      Schema::parse("{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"r\"]}]}");
  const std::string endless(100'000, '\x02');
  Decoder decoder(bytes(endless));
  EXPECT_THROW(decoder.skip(schema, schema.root_id()), Error);
}

}  // namespace
}  // namespace lakelet::codec::avro
