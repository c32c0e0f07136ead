#include "engine/tabular_io.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <duckdb/main/client_config.hpp>
#include <string_view>
#include <utility>

#include "engine/arrow_stream.h"
#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/parquet_footer.h"
#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

// Metadata has long texts, and who reads it looks at a row once: small batches stay in the processor's cache.
constexpr std::uint64_t kBatchRows = 4 * STANDARD_VECTOR_SIZE;

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string from_files(const std::vector<std::string>& uris) {
  std::string list;
  for (const std::string& uri : uris) {
    if (!list.empty()) list += ", ";
    list += quoted(to_engine_path(uri), '\'');
  }
  return fmt::format("lakelet_parquet([{}])", list);
}

// The first name of a dotted path, which it is taken off.
std::string take_name(std::string_view& path) {
  std::string name;
  bool literal = false;
  for (; !path.empty(); path.remove_prefix(1)) {
    if (path[0] == '`') {
      if (literal && path.starts_with("``")) {
        path.remove_prefix(1);
      } else {
        literal = !literal;
        continue;
      }
    } else if (path[0] == '.' && !literal) {
      break;
    }
    name += path[0];
  }
  return name;
}

// The dotted path as an expression over the files' columns; empty where they have no such field.
std::string path_expression(const Schema& schema, std::string_view path) {
  std::string expression;
  const std::vector<Field>* fields = &schema.fields();
  while (true) {
    const std::string name = take_name(path);
    const auto field = std::find_if(fields->begin(), fields->end(), [&](const Field& f) { return f.name == name; });
    if (field == fields->end()) return {};
    if (!expression.empty()) expression += '.';
    expression += quoted(name, '"');
    if (path.empty()) return expression;
    if (field->type.kind() != TypeKind::Struct) return {};
    fields = &field->type.children();
    path.remove_prefix(1);
  }
}

std::string select_text(const TabularRead& request, const Schema& schema) {
  std::string columns, filter;
  for (const std::string& path : request.columns) {
    const std::string expression = path_expression(schema, path);
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ", expression.empty() ? "NULL" : expression,
                           quoted(path, '"'));
  }
  for (const std::string& path : request.any_not_null) {
    const std::string expression = path_expression(schema, path);
    if (!expression.empty()) filter += fmt::format("{}{} IS NOT NULL", filter.empty() ? "" : " OR ", expression);
  }
  // None of them is in the file: no row qualifies.
  if (filter.empty() && !request.any_not_null.empty()) filter = "false";
  return fmt::format("SELECT {} FROM {}{}", columns, from_files(request.uris),
                     filter.empty() ? "" : " WHERE " + filter);
}

// The option for the field ids that the columns have as Arrow's Parquet readers and writers tell them; empty: none.
std::string field_ids(OwnedArrowStream& rows) {
  OwnedArrowSchema schema;
  if (rows->get_schema(rows.get(), schema.get())) return {};
  std::string list;
  for (std::int64_t i = 0; i < schema->n_children; ++i) {
    const ArrowSchema& column = *schema->children[i];
    ArrowStringView id = ArrowCharView(nullptr);
    if (ArrowMetadataGetValue(column.metadata, ArrowCharView("PARQUET:field_id"), &id) != NANOARROW_OK || !id.data) {
      continue;
    }
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", quoted(column.name, '"'),
                        std::string_view(id.data, static_cast<std::size_t>(id.size_bytes)));
  }
  return list.empty() ? list : fmt::format(", FIELD_IDS {{{}}}", list);
}

class EngineTabularIo final : public TabularIo {
 public:
  explicit EngineTabularIo(std::shared_ptr<Engine::Impl> engine) : engine_(std::move(engine)) {}

  Schema parquet_schema(const std::string& uri) override {
    const auto connection = engine_->connect();
    return schema_of(*connection, uri);
  }

  ParquetFooter parquet_footer(const std::string& uri, bool with_statistics) override {
    return read_parquet_footer(engine_, uri, with_statistics);
  }

  std::optional<std::int64_t> row_count(const std::vector<std::string>& uris) override {
    if (uris.empty()) return 0;
    const auto connection = engine_->connect();
    const auto result = on_engine([&] { return connection->Query("SELECT count(*) FROM " + from_files(uris)); });
    if (result->HasError()) throw to_error(result->GetErrorObject());
    return result->GetValue(0, 0).GetValue<std::int64_t>();
  }

  OwnedArrowStream read_parquet(const TabularRead& request) override {
    if (request.uris.empty() || request.columns.empty()) {
      throw Error(ErrorCode::InvalidArgument, "reading Parquet needs at least one file and one column");
    }
    std::shared_ptr<duckdb::Connection> connection = engine_->connect();
    duckdb::ClientConfig::GetConfig(*connection->context).enable_progress_bar = false;  // nobody asks for it
    const std::string text = select_text(request, schema_of(*connection, request.uris.front()));
    auto result = on_engine([&] { return connection->SendQuery(text); });
    return to_arrow_stream(std::move(result), std::make_shared<Alive>(Alive{engine_, connection}), {}, kBatchRows);
  }

  std::uint64_t write_parquet(const std::string& uri, OwnedArrowStream rows, const std::string& compression) override {
    const auto connection = engine_->connect();
    const std::string ids = field_ids(rows);
    const ArrowSource source(std::move(rows));
    source.create_view(*connection, "rows_to_write");
    const std::string text =
        fmt::format("COPY (FROM rows_to_write) TO {} (FORMAT parquet, COMPRESSION {}, USE_TMP_FILE false{})",
                    quoted(to_engine_path(uri), '\''), quoted(compression, '\''), ids);
    const auto result = on_engine([&] { return connection->Query(text); });
    if (result->HasError()) throw to_error(result->GetErrorObject());
    const Location location = engine_->stores->resolve(uri);
    const auto written = location.store->find(location.path);
    if (!written) throw Error(ErrorCode::Internal, uri + " isn't there after it was written");
    return written->size;
  }

 private:
  struct Alive {
    std::shared_ptr<Engine::Impl> engine;
    std::shared_ptr<duckdb::Connection> connection;
  };

  static Schema schema_of(duckdb::Connection& connection, const std::string& uri) {
    const auto prepared = on_engine([&] { return connection.Prepare("FROM " + from_files({uri})); });
    if (prepared->HasError()) throw to_error(prepared->error);
    Schema schema = [&] {
      std::vector<Field> fields(prepared->GetNames().size());
      for (std::size_t i = 0; i < fields.size(); ++i) {
        fields[i].name = prepared->GetNames()[i];
        fields[i].type = from_engine_type(prepared->GetTypes()[i]);
      }
      return Schema(std::move(fields));
    }();
    return schema;
  }

  std::shared_ptr<Engine::Impl> engine_;
};

}  // namespace

std::shared_ptr<TabularIo> make_tabular_io(std::shared_ptr<Engine::Impl> engine) {
  return std::make_shared<EngineTabularIo>(std::move(engine));
}

}  // namespace lakelet::engine
