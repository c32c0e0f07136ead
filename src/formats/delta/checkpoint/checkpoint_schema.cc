#include <nanoarrow/nanoarrow.h>

#include <vector>

#include "formats/delta/checkpoint/checkpoint_batch.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

void require_ok(ArrowErrorCode code) {
  if (code != NANOARROW_OK) throw Error(ErrorCode::Exhausted, "not enough memory for a checkpoint");
}

enum class Kind { Boolean, Int, Long, Text, Texts, TextMap, Struct };
struct Node {
  const char* name;
  Kind kind;
  std::vector<Node> fields = {};
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
             {"dataChange", Kind::Boolean},
             {"stats", Kind::Text},
             {"tags", Kind::TextMap}}};
  if (shape.deletion_vectors) node.fields.push_back(deletion_vector_node());
  if (shape.row_tracking) {
    node.fields.push_back({"baseRowId", Kind::Long});
    node.fields.push_back({"defaultRowCommitVersion", Kind::Long});
  }
  if (shape.clustering) node.fields.push_back({"clusteringProvider", Kind::Text});
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
  std::vector<Node> out = {
      {"txn", Kind::Struct, {{"appId", Kind::Text}, {"version", Kind::Long}, {"lastUpdated", Kind::Long}}},
      add_node(shape),
      remove_node(shape),
      {"metaData",
       Kind::Struct,
       {{"id", Kind::Text},
        {"name", Kind::Text},
        {"description", Kind::Text},
        {"format", Kind::Struct, {{"provider", Kind::Text}, {"options", Kind::TextMap}}},
        {"schemaString", Kind::Text},
        {"partitionColumns", Kind::Texts},
        {"configuration", Kind::TextMap},
        {"createdTime", Kind::Long}}},
      {"protocol",
       Kind::Struct,
       {{"minReaderVersion", Kind::Int},
        {"minWriterVersion", Kind::Int},
        {"readerFeatures", Kind::Texts},
        {"writerFeatures", Kind::Texts}}}};
  if (shape.domains) {
    out.push_back({"domainMetadata",
                   Kind::Struct,
                   {{"domain", Kind::Text}, {"configuration", Kind::Text}, {"removed", Kind::Boolean}}});
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
