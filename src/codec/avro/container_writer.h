// Writes Avro's object container files.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "codec/compression/compression.h"

namespace lakelet::codec::avro {

// Avro's binary encoding, appended value by value. The caller keeps to the schema.
class Encoder {
 public:
  void write_boolean(bool value) { out_.push_back(value ? 1 : 0); }
  void write_long(std::int64_t value);  // of an int, of a union's branch, of the count of an array's block
  void write_float(float value);
  void write_double(double value);
  void write_bytes(std::string_view value);
  void write_fixed(std::string_view value) { out_ += value; }

  const std::string& bytes() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  friend class ContainerWriter;
  std::string out_;
};

class ContainerWriter {
 public:
  // `metadata`: beside schema and codec. `sync`: 16 random bytes that don't occur in the data.
  ContainerWriter(std::string_view schema_json, const std::map<std::string, std::string>& metadata,
                  Compression compression, std::string_view sync);

  // Where the next record goes; end_record() after each.
  Encoder& record() { return block_; }
  void end_record();
  // So many bytes so far, as far as they are known.
  std::size_t size_estimate() const { return file_.bytes().size() + block_.bytes().size(); }
  // The whole file.
  std::string finish();

 private:
  void end_block();

  Compression compression_;
  std::string sync_;
  Encoder file_, block_;
  std::int64_t records_ = 0;
};

}  // namespace lakelet::codec::avro
