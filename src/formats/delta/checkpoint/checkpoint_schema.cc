#include <nanoarrow/nanoarrow.h>

#include <functional>
#include <vector>

#include "formats/delta/checkpoint/arrow_cells.h"
#include "formats/delta/checkpoint/checkpoint_batch.h"

namespace lakelet::delta {
namespace {

enum class Kind { Boolean, Int, Long, Text, Texts, TextMap, Struct, Typed };
struct Node {
  const char* name;
  Kind kind;
  std::vector<Node> fields = {};
  std::function<void(ArrowSchema*)> set_type = {};  // of Typed
};

void set_struct(ArrowSchema* schema, const std::vector<Node>& fields);

void set_type(ArrowSchema* schema, const Node& node) {
  switch (node.kind) {
    case Kind::Boolean:
      return require_ok(ArrowSchemaSetType(schema, NANOARROW_TYPE_BOOL));
    case Kind::Int:
      return require_ok(ArrowSchemaSetType(schema, NANOARROW_TYPE_INT32));
    case Kind::Long:
      return require_ok(ArrowSchemaSetType(schema, NANOARROW_TYPE_INT64));
    case Kind::Text:
      return require_ok(ArrowSchemaSetType(schema, NANOARROW_TYPE_STRING));
    case Kind::Texts:
      require_ok(ArrowSchemaSetType(schema, NANOARROW_TYPE_LIST));
      require_ok(ArrowSchemaSetName(schema->children[0], "element"));
      return require_ok(ArrowSchemaSetType(schema->children[0], NANOARROW_TYPE_STRING));
    case Kind::TextMap:
      require_ok(ArrowSchemaSetType(schema, NANOARROW_TYPE_MAP));
      require_ok(ArrowSchemaSetType(schema->children[0]->children[0], NANOARROW_TYPE_STRING));
      return require_ok(ArrowSchemaSetType(schema->children[0]->children[1], NANOARROW_TYPE_STRING));
    case Kind::Struct:
      return set_struct(schema, node.fields);
    case Kind::Typed:
      return node.set_type(schema);
  }
}

void set_struct(ArrowSchema* schema, const std::vector<Node>& fields) {
  require_ok(ArrowSchemaSetTypeStruct(schema, static_cast<std::int64_t>(fields.size())));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    require_ok(ArrowSchemaSetName(schema->children[i], fields[i].name));
    set_type(schema->children[i], fields[i]);
  }
}

const Node& deletion_vector_node() {
  static const Node node{"deletionVector",
                         Kind::Struct,
                         {{"storageType", Kind::Text},
                          {"pathOrInlineDv", Kind::Text},
                          {"offset", Kind::Int},
                          {"sizeInBytes", Kind::Int},
                          {"cardinality", Kind::Long}}};
  return node;
}

Node add_node(const CheckpointShape& shape) {
  Node node{"add",
            Kind::Struct,
            {{"path", Kind::Text},
             {"partitionValues", Kind::TextMap},
             {"size", Kind::Long},
             {"modificationTime", Kind::Long},
             {"dataChange", Kind::Boolean}}};
  if (shape.json_statistics) node.fields.push_back({"stats", Kind::Text});
  node.fields.push_back({"tags", Kind::TextMap});
  if (shape.deletion_vectors) node.fields.push_back(deletion_vector_node());
  if (shape.row_tracking) {
    node.fields.push_back({"baseRowId", Kind::Long});
    node.fields.push_back({"defaultRowCommitVersion", Kind::Long});
  }
  if (shape.clustering) node.fields.push_back({"clusteringProvider", Kind::Text});
  if (!shape.typed_values) return node;
  if (!shape.partition_columns.empty()) {
    node.fields.push_back(
        {"partitionValues_parsed", Kind::Typed, {}, [&shape](ArrowSchema* schema) {
           require_ok(ArrowSchemaSetTypeStruct(schema, static_cast<std::int64_t>(shape.partition_columns.size())));
           for (std::size_t i = 0; i < shape.partition_columns.size(); ++i) {
             const Field& column = shape.partition_columns[i];
             require_ok(ArrowSchemaSetName(schema->children[i], column.file_name().c_str()));
             set_cell_type(schema->children[i], column.type);
           }
         }});
  }
  node.fields.push_back({"stats_parsed", Kind::Typed, {}, [&shape](ArrowSchema* schema) {
                           StatisticsColumns(shape.schema, shape.statistics_columns).set_type(schema);
                         }});
  return node;
}

// A tombstone serves vacuum alone: no statistics, no tags.
Node remove_node(const CheckpointShape& shape) {
  Node node{"remove",
            Kind::Struct,
            {{"path", Kind::Text},
             {"deletionTimestamp", Kind::Long},
             {"dataChange", Kind::Boolean},
             {"extendedFileMetadata", Kind::Boolean},
             {"partitionValues", Kind::TextMap},
             {"size", Kind::Long}}};
  if (shape.deletion_vectors) node.fields.push_back(deletion_vector_node());
  if (shape.row_tracking) {
    node.fields.push_back({"baseRowId", Kind::Long});
    node.fields.push_back({"defaultRowCommitVersion", Kind::Long});
  }
  return node;
}

std::vector<Node> columns(const CheckpointShape& shape) {
  std::vector<Node> out;
  if (shape.others) {
    out.push_back({"txn", Kind::Struct, {{"appId", Kind::Text}, {"version", Kind::Long}, {"lastUpdated", Kind::Long}}});
  }
  if (shape.files) out.push_back(add_node(shape));
  if (shape.files) out.push_back(remove_node(shape));
  if (!shape.others) return out;
  out.push_back({"metaData",
                 Kind::Struct,
                 {{"id", Kind::Text},
                  {"name", Kind::Text},
                  {"description", Kind::Text},
                  {"format", Kind::Struct, {{"provider", Kind::Text}, {"options", Kind::TextMap}}},
                  {"schemaString", Kind::Text},
                  {"partitionColumns", Kind::Texts},
                  {"configuration", Kind::TextMap},
                  {"createdTime", Kind::Long}}});
  out.push_back({"protocol",
                 Kind::Struct,
                 {{"minReaderVersion", Kind::Int},
                  {"minWriterVersion", Kind::Int},
                  {"readerFeatures", Kind::Texts},
                  {"writerFeatures", Kind::Texts}}});
  if (shape.domains) {
    out.push_back({"domainMetadata",
                   Kind::Struct,
                   {{"domain", Kind::Text}, {"configuration", Kind::Text}, {"removed", Kind::Boolean}}});
  }
  if (shape.v2) {
    out.push_back({"checkpointMetadata", Kind::Struct, {{"version", Kind::Long}, {"tags", Kind::TextMap}}});
  }
  if (shape.sidecars) {
    out.push_back({"sidecar",
                   Kind::Struct,
                   {{"path", Kind::Text},
                    {"sizeInBytes", Kind::Long},
                    {"modificationTime", Kind::Long},
                    {"tags", Kind::TextMap}}});
  }
  return out;
}

}  // namespace

OwnedArrowSchema checkpoint_schema(const CheckpointShape& shape) {
  OwnedArrowSchema schema;
  ArrowSchemaInit(schema.get());
  set_struct(schema.get(), columns(shape));
  return schema;
}

}  // namespace lakelet::delta
