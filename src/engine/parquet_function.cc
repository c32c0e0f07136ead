#include "engine/parquet_function.h"

#include <algorithm>
#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/common/multi_file/multi_file_function.hpp>
#include <duckdb/main/extension/extension_loader.hpp>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"

namespace duckdb {
// Of the extension's parquet_multi_file_info.hpp, which needs headers that aren't installed.
class ParquetScanFunction {
 public:
  static TableFunctionSet GetFunctionSet();
};
}  // namespace duckdb

namespace lakelet::engine {

namespace {

const duckdb::TableFunction& original() {
  static const duckdb::TableFunction function = duckdb::ParquetScanFunction::GetFunctionSet().functions.at(0);
  return function;
}

// The file that a thread was reading when its scan failed.
std::string current_uri(const duckdb::LocalTableFunctionState* state) {
  const auto* local = state ? &state->Cast<duckdb::MultiFileLocalState>() : nullptr;
  return local && local->reader ? uri_of(local->reader->GetFileName()) : std::string("a data file");
}

void scan(duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  try {
    original().function(context, input, output);
  } catch (...) {
    pass_through(to_file_error(std::current_exception(), current_uri(input.local_state.get())));
  }
}

// A MultiFileReader that takes its paths literally and names the file that it can't open.
class ParquetFilesReader final : public duckdb::MultiFileReader {
 public:
  static duckdb::unique_ptr<duckdb::MultiFileReader> create(const duckdb::TableFunction&) {
    return duckdb::make_uniq<ParquetFilesReader>();
  }
  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext&,
                                                           const duckdb::vector<duckdb::string>& paths,
                                                           const duckdb::FileGlobInput&) override {
    duckdb::vector<duckdb::OpenFileInfo> files;
    for (const auto& path : paths) files.emplace_back(path);
    return duckdb::make_shared_ptr<duckdb::SimpleMultiFileList>(std::move(files));
  }
  duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(duckdb::ClientContext& context,
                                                          duckdb::GlobalTableFunctionState& state,
                                                          const duckdb::OpenFileInfo& file, duckdb::idx_t index,
                                                          const duckdb::MultiFileBindData& bind_data) override {
    return opened(file, [&] { return MultiFileReader::CreateReader(context, state, file, index, bind_data); });
  }
  duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(duckdb::ClientContext& context,
                                                          const duckdb::OpenFileInfo& file,
                                                          duckdb::BaseFileReaderOptions& options,
                                                          const duckdb::MultiFileOptions& file_options,
                                                          duckdb::MultiFileReaderInterface& interface) override {
    return opened(file, [&] { return MultiFileReader::CreateReader(context, file, options, file_options, interface); });
  }
  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override { return duckdb::make_uniq<ParquetFilesReader>(); }

 private:
  template <typename Open>
  static duckdb::shared_ptr<duckdb::BaseFileReader> opened(const duckdb::OpenFileInfo& file, Open&& open) {
    try {
      return open();
    } catch (...) {
      pass_through(to_file_error(std::current_exception(), uri_of(file.path)));
    }
  }
};

// DuckDB's Parquet code throws "IO errors" for what it doesn't like in a file; those of a store carry an Error of ours,
// and the system's have a number.
bool is_about_content(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const duckdb::Exception& typed) {
    return duckdb::ErrorData(typed).ExtraInfo().empty();
  } catch (...) {
    return false;
  }
}

}  // namespace

duckdb::TableFunction parquet_function(const std::string& name) {
  duckdb::TableFunction function = original();
  function.name = name;
  function.function = scan;
  return function;
}

void register_parquet_files(duckdb::DatabaseInstance& instance) {
  duckdb::ExtensionLoader loader(instance, "lakelet");
  auto function = parquet_function("lakelet_parquet");
  function.get_multi_file_reader = ParquetFilesReader::create;
  function.arguments[0] = duckdb::LogicalType::LIST(duckdb::LogicalType::VARCHAR);
  loader.RegisterFunction(function);
}

Error to_file_error(const std::exception_ptr& exception, const std::string& uri) {
  using duckdb::ExceptionType;
  Error error = to_error(exception);
  switch (error.code()) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::ConstraintViolation:
      break;
    case ErrorCode::Internal: {
      // Only what DuckDB itself calls internal is a bug: its Parquet code also throws exceptions without a type.
      try {
        std::rethrow_exception(exception);
      } catch (const duckdb::Exception& typed) {
        if (duckdb::ErrorData(typed).Type() != ExceptionType::INVALID) return error;
      } catch (const std::exception&) {
      }
      break;
    }
    case ErrorCode::Unavailable:
      if (is_about_content(exception)) break;
      return error.add_context(uri);
    case ErrorCode::NotFound:
    case ErrorCode::Permission:
      return error.add_context(uri);
    case ErrorCode::CorruptTable:
    case ErrorCode::UnsupportedFeature: {
      const auto& known = error.context();
      return std::find(known.begin(), known.end(), uri) == known.end() ? error.add_context(uri) : error;
    }
    default:
      return error;
  }
  return Error(ErrorCode::CorruptTable, uri + " can't be read as a Parquet file: " + error.message());
}

}  // namespace lakelet::engine
