#include "engine/column_conversion.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/execution/expression_executor_state.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "engine/engine_error.h"
#include "engine/julian_calendar.h"
#include "engine/variant_column.h"
#include "table/padded_text.h"

namespace lakelet::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::Vector;
using Kind = Conversion::Kind;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kFirstSafeMicros = -2'208'988'800'000'000;  // 1900-01-01: from then on all calendars agree

std::int64_t floor_days(std::int64_t us) {
  return us / kMicrosPerDay - (us % kMicrosPerDay < 0);
}

template <typename T, typename Convert>
void convert_values(Vector& from, Vector& to, idx_t count, Convert&& convert) {
  duckdb::UnifiedVectorFormat format;
  from.ToUnifiedFormat(count, format);
  to.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* out = FlatVector::GetData<T>(to);
  for (idx_t i = 0; i < count; ++i) {
    const idx_t at = format.sel->get_index(i);
    if (format.validity.RowIsValid(at)) {
      out[i] = convert(duckdb::UnifiedVectorFormat::GetData<T>(format)[at]);
    } else {
      FlatVector::SetNull(to, i, true);
    }
  }
}

std::int64_t micros_of_nanos(std::int64_t ns, const std::string& column) {
  if (ns % 1000 == 0) return ns / 1000;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("column '{}' holds nanoseconds, of which the table's type keeps only microseconds", column));
}

std::int64_t julian_micros(std::int64_t us) {
  const std::int64_t day = floor_days(us);
  return us + (day_of_hybrid_day(day) - day) * kMicrosPerDay;
}

std::int64_t new_micros(std::int64_t us, const std::string& column) {
  if (us >= kFirstSafeMicros) return us;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("column '{}' holds a timestamp before 1900 that an old Spark wrote by another calendar and "
                          "another time zone than UTC",
                          column),
              "let Spark write the table anew");
}

void pad(Vector& from, Vector& to, idx_t count, std::size_t width) {
  duckdb::UnifiedVectorFormat format;
  from.ToUnifiedFormat(count, format);
  to.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* out = FlatVector::GetData<duckdb::string_t>(to);
  for (idx_t i = 0; i < count; ++i) {
    const idx_t at = format.sel->get_index(i);
    if (!format.validity.RowIsValid(at)) {
      FlatVector::SetNull(to, i, true);
      continue;
    }
    std::string text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format)[at].GetString();
    pad_text(text, width);
    out[i] = duckdb::StringVector::AddString(to, text);
  }
}

class Converter {
 public:
  explicit Converter(duckdb::ClientContext& context) : context_(context) {}

  void run(const Conversion& conversion, Vector& from, Vector& to, idx_t count) {
    switch (conversion.kind) {
      case Kind::Same:
      case Kind::Unbounded:
        return to.Reference(from);
      case Kind::Cast:
        return cast(conversion, from, to, count);
      case Kind::Constant:
        return to.Reference(conversion.constant);
      case Kind::Variant:
        return read_variants(from, to, count);
      case Kind::NanosToMicros:
        return convert_values<std::int64_t>(from, to, count,
                                            [&](std::int64_t ns) { return micros_of_nanos(ns, conversion.column); });
      case Kind::JulianDays:
        return convert_values<std::int32_t>(
            from, to, count, [](std::int32_t day) { return static_cast<std::int32_t>(day_of_hybrid_day(day)); });
      case Kind::JulianMicros:
        return convert_values<std::int64_t>(from, to, count, julian_micros);
      case Kind::OldMicrosRefused:
        return convert_values<std::int64_t>(from, to, count,
                                            [&](std::int64_t us) { return new_micros(us, conversion.column); });
      case Kind::Padded:
        return pad(from, to, count, static_cast<std::size_t>(conversion.width));
      case Kind::Struct:
        return fields(conversion, from, to, count);
      case Kind::List:
        return elements(conversion, from, to, count);
      case Kind::OneFieldOf:
        return run(conversion.parts[0], from, *duckdb::StructVector::GetEntries(to)[0], count);
    }
  }

 private:
  void cast(const Conversion& conversion, Vector& from, Vector& to, idx_t count) {
    duckdb::string message;
    if (duckdb::VectorOperations::TryCast(context_, from, to, count, &message, true)) return;
    throw Error(ErrorCode::CorruptTable, fmt::format("column '{}': {}", conversion.column, message));
  }

  void fields(const Conversion& conversion, Vector& from, Vector& to, idx_t count) {
    from.Flatten(count);
    auto& sources = duckdb::StructVector::GetEntries(from);
    auto& targets = duckdb::StructVector::GetEntries(to);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const Conversion& part = conversion.parts[i];
      // What isn't in the file has no source: any vector will do.
      Vector& source = part.kind == Kind::Constant ? *sources[0] : *sources[conversion.sources[i]];
      run(part, source, *targets[i], count);
    }
    to.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    FlatVector::SetValidity(to, FlatVector::Validity(from));
  }

  void elements(const Conversion& conversion, Vector& from, Vector& to, idx_t count) {
    from.Flatten(count);
    const idx_t size = ListVector::GetListSize(from);
    ListVector::Reserve(to, size);
    to.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    const auto* entries = ListVector::GetData(from);
    std::copy(entries, entries + count, ListVector::GetData(to));
    FlatVector::SetValidity(to, FlatVector::Validity(from));
    run(conversion.parts[0], ListVector::GetEntry(from), ListVector::GetEntry(to), size);
    ListVector::SetListSize(to, size);
  }

  duckdb::ClientContext& context_;
};

struct ConversionData final : duckdb::FunctionData {
  explicit ConversionData(std::shared_ptr<const Conversion> conversion) : conversion(std::move(conversion)) {}
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<ConversionData>(conversion);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    return conversion == other.Cast<ConversionData>().conversion;
  }
  std::shared_ptr<const Conversion> conversion;
};

void run_conversion(duckdb::DataChunk& input, duckdb::ExpressionState& state, Vector& result) {
  const auto& data = state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<ConversionData>();
  inside_engine([&] { Converter(state.GetContext()).run(*data.conversion, input.data[0], result, input.size()); });
}

}  // namespace

duckdb::unique_ptr<duckdb::Expression> convert_expression(std::shared_ptr<const Conversion> conversion,
                                                          duckdb::unique_ptr<duckdb::Expression> stored) {
  duckdb::ScalarFunction function("lakelet_stored_column", {conversion->from}, conversion->to, run_conversion);
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
  arguments.push_back(std::move(stored));
  const duckdb::LogicalType type = conversion->to;
  return duckdb::make_uniq<duckdb::BoundFunctionExpression>(type, std::move(function), std::move(arguments),
                                                            duckdb::make_uniq<ConversionData>(std::move(conversion)));
}

}  // namespace lakelet::engine
