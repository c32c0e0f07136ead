#include "config/configuration_file.h"

namespace lakelet::config {
namespace {

// clang-format off
constexpr const char* kSchema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "lakelet.yml",
  "description": "Tables by name, saved queries, settings and credentials of lakelet; a laketower.yml has the same shape.",
  "type": "object",
  "properties": {
    "include": {"type": "array", "items": {"type": "string"}, "description": "Files that are merged below this one; paths are from this file's folder."},
    "settings": {
      "type": "object",
      "properties": {
        "max_query_rows": {"$ref": "#/$defs/count", "description": "Of a query that people look at: rows beyond are counted, not shown."},
        "web": {"type": "object", "properties": {"hide_tables": {"$ref": "#/$defs/flag", "description": "The console lists saved queries, not tables."}}}
      }
    },
    "storage_credentials": {
      "description": "Credentials by a name that tables refer to.",
      "anyOf": [{"$ref": "#/$defs/env"}, {"type": "object", "additionalProperties": {"$ref": "#/$defs/credential"}}]
    },
    "catalogs": {
      "description": "What the servers of catalogs are told, by a name.",
      "anyOf": [{"$ref": "#/$defs/env"}, {"type": "object", "additionalProperties": {"anyOf": [{"$ref": "#/$defs/env"}, {"$ref": "#/$defs/catalog"}]}}]
    },
    "tables": {"anyOf": [{"$ref": "#/$defs/env"}, {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/env"}, {"$ref": "#/$defs/table"}]}}]},
    "queries": {"anyOf": [{"$ref": "#/$defs/env"}, {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/env"}, {"$ref": "#/$defs/query"}]}}]}
  },
  "$defs": {
    "env": {"type": "object", "properties": {"env": {"type": "string", "description": "The name of an environment variable; JSON in it is read as such."}}, "required": ["env"], "additionalProperties": false},
    "text": {"anyOf": [{"type": "string", "description": "${NAME} is the value of an environment variable."}, {"type": ["number", "boolean"]}, {"$ref": "#/$defs/env"}]},
    "flag": {"anyOf": [{"type": "boolean"}, {"$ref": "#/$defs/env"}, {"type": "string"}]},
    "count": {"anyOf": [{"type": "integer", "minimum": 1}, {"$ref": "#/$defs/env"}, {"type": "string"}]},
    "credential": {
      "type": "object",
      "properties": {"s3": {"$ref": "#/$defs/s3"}, "adls": {"$ref": "#/$defs/adls"}},
      "oneOf": [{"required": ["s3"]}, {"required": ["adls"]}]
    },
    "s3": {
      "type": "object",
      "properties": {
        "access_key_id": {"$ref": "#/$defs/text"}, "secret_access_key": {"$ref": "#/$defs/text"}, "session_token": {"$ref": "#/$defs/text"},
        "region": {"$ref": "#/$defs/text"}, "endpoint_url": {"$ref": "#/$defs/text"}, "allow_http": {"$ref": "#/$defs/flag"}
      },
      "required": ["access_key_id", "secret_access_key"]
    },
    "adls": {
      "type": "object",
      "properties": {
        "account_name": {"$ref": "#/$defs/text"}, "access_key": {"$ref": "#/$defs/text"}, "sas_key": {"$ref": "#/$defs/text"},
        "tenant_id": {"$ref": "#/$defs/text"}, "client_id": {"$ref": "#/$defs/text"}, "client_secret": {"$ref": "#/$defs/text"},
        "msi_endpoint": {"$ref": "#/$defs/text"}, "use_azure_cli": {"$ref": "#/$defs/flag"}
      },
      "required": ["account_name"]
    },
    "catalog": {
      "type": "object",
      "properties": {
        "uri": {"$ref": "#/$defs/text", "description": "Of the catalog, as references name it; without options it stands for all on the server."},
        "token": {"$ref": "#/$defs/text", "description": "A bearer token."},
        "credential": {"$ref": "#/$defs/text", "description": "id:secret of an OAuth2 client."},
        "rest.sigv4-enabled": {"$ref": "#/$defs/text"},
        "rest.signing-name": {"$ref": "#/$defs/text"},
        "rest.signing-region": {"$ref": "#/$defs/text"},
        "rest.access-key-id": {"$ref": "#/$defs/text"},
        "rest.secret-access-key": {"$ref": "#/$defs/text"},
        "rest.session-token": {"$ref": "#/$defs/text"},
        "client.region": {"$ref": "#/$defs/text"},
        "client.access-key-id": {"$ref": "#/$defs/text"},
        "client.secret-access-key": {"$ref": "#/$defs/text"},
        "client.session-token": {"$ref": "#/$defs/text"},
        "oauth2_server_uri": {"$ref": "#/$defs/text"}, "scope": {"$ref": "#/$defs/text"}, "audience": {"$ref": "#/$defs/text"}, "resource": {"$ref": "#/$defs/text"},
        "headers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}, "description": "Of every request."}
      },
      "required": ["uri"]
    },
    "table": {
      "type": "object",
      "properties": {
        "name": {"$ref": "#/$defs/text", "description": "What SQL and commands call it."},
        "uri": {"$ref": "#/$defs/text", "description": "A path or URI; relative ones are from the working folder."},
        "format": {"$ref": "#/$defs/text", "description": "Found out if it isn't given."},
        "storage_credential": {"$ref": "#/$defs/text", "description": "A name under storage_credentials."}
      },
      "required": ["name", "uri"]
    },
    "query": {
      "type": "object",
      "properties": {
        "name": {"$ref": "#/$defs/text"},
        "title": {"$ref": "#/$defs/text"},
        "description": {"$ref": "#/$defs/text"},
        "totals_row": {"$ref": "#/$defs/flag", "description": "Below the rows: the sum of each column of numbers."},
        "parameters": {
          "type": "object",
          "description": "$name in the query.",
          "additionalProperties": {"type": ["object", "null"], "properties": {"default": {"$ref": "#/$defs/text"}}}
        },
        "sql": {"$ref": "#/$defs/text"}
      },
      "required": ["name", "sql"]
    }
  }
}
)json";
// clang-format on

}  // namespace

std::string configuration_schema() {
  return kSchema;
}

}  // namespace lakelet::config
