#include "engine/whole_variants.h"

#include <algorithm>
#include <duckdb/common/type_visitor.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <parquet_writer.hpp>
#include <writer/variant_column_writer.hpp>

#include "engine/nested_vector.h"

namespace lakelet::engine {

namespace {

using duckdb::ColumnWriter;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::Vector;

const LogicalType& encoded_variant() {
  static const LogicalType type = LogicalType::STRUCT({{"metadata", LogicalType::BLOB}, {"value", LogicalType::BLOB}});
  return type;
}

// The parquet_file's writers of columns are private. An explicit instantiation may name a private member
// ([temp.spec]/6), and its friend hands the member out.
template <class Tag, typename Tag::Member member>
struct Opened {
  friend typename Tag::Member open(Tag) { return member; }
};
struct ColumnWriters {
  using Member = duckdb::vector<duckdb::unique_ptr<ColumnWriter>> duckdb::ParquetWriter::*;
  friend Member open(ColumnWriters);
};
template struct Opened<ColumnWriters, &duckdb::ParquetWriter::column_writers>;

// Has the group's annotation, and writes the structs that it gets.
class EncodedVariantWriter final : public duckdb::VariantColumnWriter {
 public:
  using VariantColumnWriter::VariantColumnWriter;
  bool HasTransform() override { return false; }
  duckdb::unique_ptr<duckdb::ParquetAnalyzeSchemaState> AnalyzeSchemaInit() override { return nullptr; }
};

void replace_writers(duckdb::unique_ptr<ColumnWriter>& writer) {
  auto& children = const_cast<duckdb::vector<duckdb::unique_ptr<ColumnWriter>>&>(writer->ChildWriters());
  if (writer->Type().id() != LogicalTypeId::VARIANT) {
    for (auto& child : children) replace_writers(child);
    return;
  }
  auto encoded = duckdb::make_uniq<EncodedVariantWriter>(writer->writer, std::move(writer->column_schema),
                                                         writer->schema_path, std::move(children));
  encoded->parent = writer->parent;
  encoded->can_have_nulls = writer->can_have_nulls;
  writer = std::move(encoded);
}

// As many rows as a vector holds, at most, from `at` on.
void encode_piece(duckdb::ExpressionExecutor& executor, Vector& from, Vector& to, duckdb::idx_t at,
                  duckdb::idx_t count) {
  duckdb::DataChunk variants;
  variants.InitializeEmpty({LogicalType::VARIANT()});
  Vector piece(from, at, at + count);
  variants.data[0].Reference(piece);
  variants.SetCardinality(count);
  Vector encoded(to.GetType());
  executor.ExecuteExpression(variants, encoded);
  duckdb::VectorOperations::Copy(encoded, to, count, 0, at);
}

void encode(duckdb::ClientContext& context, Vector& from, Vector& to, duckdb::idx_t count) {
  from.Flatten(count);
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
  arguments.push_back(duckdb::make_uniq<duckdb::BoundReferenceExpression>(LogicalType::VARIANT(), 0));
  const duckdb::BoundFunctionExpression expression(to.GetType(), duckdb::VariantColumnWriter::GetTransformFunction(),
                                                   std::move(arguments), nullptr, false);
  duckdb::ExpressionExecutor executor(context, expression);
  for (duckdb::idx_t at = 0; at < count; at += STANDARD_VECTOR_SIZE) {
    encode_piece(executor, from, to, at, std::min<duckdb::idx_t>(count - at, STANDARD_VECTOR_SIZE));
  }
  const auto& validity = duckdb::FlatVector::Validity(from);
  if (validity.AllValid()) return;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (!validity.RowIsValid(row)) duckdb::FlatVector::SetNull(to, row, true);
  }
}

}  // namespace

bool has_variant(const LogicalType& type) {
  return duckdb::TypeVisitor::Contains(type, LogicalTypeId::VARIANT);
}

LogicalType encoded_type(const LogicalType& type) {
  return duckdb::TypeVisitor::VisitReplace(
      type, [](const LogicalType& part) { return part.id() == LogicalTypeId::VARIANT ? encoded_variant() : part; });
}

void encode_variants(duckdb::ClientContext& context, Vector& from, Vector& to, duckdb::idx_t count) {
  if (!has_variant(from.GetType())) return to.Reference(from);
  if (from.GetType().id() == LogicalTypeId::VARIANT) return encode(context, from, to, count);
  convert_parts(from, to, count, [&](Vector& part, Vector& result, duckdb::idx_t parts) {
    encode_variants(context, part, result, parts);
  });
}

void take_encoded_variants(duckdb::GlobalFunctionData& parquet_file) {
  auto& writer = *parquet_file.Cast<duckdb::ParquetWriteGlobalState>().writer;
  for (auto& column : writer.*open(ColumnWriters())) replace_writers(column);
}

}  // namespace lakelet::engine
